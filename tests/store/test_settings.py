"""Where the settings come from and what they give away."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bordereau.errors import SetupError
from bordereau.store import Database, Settings
from bordereau.store.database import with_driver
from bordereau.store.settings import default_data_dir

URL = "postgresql://ada:pass-word@localhost/bordereau"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "DATA_DIR", "POOL_SIZE"):
        monkeypatch.delenv(f"BORDEREAU_{name}", raising=False)


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BORDEREAU_DATABASE_URL", URL)
    monkeypatch.setenv("BORDEREAU_DATA_DIR", "/srv/bordereau")
    monkeypatch.setenv("BORDEREAU_POOL_SIZE", "9")
    found = Settings()
    assert found.database_url == SecretStr(URL)
    assert (found.data_dir, found.pool_size) == (Path("/srv/bordereau"), 9)


def test_nothing_shows_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BORDEREAU_DATABASE_URL", URL)
    monkeypatch.setenv("BORDEREAU_OWNER_DATABASE_URL", URL)
    settings = Settings()
    database = Database.open(settings)
    for shown in (settings, database, database.engine):
        assert "pass-word" not in repr(shown)


def test_an_ordinary_users_data_lie_in_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/ada")
    assert default_data_dir() == Path("/home/ada/.local/share/bordereau")
    monkeypatch.setenv("XDG_DATA_HOME", "/data/ada")
    assert default_data_dir() == Path("/data/ada/bordereau")


def test_roots_data_lie_where_the_servers_account_may_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("sys.platform", "linux")
    assert default_data_dir() == Path("/var/lib/bordereau")


def test_a_pool_has_at_least_one_connection() -> None:
    with pytest.raises(ValidationError):
        Settings(pool_size=0)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_understood(scheme: str) -> None:
    assert with_driver(f"{scheme}://a@b/c") == "postgresql+psycopg://a@b/c"


@pytest.mark.parametrize("url", ["mysql://a@b/c", "sqlite:///file", "bordereau", ""])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(SetupError) as error:
        with_driver(url)
    assert error.value.code == "DATABASE_URL_UNKNOWN"
