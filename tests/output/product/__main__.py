"""A small product around the output room, run as processes.

`python -m tests.output.product work URL FOLDER` runs one worker, `supervise URL FOLDER N` a
supervisor, `breed URL FOLDER` forks workers that are going to die.
"""

import logging
import os
import sys
from importlib import import_module
from pathlib import Path

from tests.output.product.wiring import make_desk, make_engine

from bordereau.store import Database
from bordereau.work import Supervisor, points, run_worker


def say_ready() -> None:
    """Tell the test that this process works."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def work() -> None:
    """Run one worker until it is asked to stop."""
    desk = make_desk(Database(sys.argv[2]), Path(sys.argv[3]))
    run_worker(make_engine(desk), drain_seconds=5, ready=say_ready)


def breed() -> None:
    """Fork a worker for every crash point that is read, and tell how each one ended.

    A fork needs no second for imports. It happens before anything is connected.
    """
    import_module("bordereau.work.runtime")  # it loads the engine, once for all forks
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.environ["BORDEREAU_SUPERVISOR"] = str(os.getppid())  # it ends with its mother
            points._armed = points._Trap(line.strip())
            work()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    if sys.argv[1] == "work":
        work()
    elif sys.argv[1] == "breed":
        breed()
    else:
        command = [sys.executable, "-m", "tests.output.product", "work", *sys.argv[2:4]]
        Supervisor(command, workers=int(sys.argv[4])).run()
