"""The destination: a consignment becomes one file, whole or not at all."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from bordereau.contract import (
    Artifact,
    Consignment,
    DeliveryResult,
    Destination,
    Document,
    Features,
    Item,
    Outcome,
    Problem,
    Transport,
    check_folder,
    own_folder,
    read_file,
    safe_name,
    write_file,
)
from bordereau_csv.config import CsvConfig
from bordereau_csv.rows import COLUMNS, rows, texts, write_comma, write_point

_TITLE_BYTES = 120


class CsvFile(Destination[CsvConfig]):
    """Writes invoices into CSV files (RFC 4180) for an accounting program to import.

    The name of a file follows from the consignment, so an attempt after a crash finds what the
    first one left. Nobody confirms the import: a document is exported, unconfirmed.
    """

    key = "csv"
    title = "CSV file"
    config_model = CsvConfig
    features = Features(transport=Transport.FILE, max_batch=1_000, concurrency=1, can_find=True)

    def check(self) -> None:
        """See that the folder can be written."""
        check_folder(self._folder)

    def validate(self, document: Document) -> Sequence[Problem]:
        """Refuse a document without a number, and texts that the encoding cannot hold."""
        if not document.number:
            hint = "Issue it first."
            return [Problem(code="NOT_ISSUED", message="The document has no number.", hint=hint)]
        try:
            texts(document).encode(self.config.encoding)
        except UnicodeEncodeError as error:
            sign = error.object[error.start]
            message = f"The encoding {self.config.encoding} cannot hold {sign!r}."
            return [Problem(code="NOT_ENCODABLE", message=message, hint="Choose utf-8.")]
        return ()

    def build(self, consignment: Consignment) -> Artifact:
        """Return the file as `export` writes it, without the documents that `validate` refuses."""
        good, _ = self._parted(consignment)
        return Artifact(
            name=_file_name(consignment), media_type="text/csv", content=b"".join(self._file(good))
        )

    def find(self, consignment: Consignment) -> Mapping[str, DeliveryResult]:
        """Look for the file of this consignment; one that was changed since needs a person."""
        good, _ = self._parted(consignment)
        path = self._path(consignment)
        there = read_file(path)
        if there is None:
            return {}
        changed = there != b"".join(self._file(good))
        message = f"{path.name} is there, but was changed since." if changed else ""
        return {
            item.delivery_id: DeliveryResult(
                delivery_id=item.delivery_id,
                outcome=Outcome.ADOPTED,
                reference=str(path),
                message=message,
                unconfirmed=True,
                needs_attention=changed,
            )
            for item in good
        }

    def export(self, consignment: Consignment) -> Iterator[DeliveryResult]:
        """Write the file, document by document, then answer for all of it."""
        good, refused = self._parted(consignment)
        yield from refused
        if not good:
            return
        path = self._path(consignment)
        write_file(path, self._file(good), retry=consignment.attempt > 1)
        for item in good:
            yield DeliveryResult(
                delivery_id=item.delivery_id,
                outcome=Outcome.CREATED,
                reference=str(path),
                message=f"Written to {path.name}.",
                unconfirmed=True,
            )

    @property
    def _folder(self) -> Path:
        return own_folder(self.config.folder, self.context)

    def _path(self, consignment: Consignment) -> Path:
        return self._folder / _file_name(consignment)

    def _parted(self, consignment: Consignment) -> tuple[list[Item], list[DeliveryResult]]:
        """Part the documents that can be written from those that are refused."""
        good, refused = [], []
        for item in consignment.items:
            if problems := self.validate(item.document):
                problem = problems[0]
                refused.append(
                    DeliveryResult(
                        delivery_id=item.delivery_id,
                        outcome=Outcome.REJECTED,
                        message=f"{problem.message} {problem.hint}",
                    )
                )
            else:
                good.append(item)
        return good, refused

    def _file(self, items: Iterable[Item]) -> Iterator[bytes]:
        """Yield the bytes of the file, a document at a time."""
        lines: list[str] = []
        out = csv.writer(_Lines(lines), delimiter=self.config.separator, lineterminator="\r\n")
        write = write_comma if self.config.decimal_mark == "comma" else write_point
        layout, encoding = self.config.layout, str(self.config.encoding)
        head = iter([[COLUMNS[layout]]])
        for table in chain(head, (rows(item.document, layout, write) for item in items)):
            out.writerows(table)
            yield "".join(lines).encode(encoding)
            encoding = encoding.removesuffix("-sig")  # the mark stands once, at the beginning
            lines.clear()


class _Lines:
    """A file for `csv.writer` that keeps the lines."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


def _file_name(consignment: Consignment) -> str:
    """Return a name for people, and the key that makes it the only one."""
    words = re.sub(r"\W+", "-", unicodedata.normalize("NFC", consignment.title)).strip("-")
    title = words.encode()[:_TITLE_BYTES].decode(errors="ignore") or "invoices"
    return f"{title}-{safe_name(consignment.request_key)}.csv"
