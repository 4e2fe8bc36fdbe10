"""The embedded server: started, found again, ended."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from bordereau.errors import SetupError
from bordereau.store import Database, Settings, embedded, migrate
from bordereau.store.doctor import examine
from bordereau.store.roles import plain_url

START = "import sys; from pathlib import Path; from bordereau.store import embedded;"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for data with a short path; a server in it is ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="bordereau-") as name:
        path = Path(name)
        yield path
        embedded.stop(path)


def server_pid(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def test_the_server_outlives_its_starter_and_is_found_again(folder: Path) -> None:
    words = f"{START} embedded.start(Path(sys.argv[1])); import os; os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", words, folder], check=False)
    assert done.returncode == -9
    pid = server_pid(folder)
    found = embedded.start(folder)
    assert server_pid(folder) == pid
    with psycopg.connect(plain_url(found.app_url)) as connection:
        assert connection.execute("select current_user").fetchone() == ("bordereau_app",)


def test_data_outlives_a_stop(folder: Path) -> None:
    found = embedded.start(folder)
    with psycopg.connect(plain_url(found.owner_url)) as connection:
        connection.execute("create table kept as select 7 as number")
    embedded.stop(folder)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(plain_url(found.owner_url))
    again = embedded.start(folder)
    with psycopg.connect(plain_url(again.owner_url)) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_a_killed_server_is_started_again(folder: Path) -> None:
    embedded.start(folder)
    os.kill(server_pid(folder), 9)
    found = embedded.start(folder)
    with psycopg.connect(plain_url(found.app_url)) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_two_starters_at_once_get_one_server(folder: Path) -> None:
    words = f"{START} print(embedded.start(Path(sys.argv[1])).app_url)"
    command = [sys.executable, "-W", "error", "-c", words, str(folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {starter.communicate(timeout=60)[0].strip() for starter in both}
    assert [starter.returncode for starter in both] == [0, 0]
    assert said == {embedded.start(folder).app_url}


def test_neither_role_is_strong(folder: Path) -> None:
    found = embedded.start(folder)
    asked = "select rolsuper or rolbypassrls or rolcreaterole from pg_roles where rolname = %s"
    with psycopg.connect(plain_url(found.owner_url)) as connection:
        for role in (embedded.OWNER, embedded.APP):
            assert connection.execute(asked, [role.name]).fetchone() == (False,)
        member = "select pg_has_role(%s, %s, 'member')"
        names = [embedded.APP.name, embedded.OWNER.name]
        assert connection.execute(member, names).fetchone() == (False,)


def test_only_its_account_can_enter_the_data(folder: Path) -> None:
    embedded.start(folder)
    assert stat.S_IMODE((folder / "postgres").stat().st_mode) == 0o700


def test_without_a_named_database_the_embedded_one_is_used(folder: Path) -> None:
    settings = Settings(data_dir=folder)
    database = Database.open(settings)
    assert [finding.code for finding in examine(settings)] == ["NOT_MIGRATED"]
    migrate(database)
    migrate(database)
    database.close()
    assert examine(settings) == []


def test_a_path_too_long_for_a_socket_is_named(folder: Path) -> None:
    with pytest.raises(SetupError) as error:
        embedded.start(folder / ("x" * 100))
    assert error.value.code == "DATA_DIR_TOO_LONG"


def test_a_folder_that_cannot_be_made_is_named(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(SetupError) as error:
        embedded.start(folder / "file" / "data")
    assert error.value.code == "DATA_DIR_UNUSABLE"


def test_a_folder_of_another_version_is_named(folder: Path) -> None:
    (folder / "postgres").mkdir(mode=0o700)
    (folder / "postgres" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(SetupError) as error:
        embedded.start(folder)
    assert error.value.code == "EMBEDDED_SERVER_FAILED"


def test_stopping_where_nothing_runs_does_nothing(folder: Path) -> None:
    embedded.stop(folder)
    embedded.start(folder)
    embedded.stop(folder)
    embedded.stop(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_root_brings_the_programs_to_where_the_servers_account_may_go(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_open_to_all", lambda _: False)
    embedded.start(folder)
    cluster = embedded.embedded_cluster(folder)
    assert cluster.binaries.is_relative_to(folder)
    assert cluster.is_running()
    assert (folder / "postgres").stat().st_uid != 0


OPEN_PYTHON = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin")


@pytest.mark.skipif(
    os.geteuid() != 0 or OPEN_PYTHON is None, reason="needs root and a Python that is open to all"
)
def test_root_and_an_ordinary_user_each_have_their_own(folder: Path) -> None:
    embedded.start(folder)
    with tempfile.TemporaryDirectory(prefix="bordereau-") as theirs:
        os.chown(theirs, 65534, 65534)
        words = f"{START} p = Path(sys.argv[1]); print(embedded.start(p).app_url); embedded.stop(p)"
        done = subprocess.run(
            [str(OPEN_PYTHON), "-W", "error", "-c", words, theirs],
            check=False,
            user=65534,
            group=65534,
            extra_groups=[],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            cwd="/",
            capture_output=True,
            text=True,
        )
        assert theirs in unquote(done.stdout), done.stderr
