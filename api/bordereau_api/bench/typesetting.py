"""The floor of rendering: typst alone, one compiler kept, a plain page of the same contents."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bordereau.contract import Document

_PAGE = """\
#let data = json(bytes(sys.inputs.data))
#set document(title: data.number)
#set text(size: 9pt, lang: "fr")
= #data.number
#grid(columns: 2, gutter: 12pt, ..data.parties)
#table(
  columns: (1fr, auto, auto, auto, auto),
  table.header([Désignation], [Qté], [Prix], [TVA], [Net]),
  ..data.lines.flatten(),
)
#for tax in data.taxes [#tax.join(" ") \\ ]
*#data.total* \\
#data.iban
"""


class Typesetter:
    """Keeps one compiler; not for two threads."""

    def __init__(self) -> None:
        import typst  # noqa: PLC0415 - heavy, and only this needs it

        self._folder = tempfile.TemporaryDirectory(prefix="bordereau-bench-")
        main = Path(self._folder.name) / "main.typ"
        main.write_text(_PAGE, encoding="utf-8")
        self._main = str(main)
        self._compiler = typst.Compiler(
            self._main, root=self._folder.name, ignore_system_fonts=True
        )

    def render(self, documents: Sequence[Document]) -> int:
        """Typeset each document once and return how many bytes that made."""
        return sum(len(self._one(document)) for document in documents)

    def close(self) -> None:
        """Remove the folder of the template."""
        self._folder.cleanup()

    def _one(self, document: Document) -> bytes:
        made = self._compiler.compile(
            input=self._main,
            format="pdf",
            sys_inputs={"data": json.dumps(_data(document))},
            pdf_standards=["a-3a", "ua-1"],  # as the product's renderer makes them
            timestamp=0,
        )
        if not isinstance(made, bytes):
            raise TypeError("typst made no PDF")
        return made


def _data(document: Document) -> dict[str, object]:
    return {
        "number": document.number,
        "parties": [
            f"{one.name}, {one.address.street}, {one.address.postcode} {one.address.city}"
            for one in (document.seller, document.buyer)
        ],
        "lines": [
            [line.name, *map(str, (line.quantity, line.unit_price, line.tax_rate, line.net))]
            for line in document.lines
        ],
        "taxes": [list(map(str, (tax.rate, tax.taxable, tax.tax))) for tax in document.taxes],
        "total": str(document.totals.total),
        "iban": document.payment.iban,
    }
