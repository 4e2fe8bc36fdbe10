"""The worker program: one typst compiler, one document after the other, inside limits.

It is started as a script, in a process of its own, with the path of its folder and, if there is
one, of a folder of fonts. A job is one line of JSON on standard input. On standard output comes `!`
as soon as the job was read, then the answer: one byte (`+` a PDF, `-` a message), the memory in use
in MB (two bytes), the length (four bytes) and the content. A hostile template may exhaust memory or
time: the operating system then ends this process, and `process.py` sees it.

It imports nothing of this package: it needs the standard library and typst, and starts quickly.
"""

import json
import os
import shutil
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

TAKEN = b"!"


def set_limits(cpu_seconds: int, memory: int) -> None:
    """Allow this job so many more CPU seconds, and the process so many bytes of address space.

    CPU time is counted over the life of a process, so its limit moves on with each job.
    """
    if sys.platform == "win32":  # there, only the parent's limit of wall time works
        return
    import resource  # noqa: PLC0415 - exists on POSIX only

    def limit(kind: int, value: int) -> None:
        hard = resource.getrlimit(kind)[1]
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (soft, hard))

    used = resource.getrusage(resource.RUSAGE_SELF)
    limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + cpu_seconds + 1)
    limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":  # others count the address space differently
        limit(resource.RLIMIT_AS, memory)


def peak_memory() -> int:
    """Return how much memory this process ever held, in MB; 0 where nobody can tell.

    `ru_maxrss` would not do: a new process inherits it from the one that started it.
    """
    if sys.platform != "linux":
        return 0
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) >> 10
    return 0


def new_compiler(root: Path, fonts: list[str]) -> Any:
    """Build the compiler: embedded and given fonts, no packages, nothing above its folder."""
    import typst  # noqa: PLC0415 - an import error becomes the answer to the first job

    nowhere = root / "no-packages"
    return typst.Compiler(
        input=str(root / "main.typ"),
        root=str(root),
        font_paths=fonts,
        ignore_system_fonts=True,
        package_path=str(nowhere),
        package_cache_path=str(nowhere),
    )


def compile_job(compiler: Any, root: Path, job: dict[str, Any]) -> bytes:
    """Make the PDF of one job, within its limits."""
    set_limits(job["cpu_seconds"], job["memory"])
    pdf: bytes = compiler.compile(
        input=str(root / job["main"]),
        format="pdf",
        sys_inputs=job["inputs"],
        pdf_standards=job["standards"],
        timestamp=job["timestamp"],
    )
    return pdf


def answer(out: BinaryIO, sign: bytes, content: bytes) -> None:
    """Write one answer."""
    out.write(sign + struct.pack(">HI", min(peak_memory(), 0xFFFF), len(content)) + content)
    out.flush()


def serve(root: Path, fonts: list[str], jobs: BinaryIO, out: BinaryIO) -> None:
    """Answer jobs until the parent closes the pipe or is gone."""
    compiler = None
    for line in jobs:
        out.write(TAKEN)
        out.flush()
        try:
            compiler = compiler or new_compiler(root, fonts)
            pdf = compile_job(compiler, root, json.loads(line))
        except MemoryError:
            os.abort()  # the same end as when typst itself runs out of memory
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear it
            answer(out, b"-", str(error).encode(errors="replace"))
        else:
            answer(out, b"+", pdf)


def main() -> None:
    """Serve on the standard streams, then remove the folder in case the parent cannot."""
    root = Path(sys.argv[1])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not end up between answers
    try:
        serve(root, sys.argv[2:], sys.stdin.buffer, out)
    except BrokenPipeError:
        pass  # the parent is gone: nobody waits for the answer
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
