"""The works: a database, what is wired on it, and worker processes."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.output.product.books import Books

from bordereau.store import Database
from bordereau.work import Engine

ROOT = Path(__file__).parents[2]


@dataclass
class Works:
    """A database with the engine's tables, and the workers on it."""

    database: Database
    folder: Path
    desk: Any
    engine: Engine
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    def spawn(self, mode: str = "work", *arguments: str, **environment: str) -> Any:
        """Start a process of the product."""
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.output.product",
                mode,
                self.database.app_url,
                str(self.folder),
                *arguments,
            ],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.workers.append(process)
        return process

    def heard(self, slug: str, name: str = "heard") -> list[dict[str, Any]]:
        """Return what a plugin heard of a tenant."""
        lines: list[dict[str, Any]] = Books(self.folder, name).lines()
        return [line for line in lines if line["tenant"] == slug]

    def end(self) -> None:
        """Kill what is left and close."""
        for process in self.workers:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()
        self.workers.clear()
        self.engine.close()
        self.database.close()
