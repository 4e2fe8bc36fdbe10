"""One worker process: started on first use, watched, and ended when it breaks a limit."""

import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from bordereau.contract import RenderError
from bordereau_pdf.job import Job, check_names, failed

PROGRAM = Path(__file__).with_name("worker.py")
# Nobody listens there: whatever a template tries, no package is fetched from the network.
CLOSED = "http://127.0.0.1:9"


# An installation's folder of further fonts, for scripts that the embedded ones lack.
FONTS = "BORDEREAU_PDF_FONTS"
HEAD = struct.Struct(">cHI")


class NotStarted(Exception):  # noqa: N818 - reads as what happened
    """Raised when the process was dead before it took the job: another one may take it."""


class WorkerProcess:
    """A process with one compiler and a private folder. For one thread at a time.

    Attributes:
        memory: the most it ever held, in MB, as of its last answer.

    """

    def __init__(self, templates: Mapping[str, bytes]) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="bordereau-pdf-"))
        (self.root / "job").mkdir()
        _write(self.root, templates)
        self.memory = 0
        fonts = [folder for folder in (os.environ.get(FONTS),) if folder]
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and program
            [sys.executable, "-P", str(PROGRAM), str(self.root), *fonts],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.root,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is the parent's business
        )

    @property
    def alive(self) -> bool:
        """Whether the process can take a job."""
        return self.process.poll() is None

    def render(self, job: Job) -> bytes:
        """Return the PDF of a job.

        Raises:
            RenderError: typst refused the document, or the process broke a limit and is gone.
            NotStarted: the process had died before.

        """
        check_names(job.files)
        folder = self.root / "job"
        try:
            _write(folder, job.files)
            return self._ask(job)
        finally:
            for name in job.files:
                (folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        """End the process and remove its folder."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                _close(pipe)
        shutil.rmtree(self.root, ignore_errors=True)

    def _ask(self, job: Job) -> bytes:
        watch = _Watch(self.process, job.limits.wall_seconds)
        try:
            self._send(job)
            sign, content = self._receive()
        except EOFError:
            raise self._ended(job, late=watch.expired) from None
        finally:
            watch.stop()
        if sign == b"+":
            return content
        raise failed(f"The document cannot be typeset: {content.decode(errors='replace')}")

    def _send(self, job: Job) -> None:
        line = json.dumps(
            {
                "main": job.main,
                "inputs": dict(job.inputs),
                "standards": list(job.standards),
                "timestamp": job.timestamp,
                "cpu_seconds": job.limits.cpu_seconds,
                "memory": job.limits.memory,
            }
        )
        assert self.process.stdin is not None  # noqa: S101 - it was asked for above
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise NotStarted from error
        assert self.process.stdout is not None  # noqa: S101 - it was asked for above
        if not self.process.stdout.read(1):
            raise NotStarted

    def _receive(self) -> tuple[bytes, bytes]:
        assert self.process.stdout is not None  # noqa: S101 - it was asked for above
        head = self.process.stdout.read(HEAD.size)
        if len(head) < HEAD.size:
            raise EOFError
        sign, self.memory, length = HEAD.unpack(head)
        content = self.process.stdout.read(length)
        if len(content) < length:
            raise EOFError
        return sign, content

    def _ended(self, job: Job, *, late: bool) -> RenderError:
        """Say why the process is gone."""
        status = self.process.wait()
        limits = job.limits
        if late:
            text = f"The document took longer than {limits.wall_seconds:g} seconds."
            return RenderError("RENDER_TIMEOUT", text)
        if sys.platform != "win32" and status == -signal.SIGXCPU:
            text = f"The document took more than {limits.cpu_seconds} seconds of processor time."
            return RenderError("RENDER_TIMEOUT", text)
        text = f"The PDF worker was ended (status {status}); it may use {limits.memory >> 20} MB."
        return RenderError("RENDER_KILLED", text)


class _Watch:
    """Kills a process when the time is over, unless it was stopped before."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.expired = False
        self._process = process
        self._stopped = False
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Let the process live; after this call it is not killed any more."""
        with self._lock:
            self._stopped = True
        self._timer.cancel()

    def _expire(self) -> None:
        with self._lock:
            if not self._stopped:
                self.expired = True
                self._process.kill()


def _environment() -> dict[str, str]:
    """Build the environment: the module path, one thread, a closed network, no secrets."""
    variables = {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "RAYON_NUM_THREADS": "1",  # processes make the parallelism; stacks count as address space
        "MALLOC_ARENA_MAX": "2",
        "HTTP_PROXY": CLOSED,
        "HTTPS_PROXY": CLOSED,
        "ALL_PROXY": CLOSED,
    }
    if "SYSTEMROOT" in os.environ:  # Windows starts no program without it
        variables["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    return variables


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return  # a job was still in the buffer; the process that should read it is dead
