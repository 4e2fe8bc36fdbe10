"""The pages for people are true: commands work as written, links lead somewhere, tables fit."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.docs import record_tables
from tests.docs.pages import ROOT, blocks, follow, prints, statements
from tests.docs.settings_tables import PAGE, renewed
from tests.fixtures.commands import Shown

from bordereau.store.roles import Role, plain_url

PAGES = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#]*)(?:#([^)]*))?\)")
URL = re.compile(r"postgresql://(?P<user>\w+):(?P<password>[\w-]+)@127\.0\.0\.1/bordereau")
VARIABLE = re.compile(r"BORDEREAU_[A-Z_]+[A-Z]")
INNER = {"BORDEREAU_SUPERVISOR", "BORDEREAU_KILL_AT"}  # between our own processes and tests
BYTES_OF_AN_IMAGE = 100_000


@pytest.mark.row("A1", "A3", "A37", "A42", "A46", "A47", "A51")
def test_the_tutorial_can_be_followed_to_the_letter(
    checkout: Path, environment: dict[str, str], free_port: str
) -> None:
    steps = blocks("docs/tutorial.md")
    for one in steps:
        one.commands = one.commands.replace("8021", free_port)
    told = follow(steps, checkout, environment, seconds=900)
    for one, printed in zip(steps, told, strict=True):
        assert prints(one.printed or "…", printed), printed
    assert (checkout / "out" / "demo" / "summary.json").is_file()


def test_an_own_server_is_set_up_as_the_page_says(
    postgres: Any, environment: dict[str, str], tmp_path: Path
) -> None:
    steps, made = blocks("docs/operations.md"), statements("docs/operations.md")
    with own_database(postgres, made):
        for one in steps:
            one.commands = URL.sub(lambda found: here(postgres, found), one.commands)
        told = follow(steps, tmp_path, environment, seconds=300)
    for one, printed in zip(steps, told, strict=True):
        assert prints(one.printed, printed), printed


def test_the_readme_shows_what_the_demonstration_shows(demo: Shown) -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    assert prints(f"{shown}…", demo.said.out)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {_anchor(head) for head in heads}, anchor


def test_images_are_small() -> None:
    images = list((ROOT / "docs").rglob("*.png"))
    assert images
    assert all(path.stat().st_size < BYTES_OF_AN_IMAGE for path in images)


def test_the_tables_of_settings_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page), "run: python -m tests.docs.settings_tables"


def test_the_tables_of_records_are_those_of_the_code() -> None:
    page = record_tables.PAGE.read_text(encoding="utf-8")
    assert page == record_tables.renewed(page), "run: python -m tests.docs.record_tables"


def test_every_variable_that_the_code_reads_is_on_the_page() -> None:
    code = [path for part in ("core", "api", "plugins") for path in (ROOT / part).rglob("*.py")]
    named = {name for path in code for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert named - INNER <= set(VARIABLE.findall(PAGE.read_text(encoding="utf-8")))


@contextmanager
def own_database(postgres: Any, statements: str) -> Iterator[None]:
    """Run the page's statements under names that no other test uses, and undo them."""
    named = re.sub(r"\bbordereau", "docs_bordereau", statements)
    drop = [f"drop role if exists docs_bordereau_{role}" for role in ("owner", "app")]
    postgres.drop("docs_bordereau")
    with postgres.connect() as connection:
        for statement in (*drop, *named.split(";")[:-1]):
            connection.execute(statement)
    try:
        yield
    finally:
        postgres.drop("docs_bordereau")
        with postgres.connect() as connection:
            for statement in drop:
                connection.execute(statement)


def here(postgres: Any, found: re.Match[str]) -> str:
    """Return the page's address as it is on the server of the tests."""
    role = Role(f"docs_{found['user']}", found["password"])
    return plain_url(postgres.url(role, "docs_bordereau"))


def _anchor(head: str) -> str:
    """Return the anchor that a head has on the web."""
    return re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-")
