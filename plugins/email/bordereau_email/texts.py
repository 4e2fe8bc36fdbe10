"""Subject and body of a message, in the language of the document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from babel.dates import format_date
from babel.numbers import format_currency

from bordereau.contract import Document, DocumentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The phrases of one language.

    Attributes:
        subjects: by kind; `{number}` and `{seller}` are filled in.
        sentences: by kind; also `{date}` and `{total}`.
        due: `{due}` is filled in; left out where nothing is due.

    """

    locale: str
    greeting: str
    subjects: Mapping[DocumentKind, str]
    sentences: Mapping[DocumentKind, str]
    due: str
    closing: str


_I, _C, _P = DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE, DocumentKind.PRO_FORMA

LANGUAGES: Mapping[str, Words] = {
    "en": Words(
        locale="en_GB",
        greeting="Dear customer,",
        subjects={
            _I: "Invoice {number} from {seller}",
            _C: "Credit note {number} from {seller}",
            _P: "Pro forma invoice {number} from {seller}",
        },
        sentences={
            _I: "Please find attached invoice {number} of {date} for {total}.",
            _C: "Please find attached credit note {number} of {date} for {total}.",
            _P: "Please find attached pro forma invoice {number} of {date} for {total}.",
        },
        due="Please pay it by {due}.",
        closing="Kind regards,",
    ),
    "fr": Words(
        locale="fr_FR",
        greeting="Madame, Monsieur,",
        subjects={
            _I: "Facture {number} de {seller}",
            _C: "Avoir {number} de {seller}",
            _P: "Facture pro forma {number} de {seller}",
        },
        sentences={
            _I: "Veuillez trouver ci-joint la facture {number} du {date}, de {total}.",
            _C: "Veuillez trouver ci-joint l’avoir {number} du {date}, de {total}.",
            _P: "Veuillez trouver ci-joint la facture pro forma {number} du {date}, de {total}.",
        },
        due="Merci de la régler au plus tard le {due}.",
        closing="Cordialement,",
    ),
    "nl": Words(
        locale="nl_NL",
        greeting="Geachte klant,",
        subjects={
            _I: "Factuur {number} van {seller}",
            _C: "Creditnota {number} van {seller}",
            _P: "Pro-formafactuur {number} van {seller}",
        },
        sentences={
            _I: "In de bijlage vindt u factuur {number} van {date} voor {total}.",
            _C: "In de bijlage vindt u creditnota {number} van {date} voor {total}.",
            _P: "In de bijlage vindt u pro-formafactuur {number} van {date} voor {total}.",
        },
        due="Wij vragen u te betalen uiterlijk op {due}.",
        closing="Met vriendelijke groet,",
    ),
    "de": Words(
        locale="de_DE",
        greeting="Sehr geehrte Damen und Herren,",
        subjects={
            _I: "Rechnung {number} von {seller}",
            _C: "Gutschrift {number} von {seller}",
            _P: "Proforma-Rechnung {number} von {seller}",
        },
        sentences={
            _I: "im Anhang finden Sie die Rechnung {number} vom {date} über {total}.",
            _C: "im Anhang finden Sie die Gutschrift {number} vom {date} über {total}.",
            _P: "im Anhang finden Sie die Proforma-Rechnung {number} vom {date} über {total}.",
        },
        due="Bitte zahlen Sie bis zum {due}.",
        closing="Mit freundlichen Grüßen",
    ),
}


def subject(document: Document) -> str:
    """Return the subject, for example `Invoice INV-2026-000042 from Atelier du Lac`."""
    text = _words(document).subjects[document.kind]
    return _filled(text, document, seller=document.seller.name)


def paragraphs(document: Document) -> list[str]:
    """Return the body, a paragraph each; within one, lines are parted by a line feed."""
    words = _words(document)
    day = _long_date(document.issue_date, words)
    total = format_currency(document.totals.payable, document.currency, locale=words.locale)
    body = [_filled(words.sentences[document.kind], document, date=day, total=total)]
    if document.due_date and document.kind is DocumentKind.INVOICE:
        body.append(words.due.format(due=_long_date(document.due_date, words)))
    return [words.greeting, " ".join(body), f"{words.closing}\n{document.seller.name}"]


def plain_text(body: Sequence[str]) -> str:
    """Return the paragraphs as plain text."""
    return "\n\n".join(body) + "\n"


def html_text(body: Sequence[str], language: str) -> str:
    """Return the same paragraphs as simple HTML."""
    rows = "\n".join(f"<p>{escape(text).replace(chr(10), '<br>')}</p>" for text in body)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><meta charset="utf-8"><body>\n'
        f"{rows}\n</body></html>\n"
    )


def language_of(document: Document) -> str:
    """Return the language of the message: that of the document, or English."""
    code = document.language[:2].lower()
    return code if code in LANGUAGES else "en"


def _words(document: Document) -> Words:
    return LANGUAGES[language_of(document)]


def _long_date(day: date, words: Words) -> str:
    return format_date(day, format="long", locale=words.locale)


def _filled(text: str, document: Document, **values: str) -> str:
    """Fill in the values; a pro forma has no number, and then no gap for it either."""
    return text.format(number=document.number, **values).replace("  ", " ")
