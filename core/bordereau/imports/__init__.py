"""Imports: CSV files into the books, any number of records, repeatable without effect."""

from bordereau.imports.importing import FileReport, ImportReport, import_file, import_folder
from bordereau.imports.kinds import KINDS

__all__ = ["KINDS", "FileReport", "ImportReport", "import_file", "import_folder"]
