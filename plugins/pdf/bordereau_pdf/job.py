"""What a worker is asked to do, and within which limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bordereau.contract import RenderError

FLAT_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")
PACKAGE_IMPORT = re.compile(rb'"\s*@')


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may cost.

    Attributes:
        cpu_seconds: of processor time, per document.
        wall_seconds: by the clock, per document.
        memory: address space of the worker process, in bytes.

    """

    cpu_seconds: int = 10
    wall_seconds: float = 30
    memory: int = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One document to typeset.

    Attributes:
        main: the template to start with.
        inputs: what the template reads as `sys.inputs`.
        timestamp: creation date written into the PDF, in seconds since 1970.
        files: further files of this document alone, found by the template under `/job/`.
        standards: PDF standards that typst must keep to.

    """

    main: str = "main.typ"
    inputs: Mapping[str, str]
    timestamp: int = 0
    files: Mapping[str, bytes] = field(default_factory=dict)
    standards: tuple[str, ...] = ("a-3a", "ua-1")
    limits: Limits = Limits()


def failed(message: str) -> RenderError:
    """Build the error for a template or data that cannot be typeset."""
    return RenderError("RENDER_FAILED", message)


def read_templates(folder: Path) -> dict[str, bytes]:
    """Read the template files of a folder, which must be flat and free of links.

    Raises:
        RenderError: the folder holds anything but plain files that `check_templates` accepts.

    """
    for path in folder.iterdir():
        if path.is_symlink() or not path.is_file():
            raise failed(f"A template folder holds plain files only; {path.name} is none.")
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    check_templates(files)
    return files


def check_templates(files: Mapping[str, bytes]) -> None:
    """Refuse names that leave the folder, and imports of packages from the network.

    A computed import would pass this check; the closed network of the worker stops it.

    Raises:
        RenderError: a file is refused.

    """
    check_names(files)
    for name, content in files.items():
        if name.endswith(".typ") and PACKAGE_IMPORT.search(content):
            raise failed(f"{name} imports a package (@…); templates may use their own files only.")


def check_names(files: Mapping[str, bytes]) -> None:
    """Refuse file names with folders, leading dots or odd characters.

    Raises:
        RenderError: a name is refused.

    """
    for name in files:
        if not FLAT_NAME.fullmatch(name):
            raise failed(f"{name!r} cannot be the name of a template file.")
