"""The guards of the conformance kit: they refuse what a pure method must not do, and then sleep."""

import socket
import threading
from pathlib import Path

import pytest

from bordereau.testing import ImpureError, no_network, no_network_no_disk


def test_a_connection_or_look_up_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with no_network():
            with pytest.raises(ImpureError, match=r"socket\.getaddrinfo"):
                socket.create_connection(("localhost", port))
            with socket.socket() as client, pytest.raises(ImpureError, match=r"socket\.connect"):
                client.connect(("127.0.0.1", port))
        with socket.create_connection(("127.0.0.1", port)) as client:
            assert client.getpeername()[1] == port


def test_a_thread_of_the_method_is_refused_too() -> None:
    failures: list[Exception] = []

    def look_up() -> None:
        try:
            socket.getaddrinfo("localhost", 80)
        except ImpureError as error:
            failures.append(error)

    with no_network():
        thread = threading.Thread(target=look_up)
        thread.start()
        thread.join()
    assert len(failures) == 1


def test_files_may_be_read_but_not_written(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    with no_network_no_disk():
        assert path.read_text() == "old"
        for change in (lambda: path.write_text("new"), path.unlink, (tmp_path / "folder").mkdir):
            with pytest.raises(ImpureError):
                change()
    assert path.read_text() == "old"
    path.write_text("new")
