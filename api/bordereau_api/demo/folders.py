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

    def holds(self, path: Path) -> bool:
        """Tell whether a file lies in this folder."""
        return path.is_relative_to(self.root) and path.is_file()


def prepare(root: Path) -> Folders:
    """Make the folder ready; what an earlier demonstration left there is replaced.

    Raises:
        Refused: FOLDER_NOT_OURS, it holds something else.

    """
    folders = Folders(root.expanduser().resolve())
    if foreign := _foreign(folders):
        raise Refused(
            "FOLDER_NOT_OURS",
            f"{root} holds {foreign}, which no demonstration made.",
            hint="Name an empty folder, or one of an earlier demonstration.",
        )
    for name in PARTS:
        shutil.rmtree(folders.part(name), ignore_errors=True)
        folders.part(name).mkdir(parents=True)
    folders.summary.write_text("{}\n", encoding="utf-8")
    return folders


def _foreign(folders: Folders) -> str:
    """Name something in the folder that is not ours; without a summary nothing there is."""
    if folders.root.exists() and not folders.root.is_dir():
        return "no folder"
    there = {path.name for path in folders.root.iterdir()} if folders.root.exists() else set()
    ours = {*PARTS, SUMMARY} if SUMMARY in there else set()
    return min(there - ours, default="")
