"""E-mail over encrypted connections, with a login, to servers that are trusted."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from tests.plugins.email.sending import closed_port, send

from bordereau.contract import ActionRequired, Item, Outcome, Retryable
from bordereau_email import Email

Make = Callable[..., Email]


def test_a_wrong_password_is_for_a_person_and_is_told_to_nobody(
    make_locked: Make, item: Item, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = make_locked("wr0ng-p4ssword")
    result = send(channel, item)
    assert (result.outcome, result.needs_attention) == (Outcome.RETRY, True)
    assert "535" in result.message
    assert "wr0ng-p4ssword" not in result.message + caplog.text
    with pytest.raises(ActionRequired, match="535"):
        channel.check()


def test_check_logs_in_and_sends_nothing(
    make: Make, make_locked: Make, password: str, mailbox: Any
) -> None:
    make_locked(password).check()
    assert mailbox.seen == []
    with pytest.raises(Retryable, match="cannot be reached"):
        make(closed_port()).check()


def test_mail_goes_out_encrypted_and_logged_in(
    make_locked: Make, password: str, item: Item, mailbox: Any
) -> None:
    assert send(make_locked(password), item).outcome is Outcome.CREATED
    assert len(mailbox.messages) == 1


def test_a_certificate_that_is_not_trusted_is_for_a_person(
    make: Make, locked_port: int, item: Item, mailbox: Any
) -> None:
    result = send(make(locked_port, host="localhost", tls="starttls"), item)
    assert (result.outcome, result.needs_attention) == (Outcome.RETRY, True)
    assert "not trusted" in result.message
    assert mailbox.seen == []


def test_a_server_without_encryption_gets_no_mail(
    make: Make, port: int, item: Item, mailbox: Any
) -> None:
    result = send(make(port, tls="starttls"), item)
    assert (result.outcome, result.needs_attention) == (Outcome.RETRY, True)
    assert mailbox.seen == []
