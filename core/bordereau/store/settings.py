"""Where the database is and where files are kept; read from `BORDEREAU_...` in the environment."""

import os
import sys
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

APP_FOLDER = "bordereau"


def default_data_dir() -> Path:
    """Return this user's own folder for data, never the current folder.

    Root gets /var/lib: the embedded server runs under another account, which may not enter /root.
    """
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / APP_FOLDER
    if os.geteuid() == 0:
        return Path("/var/lib") / APP_FOLDER
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / APP_FOLDER


class Settings(BaseSettings):
    """The installation's settings; addresses hold passwords and are never printed."""

    model_config = SettingsConfigDict(env_prefix="BORDEREAU_", frozen=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL as the application's role; without it the embedded server is used.",
    )
    owner_database_url: SecretStr | None = Field(
        default=None,
        description="The same database as its owner; only `bordereau migrate` needs it.",
    )
    data_dir: Path = Field(
        default_factory=default_data_dir, description="Files and the embedded database."
    )
    pool_size: int = Field(
        default=5, ge=1, le=100, description="Database connections kept open by one process."
    )
