"""Where the demonstration puts what it makes."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from bordereau.errors import Refused

PARTS = ("pdf", "csv", "mail", "archive")
SUMMARY = "summary.json"


@dataclass(frozen=True, slots=True)
class Folders:
    """The output folder and its parts."""

    root: Path

    @property
    def summary(self) -> Path:
        """The file that tells the whole run."""
        return self.root / SUMMARY

    def part(self, name: str) -> Path:
        """Return one of the parts: pdf, csv, mail, archive."""
        return self.root / name

    def relative(self, path: Path) -> str:
        """Return a path as the summary shows it."""
        return path.relative_to(self.root).as_posix()


def prepare(root: Path) -> Folders:
    """Make the folder ready; what an earlier demonstration left there is replaced.

    Raises:
        Refused: FOLDER_NOT_OURS, it holds something else.

    """
    folders = Folders(root.resolve())
    if root.exists() and any(root.iterdir()) and not folders.summary.exists():
        raise Refused(
            "FOLDER_NOT_OURS",
            f"{root} holds files that no demonstration made.",
            hint="Name an empty folder, or one of an earlier demonstration.",
        )
    folders.summary.unlink(missing_ok=True)
    for name in PARTS:
        shutil.rmtree(folders.part(name), ignore_errors=True)
        folders.part(name).mkdir(parents=True)
    folders.summary.write_text("{}\n", encoding="utf-8")
    return folders
