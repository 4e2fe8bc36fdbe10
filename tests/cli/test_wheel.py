"""What is installed elsewhere works there: the wheel, its contents, its demonstration."""

import json
import subprocess
import sys
import tomllib
import venv
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pytest
from tests.fixtures.commands import plain_environment

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.prefix, "bin")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_package_and_all_sample_data_are_named_for_the_wheel() -> None:
    wheel = project()["tool"]["hatch"]["build"]["targets"]["wheel"]
    there = {
        path.parent.relative_to(ROOT).as_posix()
        for place in ("core/*", "api/*", "plugins/*/*")
        for path in ROOT.glob(f"{place}/__init__.py")
    }
    assert set(wheel["packages"]) == there
    assert wheel["force-include"] == {"examples": "bordereau_api/examples"}


def test_every_entry_point_is_installed_and_can_be_loaded() -> None:
    declared = project()["project"]["entry-points"]
    for group, points in declared.items():
        installed = {point.name: point for point in entry_points(group=group)}
        for name, value in points.items():
            assert installed[name].value == value
            import_module(value.partition(":")[0])


@pytest.mark.nightly
def test_the_wheel_runs_the_demonstration_in_a_new_environment(tmp_path: Path) -> None:
    """Build it, install it with the locked requirements far from the project, and run it."""
    uv, place = PROGRAMS / "uv", tmp_path / "env"
    build_lock = ("--build-constraints", ROOT / "build.lock", "--require-hashes")
    run(uv, "build", "-q", "--wheel", *build_lock, "-o", tmp_path / "dist", ROOT)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    names = ZipFile(wheel).namelist()
    assert "bordereau_api/examples/msp/customers.csv" in names
    assert "bordereau/store/migrations/versions/0001_initial.py" in names
    venv.create(place, symlinks=True)
    python = ("--python", place / "bin" / "python")
    locked = ("--require-hashes", "-r", ROOT / "requirements.lock")
    run(uv, "pip", "install", "-q", *python, *locked)
    run(uv, "pip", "install", "-q", *python, "--no-deps", wheel)
    bordereau, out = place / "bin" / "bordereau", tmp_path / "out"
    with TemporaryDirectory(prefix="bordereau-") as data:  # short, for the server's socket
        Path(data).chmod(0o711)
        try:
            told = json.loads(run(bordereau, "demo", "--json", "--output", out, data=data))
        finally:
            run(bordereau, "stop", data=data)
    assert told["batch"]["state"] == "finalised"
    assert all((out / name).is_file() for one in told["invoices"] for name in one["files"])


def run(*words: object, data: str = "") -> str:
    """Run a program outside of the project and return what it wrote."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd="/",
        env=plain_environment(BORDEREAU_DATA_DIR=data),
        capture_output=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
