"""E-mail against a real server: what each answer, and each silence, means."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from tests.plugins.email.sending import closed_port, send

from bordereau.contract import Item, Outcome
from bordereau_email import Email

Make = Callable[..., Email]


@pytest.mark.row("A51")
def test_a_message_counts_as_sent_only_after_the_server_accepted_it(
    make: Make, port: int, item: Item, mailbox: Any
) -> None:
    result = send(make(port), item)
    assert result.outcome is Outcome.CREATED
    assert result.message == "250 2.0.0 Queued as 4711"
    assert result.reference == f"<{item.delivery_id}@lac.example>"
    assert mailbox.recipients == [[item.recipient]]


@pytest.mark.row("B42")
def test_the_server_gets_the_pdf_byte_for_byte(
    make: Make, port: int, item: Item, mailbox: Any
) -> None:
    pdf = replace(item.artifacts[0], content=b"%PDF\n.\n..\r\n.\r\n" + bytes(range(256)) * 500)
    send(make(port), replace(item, artifacts=(pdf,)))
    message = message_from_bytes(mailbox.messages[0], policy=policy.default)
    (attachment,) = message.iter_attachments()
    assert attachment.get_content() == pdf.content
    assert attachment.get_filename() == "INV-2026-000042.pdf"


def test_what_is_sent_is_what_the_preview_shows(
    make: Make, port: int, item: Item, mailbox: Any
) -> None:
    channel = make(port)
    preview = channel.preview(item)
    assert mailbox.seen == []
    send(channel, item)
    send(channel, item, attempt=2)
    assert mailbox.messages == [preview.content] * 2


def test_an_unknown_recipient_is_rejected(make: Make, port: int, item: Item) -> None:
    result = send(make(port), replace(item, recipient="gone@example.com"))
    assert result.outcome is Outcome.REJECTED
    assert "550 5.1.1 No such user" in result.message


@pytest.mark.parametrize("recipient", ["full@example.com", "slow@example.com"])
def test_a_temporary_refusal_is_tried_again_with_growing_waits(
    make: Make, port: int, item: Item, recipient: str
) -> None:
    results = [
        send(make(port), replace(item, recipient=recipient), attempt) for attempt in (1, 2, 9)
    ]
    assert {result.outcome for result in results} == {Outcome.RETRY}
    waits = [result.retry_after for result in results]
    assert waits == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=12)]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("451 Try again", Outcome.RETRY), ("554 Looks like spam", Outcome.REJECTED)],
)
def test_an_answer_to_the_content_decides(
    make: Make, port: int, item: Item, mailbox: Any, answer: str, outcome: Outcome
) -> None:
    mailbox.at_data = answer
    assert send(make(port), item).outcome is outcome


@pytest.mark.parametrize("ending", ["hang up", "be silent"])
def test_an_answer_lost_after_the_content_leaves_the_outcome_unknown(
    make: Make, port: int, item: Item, mailbox: Any, ending: str
) -> None:
    mailbox.at_data = ending
    result = send(make(port), item)
    assert (result.outcome, result.needs_attention) == (Outcome.UNKNOWN, True)
    assert "may have arrived" in result.message
    assert len(mailbox.seen) == 1


def test_a_refused_sender_is_for_a_person(make: Make, port: int, item: Item, mailbox: Any) -> None:
    mailbox.at_mail = "553 5.7.1 Sender not allowed"
    result = send(make(port), item)
    assert (result.outcome, result.needs_attention) == (Outcome.RETRY, True)
    assert "refuses the sender" in result.message


def test_a_message_too_large_is_rejected_before_its_content(
    make: Make, start_server: Callable[..., int], item: Item, mailbox: Any
) -> None:
    port = start_server(data_size_limit=1_000)
    result = send(make(port), item)
    assert result.outcome is Outcome.REJECTED
    assert mailbox.seen == []


def test_a_refused_connection_is_tried_again(make: Make, item: Item) -> None:
    result = send(make(closed_port()), item)
    assert result.outcome is Outcome.RETRY
    assert result.retry_after == timedelta(minutes=15)
    assert "cannot be reached" in result.message


def test_a_server_that_never_greets_is_tried_again(make: Make, item: Item) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        result = send(make(silent.getsockname()[1]), item)
    assert result.outcome is Outcome.RETRY


def test_two_addresses_or_a_line_break_never_reach_the_server(
    make: Make, port: int, item: Item, mailbox: Any
) -> None:
    for recipient in (
        "a@example.com,b@example.com",
        "a@example.com b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com>\r\nRCPT TO:<b@example.com",
        "Name <a@example.com>",
        "a@",
        "é@example.com",
        "",
    ):
        result = send(make(port), replace(item, recipient=recipient))
        assert result.outcome is Outcome.REJECTED
        assert "address" in result.message
    assert mailbox.seen == []
