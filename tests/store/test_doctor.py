"""What the doctor finds on real servers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bordereau.errors import SetupError
from bordereau.store import Database, Settings, doctor, migrate
from bordereau.store.cluster import Cluster
from bordereau.store.doctor import examine, require_ready
from bordereau.store.embedded import addresses, make_home
from bordereau.store.roles import Role, ensure_role

OLDEST = Path(f"/usr/lib/postgresql/{doctor.OLDEST}/bin")


def settings(url: str) -> Settings:
    return Settings(database_url=SecretStr(url))


def codes(url: str) -> list[str]:
    return [finding.code for finding in examine(settings(url))]


def as_owner(database: Database, statement: str) -> None:
    engine = database.owner_engine()
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def empty(postgres: Any) -> Iterator[str]:
    """A database without tables."""
    postgres.create("bordereau_test_empty")
    yield "bordereau_test_empty"
    postgres.drop("bordereau_test_empty")


@pytest.fixture
def stranger(postgres: Any) -> Iterator[Role]:
    """A role that no database knows."""
    role = Role("bordereau_test_stranger", "bordereau")
    with postgres.connect() as connection:
        ensure_role(connection, role)
        yield role
        connection.execute("drop role bordereau_test_stranger")


def test_a_migrated_database_is_ready(fresh_database: Database) -> None:
    assert codes(fresh_database.app_url) == []
    require_ready(fresh_database)


def test_a_server_that_does_not_answer_is_named() -> None:
    [finding] = examine(settings("postgresql://app:pass-word@127.0.0.1:1/bordereau"))
    assert finding.code == "DATABASE_UNREACHABLE"
    assert "BORDEREAU_DATABASE_URL" in finding.hint
    assert "pass-word" not in str(finding)


def test_another_kind_of_database_is_named() -> None:
    assert codes("mysql://app@localhost/bordereau") == ["DATABASE_URL_UNKNOWN"]


def test_a_database_that_does_not_exist_is_named(postgres: Any) -> None:
    url = postgres.url(Role("bordereau_test_app", "bordereau"), "bordereau_test_nowhere")
    assert codes(url) == ["DATABASE_UNREACHABLE"]


def test_an_old_server_is_named(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "OLDEST", 99)
    assert codes(fresh_database.app_url) == ["DATABASE_TOO_OLD"]


def test_a_superuser_is_too_strong(postgres: Any, fresh_database: Database) -> None:
    name = fresh_database.engine.url.database
    superuser = Database(postgres.admin_url).engine.url.set(database=name)
    found = codes(superuser.render_as_string(hide_password=False))
    assert set(found) == {"ROLE_TOO_STRONG"}


def test_the_owner_is_too_strong(fresh_database: Database) -> None:
    assert codes(str(fresh_database.owner_url)) == ["ROLE_TOO_STRONG"]


def test_a_member_of_the_owner_is_too_strong(
    postgres: Any, fresh_database: Database, stranger: Role
) -> None:
    with postgres.connect() as connection:
        connection.execute("grant bordereau_test_owner to bordereau_test_stranger")
    found = codes(postgres.url(stranger, fresh_database.engine.url.database))
    assert found == ["ROLE_TOO_STRONG"]


def test_a_role_that_bypasses_row_security_is_too_strong(
    postgres: Any, fresh_database: Database, stranger: Role
) -> None:
    with postgres.connect() as connection:
        connection.execute("alter role bordereau_test_stranger bypassrls")
    found = codes(postgres.url(stranger, fresh_database.engine.url.database))
    assert found == ["ROLE_TOO_STRONG", "ROLE_WITHOUT_RIGHTS"]


def test_a_role_without_rights_is_named(
    postgres: Any, fresh_database: Database, stranger: Role
) -> None:
    found = codes(postgres.url(stranger, fresh_database.engine.url.database))
    assert found == ["ROLE_WITHOUT_RIGHTS"]


def test_one_missing_right_is_named_and_migrating_gives_it_back(fresh_database: Database) -> None:
    as_owner(fresh_database, "revoke update on customer from bordereau_test_app")
    with pytest.raises(SetupError, match="update on customer") as error:
        require_ready(fresh_database)
    assert error.value.code == "ROLE_WITHOUT_RIGHTS"
    migrate(fresh_database)
    require_ready(fresh_database)


def test_an_empty_database_is_not_migrated(postgres: Any, empty: str) -> None:
    assert codes(postgres.open(empty).app_url) == ["NOT_MIGRATED"]


def test_an_older_schema_is_not_migrated(fresh_database: Database) -> None:
    as_owner(fresh_database, "delete from alembic_version")
    assert codes(fresh_database.app_url) == ["NOT_MIGRATED"]


def test_a_newer_schema_is_left_alone(fresh_database: Database) -> None:
    as_owner(fresh_database, "update alembic_version set version_num = '9999'")
    assert codes(fresh_database.app_url) == ["SCHEMA_TOO_NEW"]
    with pytest.raises(SetupError) as error:
        migrate(fresh_database)
    assert error.value.code == "SCHEMA_TOO_NEW"


@pytest.mark.skipif(not OLDEST.exists(), reason="the oldest PostgreSQL is not installed here")
def test_the_oldest_server_will_do(new_folder: Path, new_tenant: Callable[..., int]) -> None:
    cluster = Cluster(binaries=OLDEST, folder=new_folder / "postgres", options={"fsync": "off"})
    cluster.start()
    try:
        make_home(cluster, "bordereau")
        found = addresses(cluster, "bordereau")
        database = Database(found.app_url, found.owner_url)
        migrate(database)
        assert doctor.examine_database(database) == []
        tenant = new_tenant(database)
        with database.operator() as operator:
            assert operator.scalar(text("select count(*) from tenant")) == 0
            assert operator.scalars(text("select tenant_ids()")).all() == [tenant]
        database.close()
    finally:
        cluster.stop()


def test_a_lost_table_is_named(fresh_database: Database) -> None:
    as_owner(fresh_database, "drop table batch_charge_choice")
    assert codes(fresh_database.app_url) == ["TABLE_MISSING"]
