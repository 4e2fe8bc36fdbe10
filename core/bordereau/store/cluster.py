"""One PostgreSQL server of our own: a folder, and the programs that run it.

The server listens on a socket inside its folder, which only its account may enter, so that no
password is needed and no port is opened. It goes on when the program that started it ends.
"""

import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL

from bordereau.errors import SetupError

SUPERUSER = "postgres"
_ACCOUNTS = ("postgres", "nobody")  # PostgreSQL refuses to run as root
_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET = 103  # bytes; Linux allows 107, macOS 103
_SECONDS = 60
_PATIENCE = 15  # seconds
_ACCEPTS, _SILENT = 0, 2  # what pg_isready says; 1 is a server that is still starting


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A PostgreSQL data folder and the programs for it.

    Attributes:
        binaries: the folder of `initdb`, `pg_ctl` and `pg_isready`.
        folder: the data folder; made by the first start.
        options: server settings other than the defaults.

    """

    binaries: Path
    folder: Path
    options: Mapping[str, str] = field(default_factory=dict)

    def url(self, user: str, database: str) -> str:
        """Return the address of a database as one of its users."""
        url = URL.create(
            "postgresql+psycopg", user, database=database, query={"host": str(self.folder)}
        )
        return url.render_as_string()

    def is_running(self) -> bool:
        """Tell whether the server accepts connections."""
        return self._answer() == _ACCEPTS

    def start(self) -> None:
        """Start the server, making its folder at the first time; a running one is left alone.

        Raises:
            SetupError: the folder cannot be used, or the server does not start.

        """
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        options = {"listen_addresses": "", "unix_socket_directories": str(self.folder)}
        arguments = " ".join(
            f"-c {shlex.quote(f'{name}={value}')}"
            for name, value in (options | dict(self.options)).items()
        )
        log = str(self.folder / "server.log")
        words = ("start", "-w", "-t", str(_SECONDS), "-l", log, "-o", arguments)
        deadline = time.monotonic() + _PATIENCE
        while not self.is_running():
            try:
                self._run("pg_ctl", *words)
            except SetupError:
                # The processes of a server that was killed need a moment to go.
                if time.monotonic() > deadline or not (self.folder / "postmaster.pid").exists():
                    raise
                time.sleep(0.2)

    def stop(self) -> None:
        """End the server and its connections; one that is not running is left alone."""
        if self._answer() != _SILENT:
            self._run("pg_ctl", "stop", "-w", "-t", str(_SECONDS), "-m", "fast")

    def _answer(self) -> int:
        return self._call("pg_isready", "-q", "-h", str(self.folder), "-t", "5").returncode

    def _initialise(self) -> None:
        """Make the data folder beside its place and then move it, so that no half one is left."""
        if len(os.fsencode(self.folder / _SOCKET)) > _LONGEST_SOCKET:
            raise SetupError(
                "DATA_DIR_TOO_LONG",
                f"The path {self.folder} is too long for the server's socket.",
                hint="Set BORDEREAU_DATA_DIR to a shorter path.",
            )
        fresh = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if os.geteuid() == 0:
            account = _unprivileged()
            os.chown(fresh, account.pw_uid, account.pw_gid)
        form = ("--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", f"--username={SUPERUSER}")
        self._run("initdb", *form, place=fresh)
        fresh.rename(self.folder)

    def _run(self, program: str, *arguments: str, place: Path | None = None) -> None:
        """Run a program on the data folder.

        Raises:
            SetupError: the program failed; its last words are in the message.

        """
        folder = place or self.folder
        done = self._call(program, *arguments, "-D", str(folder), owner=folder)
        if done.returncode:
            last = done.stdout.strip()[-500:]
            log = folder / "server.log"
            raise SetupError(
                "EMBEDDED_SERVER_FAILED",
                f"{program} failed in {folder}: {last}",
                hint=f"Read {log}." if log.exists() else "",
            )

    def _call(
        self, program: str, *arguments: str, owner: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as the folder's owner, where we are root and may choose.

        Its output goes to a file: the server inherits it and would keep a pipe open for ever.
        """
        status = owner.stat() if owner and os.geteuid() == 0 else None
        command = [str(self.binaries / program), *arguments]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            done = subprocess.run(  # noqa: S603 - our own program and arguments, no shell
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment,
                user=status.st_uid if status else None,
                group=status.st_gid if status else None,
                extra_groups=[] if status else None,
            )
            output.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, output.read())


def _unprivileged() -> pwd.struct_passwd:
    """Choose the account that runs the server when we are root."""
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in _ACCOUNTS:
        if name in known:
            return known[name]
    raise SetupError(
        "NO_SERVER_ACCOUNT",
        f"PostgreSQL does not run as root and there is no account {' or '.join(_ACCOUNTS)}.",
        hint="Run Bordereau as an ordinary user, or set BORDEREAU_DATABASE_URL.",
    )
