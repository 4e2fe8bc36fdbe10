"""The pool: several threads, few processes, dead ones replaced, none left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bordereau.contract import Layout, RenderError
from bordereau_pdf import PdfRenderer
from bordereau_pdf.job import Job
from bordereau_pdf.pool import RETIRE, SIZE, Pool

Build = Callable[..., Any]
PLAIN = {"main.typ": b"= #sys.inputs.name"}


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(PLAIN, size=2)
    yield pool
    pool.close()


def job(name: str = "x") -> Job:
    return Job(inputs={"name": name}, standards=())


def test_fifty_documents_from_four_threads_are_each_their_own(
    invoice: Build, renderer: PdfRenderer
) -> None:
    documents = [invoice(number=f"N-{at:03d}") for at in range(50)]

    def render(document: Any) -> bytes:
        return renderer.render(document, Layout()).content

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(render, documents))
    assert together == [render(document) for document in documents]
    assert len(set(together)) == 50


def test_no_more_processes_than_agreed_are_started(pool: Pool) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda at: pool.render(job(str(at))), range(40)))
    assert 1 <= len(pool.workers) <= 2
    assert 1 <= SIZE <= 4


def test_one_worker_serves_one_document_after_the_other(pool: Pool) -> None:
    pool.render(job("a"))
    first = pool.workers
    pool.render(job("b"))
    assert pool.workers == first


def test_a_killed_worker_is_replaced(pool: Pool) -> None:
    before = pool.render(job())
    (pid,) = pool.workers
    os.kill(pid, signal.SIGKILL)
    assert pool.render(job()) == before
    assert pool.workers != (pid,)


def test_a_worker_killed_at_work_fails_its_document_and_is_replaced() -> None:
    loop = b"#let n = 0\n#for a in range(10000) { for b in range(int(sys.inputs.name)) { n += b } }"
    pool = Pool({"main.typ": loop}, size=1)
    pool.render(job("1"))
    (pid,) = pool.workers
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(pool.render, job("1000000"))
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(RenderError) as caught:
            answer.result()
    assert caught.value.code == "RENDER_KILLED"
    assert pool.render(job("2")).startswith(b"%PDF")
    pool.close()


def test_a_refused_document_leaves_the_worker_alive(pool: Pool) -> None:
    pool.render(job())
    before = pool.workers
    with pytest.raises(RenderError, match="cannot be typeset"):
        pool.render(Job(inputs={}, standards=()))
    pool.render(job())
    assert pool.workers == before


def test_a_worker_that_grew_too_big_is_retired() -> None:
    pool = Pool({"main.typ": b'#("x" * int(sys.inputs.name)).len()'}, size=1)
    pool.render(job("1"))
    assert len(pool.workers) == 1
    pool.render(job(str(RETIRE << 20)))
    assert not pool.workers
    pool.close()


def test_a_large_program_keeps_its_workers(pool: Pool) -> None:
    ballast = bytearray(b"x") * ((RETIRE + 50) << 20)
    pool.render(job())
    assert len(pool.workers) == 1
    assert ballast


def test_a_pool_that_was_closed_starts_again(pool: Pool) -> None:
    before = pool.render(job())
    pool.close()
    assert not pool.workers
    assert pool.render(job()) == before


def test_a_forked_child_leaves_the_workers_to_its_parent(pool: Pool) -> None:
    pool.render(job())
    mine = pool._idle[0]
    pool.forget()
    pool.render(job())
    assert mine.process.pid not in pool.workers
    assert mine.alive
    mine.close()


def test_workers_end_and_clean_up_when_their_process_is_killed() -> None:
    code = (
        "import sys\n"
        "from bordereau_pdf.job import Job\n"
        "from bordereau_pdf.pool import Pool\n"
        "pool = Pool({'main.typ': b'= x'})\n"
        "pool.render(Job(inputs={}, standards=()))\n"
        "print(pool._idle[0].root, flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        root = Path(parent.stdout.readline().strip())
        assert root.is_dir()
        parent.kill()
    until = time.monotonic() + 10
    while root.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not root.exists()
