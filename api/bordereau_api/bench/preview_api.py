"""The page of a batch as a browser asks for it: over HTTP, one request after the other."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from uuid import UUID

import uvicorn

from bordereau.errors import SetupError
from bordereau.tenancy import Right, add_user, issue_key
from bordereau.values.ids import public_id
from bordereau_api.app import create_app
from bordereau_api.bench.stages import ACTOR, Stages
from bordereau_api.rest.description import PREFIX

_PATIENCE = 30  # seconds


class PageOverHttp:
    """The requests of the page of a batch, on one connection with one key."""

    def __init__(self, connection: HTTPConnection, key: str, batch_id: UUID) -> None:
        self._connection = connection
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._path = f"{PREFIX}/batches/{public_id('bat', batch_id)}"

    def totals(self) -> Any:
        """Ask for the batch with its totals."""
        return self._ask("GET", "")

    def page(self) -> Any:
        """Ask for the first page of its contracts."""
        return self._ask("GET", "/owners")

    def tick(self, contract_id: UUID, *, ticked: bool) -> Any:
        """Tick or untick one contract; the answer is the totals that follow."""
        body = {"owners": [public_id("ctr", contract_id)], "ticked": ticked}
        return self._ask("POST", "/choices", json.dumps(body))

    def _ask(self, method: str, path: str, body: str | None = None) -> Any:
        self._connection.request(method, self._path + path, body, self._headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:  # noqa: PLR2004 - any success of HTTP
            raise SetupError("BENCH_ANSWER", f"The API answered {answer.status}: {text}")
        return json.loads(text)


@contextmanager
def served(stages: Stages) -> Iterator[PageOverHttp]:
    """Serve the installation to this machine, and yield the way to its open batch.

    Raises:
        SetupError: the server does not start, or a request is refused.

    """
    with stages.house.database.tenant(stages.shop.tenant_id) as session:
        user = add_user(session, ACTOR, email="bench@bench.example", name="Bench", rights=Right)
        key = issue_key(session, ACTOR, user_id=user.id, name="bench").text
    with socket.create_server(("127.0.0.1", 0)) as listening, _running(stages, listening):
        connection = HTTPConnection(*listening.getsockname()[:2])
        try:
            yield PageOverHttp(connection, key, stages.batch_id)
        finally:
            connection.close()


@contextmanager
def _running(stages: Stages, listening: socket.socket) -> Iterator[None]:
    """Run the web server beside this thread."""
    server = uvicorn.Server(uvicorn.Config(create_app(stages.house), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + _PATIENCE
        while not server.started:
            if time.monotonic() > until or not thread.is_alive():
                raise SetupError("BENCH_API", "The API does not start.")
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join(_PATIENCE)
