"""What the far side has: files that survive any death of a worker."""

import json
import os
from pathlib import Path
from typing import Any


class Books:
    """What the far side has: an append-only file, written one line at a time."""

    def __init__(self, folder: str | Path, name: str) -> None:
        self._path = Path(folder) / f"{name}.log"

    def write(self, **line: object) -> int:
        """Keep a line for good, and return its number: no two lines ever get the same."""
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            os.write(handle, json.dumps(line).encode() + b"\n")
            end = os.lseek(handle, 0, os.SEEK_CUR)
            return os.pread(handle, end, 0).count(b"\n")
        finally:
            os.close(handle)

    def lines(self) -> list[dict[str, Any]]:
        """Return all lines."""
        if not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text().splitlines()]
