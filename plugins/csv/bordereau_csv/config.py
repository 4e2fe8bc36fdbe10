"""The settings of a CSV connection."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from bordereau.contract import Config

Layout = Literal["lines", "invoices"]


class CsvConfig(Config):
    """Where the files go and how they are written."""

    folder: Path = Field(title="Folder", description="Made if it is missing.")
    layout: Layout = Field(
        default="lines",
        title="Rows",
        description="One row per invoice line with the invoice repeated, or one per invoice.",
    )
    delimiter: Literal["comma", "semicolon", "tab"] = Field(
        default="comma", title="Column separator"
    )
    decimal_mark: Literal["point", "comma"] = Field(default="point", title="Decimal mark")
    encoding: Literal["utf-8", "utf-8-sig", "cp1252"] = Field(
        default="utf-8",
        title="Encoding",
        description="utf-8-sig helps spreadsheets to see UTF-8; cp1252 is for old programs.",
    )

    @property
    def separator(self) -> str:
        """The character between two columns."""
        return {"comma": ",", "semicolon": ";", "tab": "\t"}[self.delimiter]
