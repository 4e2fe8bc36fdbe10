"""Which files of the output folder belong to which invoice."""

from collections.abc import Iterable, Mapping
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from uuid import UUID

from bordereau.contract import safe_name
from bordereau.output import Desk, file_of
from bordereau.values.ids import TenantId
from bordereau_api.demo.folders import Folders


def write_pdfs(
    desk: Desk, tenant_id: TenantId, folders: Folders, numbers: Mapping[UUID, str]
) -> dict[UUID, Path]:
    """Write the PDF of each invoice under its number: the very bytes that were carried, if any.

    Raises:
        Refused: NO_RENDERER.
        RenderError: one cannot be made.

    """
    written = {}
    for invoice_id, number in numbers.items():
        path = folders.part("pdf") / f"{safe_name(number)}.pdf"
        path.write_bytes(file_of(desk, tenant_id, invoice_id).content)
        written[invoice_id] = path
    return written


def mail_by_id(folders: Folders) -> dict[str, Path]:
    """Return the received messages by the Message-ID in their header."""
    parser = BytesHeaderParser(policy=policy.default)
    found = {}
    for path in sorted(folders.part("mail").iterdir()):
        with path.open("rb") as file:
            found[str(parser.parse(file)["Message-ID"])] = path
    return found


def files_of(folders: Folders, mail: Mapping[str, Path], references: Iterable[str]) -> list[Path]:
    """Return the files that lie in the output folder because of deliveries with these references.

    A message is found by its Message-ID, a file by its path; what is filed beside it under the same
    name belongs to it.
    """
    found: list[Path] = []
    for reference in filter(None, references):
        if reference in mail:
            found.append(mail[reference])
        elif folders.holds(path := Path(reference)):
            filed = path.is_relative_to(folders.part("archive"))
            found += sorted(path.parent.glob(f"{path.stem}.*")) if filed else [path]
    return found
