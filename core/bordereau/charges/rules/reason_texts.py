"""What each reason says to people, in English, French, Dutch and German."""

from datetime import date
from typing import Final

from babel.dates import format_date

from bordereau.charges.rules.readiness import Reason, WhyNot

LANGUAGES: Final = ("en", "fr", "nl", "de")

_TEXTS: Final[dict[Reason, tuple[str, str, str, str]]] = {
    Reason.BILLED: (
        "Already billed.",
        "Déjà facturé.",
        "Al gefactureerd.",
        "Bereits abgerechnet.",
    ),
    Reason.NO_CONTRACT: (
        "Not linked to a contract.",
        "Aucun contrat associé.",
        "Niet aan een contract gekoppeld.",
        "Keinem Vertrag zugeordnet.",
    ),
    Reason.TICKET_OPEN: (
        "The ticket is not resolved yet.",
        "Le ticket n'est pas encore résolu.",
        "Het ticket is nog niet opgelost.",
        "Das Ticket ist noch nicht gelöst.",
    ),
    Reason.PERIOD_OPEN: (
        "The billing period is still open.",
        "La période de facturation est encore ouverte.",
        "De facturatieperiode loopt nog.",
        "Der Abrechnungszeitraum läuft noch.",
    ),
    Reason.NOT_APPROVED: (
        "Not approved yet.",
        "Pas encore approuvé.",
        "Nog niet geaccordeerd.",
        "Noch nicht genehmigt.",
    ),
    Reason.NOT_CLOSED: (
        "Not closed for invoicing yet.",
        "Pas encore clôturé pour la facturation.",
        "Nog niet gereedgemeld voor facturatie.",
        "Noch nicht zur Abrechnung freigegeben.",
    ),
    Reason.NOT_CHARGEABLE: (
        "Not to be charged.",
        "À ne pas taxer.",
        "Wordt niet doorbelast.",
        "Wird nicht berechnet.",
    ),
    Reason.RESERVED: (
        "Reserved by another batch.",
        "Réservé par un autre lot de factures.",
        "Gereserveerd door een andere factuurrun.",
        "Von einem anderen Rechnungslauf reserviert.",
    ),
    Reason.IN_DRAFT: (
        "In a draft that is not released.",
        "Dans une facture pro forma qui n'est pas libérée.",
        "In een conceptfactuur die niet is vrijgegeven.",
        "In einem Rechnungsentwurf, der nicht freigegeben ist.",
    ),
    Reason.DELAYED: (
        "Postponed.",
        "Reporté.",
        "Uitgesteld.",
        "Zurückgestellt.",
    ),
    Reason.INSTALMENT_NOT_READY: (
        "The instalment is not ready.",
        "Le versement n'est pas prêt.",
        "De termijn is niet gereed.",
        "Die Teilzahlung ist nicht bereit.",
    ),
    Reason.DISTANCE_SALE: (
        "Distance sales need a manual invoice.",
        "La vente à distance demande une facture manuelle.",
        "Afstandsverkoop vraagt een handmatige factuur.",
        "Fernverkauf braucht eine manuelle Rechnung.",
    ),
    Reason.CONTRACT_INACTIVE: (
        "The contract is switched off.",
        "Le contrat est désactivé.",
        "Het contract is niet actief.",
        "Der Vertrag ist nicht aktiv.",
    ),
    Reason.NO_CLIENT: (
        "Nobody is known who receives the invoice.",
        "Aucun commanditaire connu pour la facture.",
        "Geen opdrachtgever bekend voor de factuur.",
        "Kein Rechnungsempfänger bekannt.",
    ),
    Reason.NOT_DRAWN: (
        "Not drawn from the balance of its block yet.",
        "Pas encore déduit du solde du contrat.",
        "Nog niet van het saldo van het contract afgeboekt.",
        "Noch nicht vom Guthaben des Vertrags abgezogen.",
    ),
    Reason.NOT_RESTATED: (
        "Its period is settled and has to be restated.",
        "Sa période est close et doit être recalculée.",
        "De periode is afgesloten en moet opnieuw worden berekend.",
        "Der Zeitraum ist abgeschlossen und muss neu berechnet werden.",
    ),
}
_READY_ON: Final = ("Ready on {}.", "Prêt le {}.", "Gereed op {}.", "Bereit am {}.")


def reason_text(reason: Reason, language: str = "en", ready_on: date | None = None) -> str:
    """Return the sentence of a reason, and the day on which it goes away by itself.

    Args:
        reason: the reason.
        language: en, fr, nl or de; a region may follow, as in fr-BE.
        ready_on: the day, if one is known.

    Raises:
        ValueError: the language has no texts.

    """
    short = language[:2].lower()
    if short not in LANGUAGES:
        raise ValueError(f"There are no texts in {language!r}, only in {', '.join(LANGUAGES)}")
    place = LANGUAGES.index(short)
    text = _TEXTS[reason][place]
    if ready_on is None:
        return text
    day = format_date(ready_on, "long", locale=short)
    return f"{text} {_READY_ON[place].format(day)}"


def text_of(why: WhyNot, language: str = "en") -> str:
    """Return the sentence of a reason with its day."""
    return reason_text(why.reason, language, why.ready_on)
