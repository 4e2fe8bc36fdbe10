"""What is filed for one document: its files, and a manifest that proves them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bordereau.contract import Document, Item, read_file, safe_name, to_canonical

PDF = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The files of one document under one base name; the manifest is written last.

    Attributes:
        base: customer folder, year and number, without an ending.
        files: content by ending, `.pdf`, `.json` and one per other attachment.
        document: whose files these are.

    """

    base: Path
    files: Mapping[str, bytes]
    document: Document

    def path(self, ending: str) -> Path:
        """Return where the file of this ending lies."""
        return self.base.with_name(self.base.name + ending)

    @property
    def manifest_path(self) -> Path:
        """Where the manifest lies."""
        return self.path(".manifest.json")

    @property
    def manifest(self) -> bytes:
        """The manifest: what the document is, and the SHA-256 of each file. Always the same."""
        record = {
            "document": self.document.id,
            "kind": self.document.kind.value,
            "number": self.document.number,
            "issue_date": self.document.issue_date.isoformat(),
            "customer": self.document.buyer.code,
            "files": {
                self.path(ending).name: sha256(content).hexdigest()
                for ending, content in sorted(self.files.items())
            },
        }
        return json.dumps(record, ensure_ascii=False, indent=2).encode() + b"\n"

    def filed(self) -> bool:
        """Tell whether exactly this lies on disk: the manifest, and every file by its hash.

        Raises:
            ChannelError: the disk cannot be read.

        """
        if read_file(self.manifest_path) != self.manifest:
            return False
        return all(
            _digest(read_file(self.path(ending))) == _digest(content)
            for ending, content in self.files.items()
        )

    def free(self) -> bool:
        """Tell whether the name is free, or taken by an unfinished or damaged copy of this."""
        there = read_file(self.manifest_path)
        return there is None or there == self.manifest


def bundle(folder: Path, item: Item) -> Bundle:
    """Return what to file for an item: under its number, or beside what already has that name.

    A document sent a second time with another layout, or another administration's document of the
    same number, gets a hash in its name: what is filed is never overwritten.

    Raises:
        LookupError: the item carries no PDF.
        ChannelError: the disk cannot be read.

    """
    document = item.document
    files = {".pdf": item.artifact(PDF).content, ".json": to_canonical(document)}
    for artifact in item.artifacts:
        if artifact.media_type != PDF:
            files[f".{safe_name(artifact.name)}"] = artifact.content
    customer = safe_name(document.buyer.code or document.buyer.name)
    place = folder / customer / str(document.issue_date.year)
    number = safe_name(document.number)
    first = Bundle(base=place / number, files=files, document=document)
    if first.free():
        return first
    beside = f"{number}~{sha256(first.manifest).hexdigest()[:16]}"
    return Bundle(base=place / beside, files=files, document=document)


def _digest(content: bytes | None) -> str:
    return sha256(content).hexdigest() if content is not None else ""
