"""The settings of an archive."""

from pathlib import Path

from pydantic import Field

from bordereau.contract import Config


class ArchiveConfig(Config):
    """Where the customers' folders lie."""

    folder: Path = Field(
        title="Folder", description="Holds a folder per customer and year. Made if it is missing."
    )
