"""Preparing and upgrading a database, as more and as less powerful owners."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from psycopg import sql

from bordereau.errors import SetupError
from bordereau.store import Database, migrate
from bordereau.store.doctor import require_ready
from bordereau.store.migrations.new import write
from bordereau.store.migrations.upgrade import script_config
from bordereau.store.roles import Role, prepare
from bordereau.store.steps import VERSIONS, head, known_steps

numbers = count(1)


@pytest.fixture
def names(postgres: Any) -> Iterator[tuple[Role, Role, str]]:
    """An owner without any special right, the name of an application's role, and of a database."""
    mark = f"bordereau_test_m{next(numbers)}"
    owner, app, database = Role(f"{mark}_owner", "secret"), Role(f"{mark}_app", "secret"), mark
    with postgres.connect() as connection:
        connection.execute(f"create role {owner.name} login password 'secret'")
        yield owner, app, database
        postgres.drop(database)
        for role in (app, owner):
            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role.name)))


def allow(postgres: Any, owner: Role, right: str) -> None:
    with postgres.connect() as connection:
        connection.execute(f"alter role {owner.name} {right}")


def test_a_powerful_owner_makes_database_and_role(
    postgres: Any, names: tuple[Role, Role, str]
) -> None:
    owner, app, name = names
    allow(postgres, owner, "createdb createrole")
    database = Database(postgres.url(app, name), postgres.url(owner, name))
    migrate(database)
    require_ready(database)
    database.close()


def test_a_superuser_will_do_as_owner(postgres: Any, names: tuple[Role, Role, str]) -> None:
    owner, app, name = names
    allow(postgres, owner, "superuser")
    database = Database(postgres.url(app, name), postgres.url(owner, name))
    migrate(database)
    require_ready(database)
    database.close()


def test_an_owner_that_may_not_make_databases_says_so(
    postgres: Any, names: tuple[Role, Role, str]
) -> None:
    owner, app, name = names
    with pytest.raises(SetupError) as error:
        prepare(postgres.url(owner, name), postgres.url(app, name))
    assert error.value.code == "DATABASE_MISSING"
    assert error.value.hint == f'create database "{name}" owner "{owner.name}"'


def test_an_owner_that_may_not_make_roles_says_so(
    postgres: Any, names: tuple[Role, Role, str]
) -> None:
    owner, app, name = names
    allow(postgres, owner, "createdb")
    with pytest.raises(SetupError) as error:
        prepare(postgres.url(owner, name), postgres.url(app, name))
    assert error.value.code == "ROLE_MISSING"
    assert app.name in error.value.hint
    assert "secret" not in f"{error.value} {error.value.hint}"


def test_somebody_elses_database_says_so(postgres: Any, names: tuple[Role, Role, str]) -> None:
    owner, app, name = names
    allow(postgres, owner, "createrole")
    with postgres.connect() as connection:
        connection.execute(f"create database {name}")
    with pytest.raises(SetupError) as error:
        prepare(postgres.url(owner, name), postgres.url(app, name))
    assert error.value.code == "OWNER_WITHOUT_RIGHTS"


def test_two_databases_are_refused() -> None:
    with pytest.raises(SetupError) as error:
        prepare("postgresql://owner@/one", "postgresql://app@/two")
    assert error.value.code == "URLS_DIFFER"


def test_an_owner_that_cannot_connect_says_so() -> None:
    url = "postgresql://owner:secret@127.0.0.1:1/one"
    with pytest.raises(SetupError) as error:
        prepare(url, url)
    assert error.value.code == "DATABASE_UNREACHABLE"
    assert "secret" not in str(error.value)


def test_without_the_owners_address_nothing_is_migrated(fresh_database: Database) -> None:
    app_only = Database(fresh_database.app_url)
    with pytest.raises(SetupError) as error:
        migrate(app_only)
    assert error.value.code == "OWNER_URL_MISSING"


def test_two_programs_may_migrate_at_once(postgres: Any, names: tuple[Role, Role, str]) -> None:
    owner, app, name = names
    allow(postgres, owner, "createdb createrole")
    urls = postgres.url(app, name), postgres.url(owner, name)
    prepare(urls[1], urls[0])
    database = Database(*urls)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, [database] * 3))
    require_ready(database)
    database.close()


def test_other_rooms_take_their_steps_afterwards(fresh_database: Database) -> None:
    taken: list[Database] = []
    migrate(fresh_database, [taken.append])
    assert taken == [fresh_database]


def test_the_names_of_the_files_tell_the_steps_that_are_taken() -> None:
    """So that only migrating needs the library that knows them."""
    scripts = ScriptDirectory.from_config(script_config())
    assert {step.revision for step in scripts.walk_revisions()} == set(known_steps())
    assert scripts.get_current_head() == head()


def test_the_first_step_is_what_the_tool_writes_from_the_tables(tmp_path: Path) -> None:
    """Also the statements written by hand, which no comparison of tables would miss."""
    written = write("initial", initial=True, folder=tmp_path)
    assert written.read_text() == (VERSIONS / written.name).read_text()


def test_a_later_step_fences_its_new_tables(tmp_path: Path) -> None:
    step = write("new tables", folder=tmp_path).read_text()
    assert "alter table customer enable row level security, force row level security" in step
    assert "create policy tenant on customer" in step
    again = write("nothing new", folder=tmp_path)
    assert again.name == "0002_nothing_new.py"
    assert "op." not in again.read_text()
