"""Fixtures of the CSV destination's tests."""

from pathlib import Path

import pytest

from bordereau.contract import Context
from bordereau_csv import CsvFile
from bordereau_csv.config import CsvConfig


@pytest.fixture
def channel(bordereau_context: Context, tmp_path: Path) -> CsvFile:
    return CsvFile(CsvConfig(folder=tmp_path), bordereau_context)
