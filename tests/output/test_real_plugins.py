"""The built-in plugins over the whole way: PDF, e-mail, folder and CSV from one order."""

import csv
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from bordereau.invoices.tables import InvoiceFact
from bordereau.output import file_of, fully_processed
from bordereau.output.tables import StoredArtifact


class Mailbox:
    """A mail server that keeps what it accepts."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Accept a message."""
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mail server on this machine, and its port."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.mark.row("A4", "A48", "B42", "B46", "B50")
def test_one_order_mails_files_and_exports(
    real_works: Any, new_shop: Any, mailbox: tuple[Mailbox, int], tmp_path: Path
) -> None:
    box, port = mailbox
    shop = new_shop(real_works)
    shop.connect("renderer", "pdf", own=False)
    shop.connect(
        "delivery", "email", own=False, host="127.0.0.1", port=port, tls="none",
        sender="billing@example.com",
    )  # fmt: skip
    shop.connect("delivery", "archive", own=False, folder=str(tmp_path / "folders"))
    export = shop.connect("destination", "csv", own=False, folder=str(tmp_path / "csv"))
    ids = shop.invoices(4)
    shop.order(ids, save_in_folder=True, destinations=[export])
    assert shop.settle(120) == {("done", ""): 12}

    numbers = {shop.number(id_) for id_ in ids}
    assert len(box.messages) == 4
    attached = [part for mail in box.messages for part in mail.iter_attachments()]
    assert {part.get_content_type() for part in attached} == {"application/pdf"}
    assert all(part.get_content().startswith(b"%PDF") for part in attached)
    [file] = (tmp_path / "csv").iterdir()
    with file.open(newline="") as lines:
        assert {row["number"] for row in csv.DictReader(lines)} == numbers
    filed = list((tmp_path / "folders").rglob("*.pdf"))
    assert {pdf.read_bytes() for pdf in filed} == {row.get_content() for row in attached}
    assert shop.statuses() == {"sent": 4}
    with shop.session() as session:
        kinds = session.execute(select(InvoiceFact.kind, InvoiceFact.unconfirmed)).all()
        assert {tuple(row) for row in kinds} == {
            ("emailed", False),
            ("filed", False),
            ("exported", True),
        }
        assert fully_processed(session, ids) == set(ids)
        assert len(session.scalars(select(StoredArtifact.id)).all()) == 4
    shown = file_of(real_works.desk, shop.tenant_id, ids[0])
    assert shown.content in {pdf.read_bytes() for pdf in filed}
