"""A document and a layout, turned into the data that the templates set: texts and nothing else."""

from typing import Any

from bordereau.contract import Document, DocumentKind, Layout
from bordereau_pdf.formats import Formats
from bordereau_pdf.lines import table
from bordereau_pdf.parties import parties
from bordereau_pdf.payment import payment
from bordereau_pdf.sums import taxes, totals
from bordereau_pdf.text import breakable, clean
from bordereau_pdf.words import Words, words


def title(document: Document, text: Words) -> str:
    """Return what the document is called: its kind and number."""
    kind: str = text["titles"][document.kind]
    if document.number:
        return f"{kind} {clean(document.number)}"
    return kind if document.kind is DocumentKind.PRO_FORMA else f"{kind} ({text['not_issued']})"


def page(document: Document, layout: Layout, logo: str) -> dict[str, Any]:
    """Return everything the templates show; `logo` is the name of its file, or empty."""
    formats = Formats(document.language, document.seller.address.country, document.currency)
    text = words(formats.language)
    return {
        "title": title(document, text),
        "subtitle": _subtitle(document, formats, text),
        "language": formats.language,
        "date": [document.issue_date.year, document.issue_date.month, document.issue_date.day],
        "accent": layout.accent,
        "logo": logo,
        "logo_text": text["logo"].format(seller=clean(document.seller.name)),
        "footer": clean(layout.footer),
        "page": text["page"],
        "facts": _facts(document, formats, text),
        "notes": [breakable(note) for note in document.notes if note.strip()],
        "table": table(document, formats, text),
        "taxes": taxes(document, formats, text),
        "totals": totals(document, formats, text),
        "payment": payment(document, formats, text),
    } | parties(document, formats, text)


def _subtitle(document: Document, formats: Formats, text: Words) -> list[str]:
    """Return what must be read first: what is corrected, or that this is no invoice."""
    lines = [
        text["corrects"].format(
            number=breakable(preceding.number), date=formats.day(preceding.issue_date)
        )
        for preceding in document.preceding
    ]
    if document.kind is DocumentKind.PRO_FORMA:
        lines.append(text["not_an_invoice"])
    return lines


def _facts(document: Document, formats: Formats, text: Words) -> list[list[str]]:
    """Return dates and references; the ones that are empty do not appear."""
    due = document.due_date if document.kind is not DocumentKind.CREDIT_NOTE else None
    facts = [
        [text["date"], formats.day(document.issue_date)],
        [text["due_date"], formats.day(due) if due else ""],
        [text["period"], formats.period(document.period) if document.period else ""],
        [text["customer"], breakable(document.buyer.code)],
        [text["buyer_reference"], breakable(document.buyer_reference)],
        [text["order"], breakable(document.order_reference)],
        [text["contract"], breakable(document.contract_reference)],
        [text["project"], breakable(document.project_reference)],
    ]
    return [[label, value] for label, value in facts if value]
