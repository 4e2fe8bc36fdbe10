"""Seller and buyer, as their blocks on the page show them."""

from typing import Any

from bordereau.contract import Address, Document, Party
from bordereau_pdf.formats import Formats
from bordereau_pdf.text import breakable
from bordereau_pdf.words import Words

# Where the postcode follows the city.
POSTCODE_LAST = {"AU", "CA", "GB", "IE", "NZ", "US"}
# Envelopes of these countries have their window on the right.
WINDOW_RIGHT = {"BE", "FR", "LU"}
# Names of registration numbers that need no translation, by ISO 6523 code.
SCHEMES = {
    "0002": "SIREN",
    "0007": "Org.nr.",
    "0009": "SIRET",
    "0060": "D-U-N-S",
    "0106": "KvK",
    "0183": "UID",
    "0208": "BCE/KBO",
    "0240": "RCS",
}


def parties(document: Document, formats: Formats, words: Words) -> dict[str, Any]:
    """Return both blocks, and on which side the buyer's address meets the window."""
    seller, buyer = document.seller, document.buyer
    abroad = seller.address.country != buyer.address.country
    return {
        "seller": _party(seller, formats, words, abroad=abroad),
        "buyer": _party(buyer, formats, words, abroad=abroad) | {"label": words["buyer"]},
        "window": "right" if buyer.address.country in WINDOW_RIGHT else "left",
    }


def _party(party: Party, formats: Formats, words: Words, *, abroad: bool) -> dict[str, Any]:
    lines = _address(party.address)
    if abroad:
        lines.append(formats.locale.territories.get(party.address.country, party.address.country))
    contact = party.contact
    return {
        "name": breakable(party.name),
        "address": [breakable(line) for line in lines if line],
        "contact": [
            breakable(line) for line in (contact.name, contact.phone, contact.email) if line
        ],
        "ids": _ids(party, words),
    }


def _address(address: Address) -> list[str]:
    if address.country in POSTCODE_LAST:
        town = f"{address.city} {address.subdivision} {address.postcode}"
    else:
        town = f"{address.postcode} {address.city} {address.subdivision}"
    return [address.street, address.additional, " ".join(town.split())]


def _ids(party: Party, words: Words) -> list[list[str]]:
    ids = [
        [SCHEMES.get(party.legal_scheme, words["legal_id"]), breakable(party.legal_id)],
        [words["vat_id"], breakable(party.vat_id)],
    ]
    return [[label, value] for label, value in ids if value]
