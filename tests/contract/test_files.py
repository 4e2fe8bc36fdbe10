"""Files of channels: names that lead nowhere, whole files or none, errors a person understands."""

import errno
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bordereau.contract import (
    ActionRequired,
    Retryable,
    check_folder,
    read_file,
    safe_name,
    write_file,
)

NOBODY = 65534


@pytest.mark.parametrize("text", ["INV-2026-000042", "Été 2026", "株式会社", "a.b", "C00042.pdf"])
def test_a_harmless_name_stays(text: str) -> None:
    assert safe_name(text) == text


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("../../etc/passwd", "-..-etc-passwd~"),
        ("..", "_~"),
        ("", "_~"),
        ("2026/0042", "2026-0042~"),
        ("a\x00b\u202ec\nd", "a b c d~"),
        ("CON", "_CON~"),
        ("nul.txt", "_nul~"),
        ("report.", "report~"),
        ("x" * 500, "x" * 120 + "~"),
        ("bad:name.pdf", "bad-name~"),
    ],
)
def test_a_dangerous_name_is_changed_and_marked(text: str, start: str) -> None:
    assert safe_name(text).startswith(start)


def test_a_changed_name_keeps_its_ending() -> None:
    assert safe_name("a/b.pdf").endswith(".pdf")


@given(st.text())
def test_any_text_is_one_component_of_a_path(text: str) -> None:
    name = safe_name(text)
    assert Path("/root", name).parts == ("/", "root", name)
    assert name not in (".", "..")
    assert name.isprintable()
    assert len(name.encode()) < 160


@given(st.sets(st.text(alphabet="ab/:~. ", max_size=6), min_size=2, max_size=30))
def test_two_texts_never_share_a_name(texts: set[str]) -> None:
    assert len({safe_name(text) for text in texts}) == len(texts)


def test_a_file_is_written_whole_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file.txt"
    write_file(path, [b"one ", b"two"])
    assert path.read_bytes() == b"one two"
    write_file(path, [b"three"])
    assert read_file(path) == b"three"
    assert [child.name for child in path.parent.iterdir()] == ["file.txt"]


def test_a_failure_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_file(path, [b"old"])

    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write_file(path, chunks())
    assert path.read_bytes() == b"old"
    assert [child.name for child in tmp_path.iterdir()] == ["file.txt"]


@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [
        (errno.ENOSPC, Retryable, "is full"),
        (errno.EIO, Retryable, "could not be written"),
        (errno.EROFS, ActionRequired, "No permission"),
        (errno.ENAMETOOLONG, ActionRequired, "Choose another folder"),
    ],
)
def test_a_failing_disk_leaves_no_file_and_says_what_to_do(
    tmp_path: Path, number: int, kind: type[Exception], said: str
) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise OSError(number, os.strerror(number))

    with pytest.raises(kind, match=said) as failure:
        write_file(tmp_path / "file.txt", chunks())
    assert list(tmp_path.iterdir()) == []
    if number == errno.ENOSPC:
        assert getattr(failure.value, "after", None) == timedelta(minutes=15)


def test_a_really_full_disk_is_told_as_one() -> None:
    with pytest.raises(OSError, match="No space left") as full, open("/dev/full", "wb") as file:  # noqa: PTH123
        file.write(b"x" * 100_000)
    assert full.value.errno == errno.ENOSPC


def test_a_folder_that_may_not_be_written_is_for_a_person(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    root = os.geteuid() == 0  # for whom no folder is closed
    if root:
        os.seteuid(NOBODY)
    try:
        with pytest.raises(ActionRequired, match="No permission"):
            write_file(closed / "file.txt", [b"x"])
        with pytest.raises(ActionRequired, match="No permission"):
            check_folder(closed / "deeper")
    finally:
        if root:
            os.seteuid(0)
    assert list(closed.iterdir()) == []


def test_a_folder_that_is_a_file_is_for_a_person(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ActionRequired, match="cannot be used"):
        write_file(tmp_path / "file" / "deeper.txt", [b"x"])


def test_a_folder_that_is_still_missing_can_be_used(tmp_path: Path) -> None:
    check_folder(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []


def test_a_retry_removes_what_a_killed_attempt_left(tmp_path: Path) -> None:
    left = tmp_path / ".file.txt.0badcafe.part"
    left.write_bytes(b"half")
    write_file(tmp_path / "file.txt", [b"x"])
    assert left.exists()
    write_file(tmp_path / "file.txt", [b"x"], retry=True)
    assert [child.name for child in tmp_path.iterdir()] == ["file.txt"]
