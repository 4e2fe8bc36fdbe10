"""Fixtures of the store's own tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def new_folder() -> Iterator[Path]:
    """A folder with a short path that every account may pass through, for a server."""
    with tempfile.TemporaryDirectory(prefix="bordereau-") as name:
        path = Path(name)
        path.chmod(0o711)
        yield path
