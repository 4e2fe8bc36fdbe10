"""A hostile template given to a worker gets nothing, and never more than its share."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from bordereau.contract import RenderError
from bordereau_pdf.job import Job, Limits, read_templates
from bordereau_pdf.pool import Pool

Start = Callable[..., Pool]
SHORT = Limits(cpu_seconds=1, wall_seconds=30, memory=512 << 20)
EMPTY: Mapping[str, bytes] = {}
LOOP = "#let n = 0\n#for a in range(100000) { for b in range(100000) { n = n + a * b } }\n#n"
BOMBS = {
    "string": '#let s = "xxxxxxxx"\n#for i in range(60) { s = s + s }\n#s.len()',
    "array": "#let a = range(1000)\n#for i in range(40) { a = a + a }\n#a.len()",
    "pages": "#for i in range(100000000) [#pagebreak() x]",
}


@pytest.fixture
def start() -> Iterator[Start]:
    pools: list[Pool] = []

    def build(source: str, **files: bytes) -> Pool:
        pools.append(Pool({"main.typ": source.encode()} | files, size=1))
        return pools[-1]

    yield build
    for pool in pools:
        pool.close()


def refusal(pool: Pool, limits: Limits = SHORT, files: Mapping[str, bytes] = EMPTY) -> RenderError:
    """Return the error of a job that must fail."""
    with pytest.raises(RenderError) as caught:
        pool.render(Job(inputs={}, limits=limits, files=files, standards=()))
    return caught.value


def test_an_endless_loop_is_refused(start: Start) -> None:
    assert refusal(start("#let n = 1\n#while n > 0 { n += 1 }")).code == "RENDER_FAILED"


def test_a_loop_that_takes_too_much_processor_time_is_killed(start: Start) -> None:
    error = refusal(start(LOOP))
    assert error.code == "RENDER_TIMEOUT"
    assert "more than 1 seconds of processor time" in str(error)


def test_a_loop_that_takes_too_long_by_the_clock_is_killed(start: Start) -> None:
    error = refusal(start(LOOP), Limits(wall_seconds=0.5))
    assert error.code == "RENDER_TIMEOUT"
    assert "longer than 0.5 seconds" in str(error)


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS)
def test_a_memory_bomb_is_killed(start: Start, source: str) -> None:
    error = refusal(start(source), Limits(memory=512 << 20, cpu_seconds=60))
    assert error.code == "RENDER_KILLED"
    assert "512 MB" in str(error)


def test_limits_are_counted_anew_for_each_document(start: Start) -> None:
    pool = start("#let n = 0\n#for a in range(int(sys.inputs.n)) { n += a }\n#n")
    before = pool.render(Job(inputs={"n": "1"}, limits=SHORT, standards=()))
    for at in range(14):  # more than two seconds together
        pool.render(Job(inputs={"n": str(900_000 + at)}, limits=SHORT, standards=()))
    assert pool.render(Job(inputs={"n": "1"}, limits=SHORT, standards=())) == before


@pytest.mark.parametrize(
    "source",
    [
        '#read("/etc/hostname")',
        '#read("../../../../etc/hostname")',
        '#image("/etc/hostname")',
        '#import "/etc/hostname": *',
        '#image("http://127.0.0.1/logo.png")',
        '#plugin("/lib/evil.wasm")',
    ],
)
def test_files_outside_its_folder_do_not_exist(start: Start, source: str) -> None:
    assert refusal(start(source)).code == "RENDER_FAILED"


def test_a_folder_of_templates_with_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "main.typ").write_text("= x")
    assert read_templates(tmp_path) == {"main.typ": b"= x"}
    (tmp_path / "secret.txt").symlink_to("/etc/hostname")
    with pytest.raises(RenderError, match=r"secret\.txt"):
        read_templates(tmp_path)


@pytest.mark.parametrize("name", ["../x.typ", "a/b.typ", "/x", "..", ".x", "", "a\0b", "x\n"])
def test_a_file_name_that_leaves_the_folder_is_refused(start: Start, name: str) -> None:
    with pytest.raises(RenderError, match="cannot be the name"):
        start("= x", **{name: b""})
    assert refusal(start("= x"), files={name: b""}).code == "RENDER_FAILED"


@pytest.mark.parametrize(
    "text", ['#import "@preview/cetz:0.3.0": *', '#include  " @local/a:1.0.0"']
)
def test_an_import_of_a_package_is_refused(start: Start, text: str) -> None:
    with pytest.raises(RenderError, match="imports a package"):
        start(text)


def test_a_computed_import_of_a_package_finds_no_network(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    error = refusal(start('#let name = "\\u{40}" + "preview/cetz:0.3.0"\n#import name: *'))
    assert error.code == "RENDER_FAILED"
    assert "Connection refused" in str(error)


def test_a_worker_knows_no_secret_of_its_parent(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BORDEREAU_SECRET", "s3cret")
    pool = start("= x")
    pool.render(Job(inputs={}, standards=()))
    (pid,) = pool.workers
    assert "s3cret" not in Path(f"/proc/{pid}/environ").read_text()


def test_the_folder_of_a_worker_is_private_and_gone_afterwards(start: Start) -> None:
    pool = start(LOOP)
    before = _folders()
    refusal(pool, Limits(wall_seconds=0.3))
    assert _folders() == before
    calm = start("= x")
    calm.render(Job(inputs={}, standards=()))
    (folder,) = _folders() - before
    assert folder.stat().st_mode & 0o777 == 0o700
    calm.close()
    assert not folder.exists()


def _folders() -> set[Path]:
    """Return the folders of the workers of this process."""
    return {folder for each in Path("/proc").glob("[0-9]*") if (folder := _folder(each))}


def _folder(process: Path) -> Path | None:
    try:
        parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[1]
        folder = (process / "cwd").readlink()
    except OSError:  # it ended in the meantime, or it is somebody else's
        return None
    return folder if int(parent) == os.getpid() and "bordereau-pdf" in folder.name else None
