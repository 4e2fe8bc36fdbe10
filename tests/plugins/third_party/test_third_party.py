"""A stranger's exporter: built as a wheel of its own, installed beside ours, found, and tried.

Its sources are the examples of docs/hooks.md, so the page is proven with it. The fresh environment
holds two installed wheels, ours and theirs; the libraries both need come from the running one.
"""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "hooks.md").read_text()

LIST = """
import json
import bordereau
from bordereau.connections.host import Host
from bordereau.contract import Destination

host = Host.discover()
print(json.dumps({
    "ours": bordereau.__file__,
    "plugins": {each.name: [each.distribution, each.version] for each in host.plugins()},
    "destinations": {key: kind.__module__ for key, kind in host.kind(Destination).items()},
    "failures": {key: failure.reason for key, failure in host.failures.items()},
}))
"""

# A careless author's exporter: each mistake is one that the kit must find.
CARELESS = """
import time
from pathlib import Path

import pytest
from bordereau.contract import Artifact, Config, DeliveryResult, Destination, Outcome, Features
from bordereau.testing import DestinationConformance

class CarelessConfig(Config):
    password: str = "hunter2"

class Careless(Destination):
    key = "careless"
    title = "Careless"
    config_model = CarelessConfig
    features = Features(max_batch=50)

    def validate(self, document):
        Path(self.config.password).touch()
        return ()

    def build(self, consignment):
        total = sum(float(item.document.totals.net) for item in consignment.items)
        content = f"{total} {time.perf_counter_ns()}".encode()
        return Artifact(name="out.txt", media_type="text/plain", content=content)

    def export(self, consignment):
        for item in consignment.items[:-1]:
            yield DeliveryResult(
                delivery_id=item.delivery_id, outcome=Outcome.CREATED, reference="out.txt"
            )

class TestCareless(DestinationConformance):
    @pytest.fixture
    def capability(self, bordereau_context):
        return Careless(CarelessConfig(), bordereau_context)
"""
FOUND_BY_THE_KIT = {
    "test_its_secrets_are_marked",
    "test_every_item_gets_one_answer",
    "test_what_it_carried_is_done",
    "test_three_bad_among_a_hundred_stop_no_other",
    "test_validate_is_pure_and_says_what_to_do",
    "test_build_is_pure_and_the_same_on_every_attempt",
    "test_other_consignments_have_other_names",
    "test_amounts_keep_every_digit",
}


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )


def uv(*arguments: str | Path, cwd: Path) -> None:
    beside = Path(sys.executable).with_name("uv")
    tool = beside if beside.exists() else shutil.which("uv")
    assert tool, "uv is missing: run `make setup`"
    done = run(tool, *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr


def block(language: str, word: str) -> str:
    """Return the example of the page that holds a word."""
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    (found,) = (text for text in blocks if word in text)
    return found


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stranger's source tree."""
    folder = tmp_path_factory.mktemp("bordereau-ledger")
    (folder / "pyproject.toml").write_text(block("toml", "bordereau-ledger"))
    (folder / "bordereau_ledger.py").write_text(block("python", "class Ledger("))
    (folder / "test_ledger.py").write_text(block("python", "class TestLedger("))
    (folder / "test_careless.py").write_text(CARELESS)
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Path:
    """The interpreter of an environment with both wheels."""
    folder = tmp_path_factory.mktemp("venv")
    wheels = folder / "wheels"
    for tree in (ROOT, source):
        uv("build", "-q", "--wheel", "--out-dir", wheels, tree, cwd=folder)
    uv("venv", "-q", "--python", sys.executable, folder / "env", cwd=folder)
    python = folder / "env" / "bin" / "python"
    uv(
        *("pip", "install", "-q", "--offline", "--no-deps", "--python", python),
        *sorted(wheels.glob("*.whl")),
        cwd=folder,
    )
    paths = json.loads(
        run(python, "-c", "import json, sys; print(json.dumps(sys.path))", cwd=folder).stdout
    )
    (packages,) = (Path(path) for path in paths if path.endswith("site-packages"))
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_a_strangers_wheel_is_found_beside_ours(python: Path, source: Path) -> None:
    done = run(python, "-c", LIST, cwd=source.parent)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert Path(told["ours"]).is_relative_to(python.parent.parent)
    assert told["plugins"]["ledger"] == ["bordereau-ledger", "1.0"]
    assert told["plugins"]["csv"][0] == "bordereau"
    assert told["destinations"]["ledger"] == "bordereau_ledger"
    assert told["destinations"]["csv"] == "bordereau_csv.destination"
    assert "ledger" not in told["failures"]


def test_it_passes_the_kit_there(python: Path, source: Path) -> None:
    done = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_ledger.py", cwd=source)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d+ passed", done.stdout)
    assert "failed" not in done.stdout


def test_the_kit_finds_the_mistakes_of_a_careless_author(python: Path, source: Path) -> None:
    done = run(
        *(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_careless.py"), cwd=source
    )
    assert done.returncode == 1, done.stdout
    assert set(re.findall(r"^FAILED .*::(\w+)", done.stdout, re.MULTILINE)) == FOUND_BY_THE_KIT
