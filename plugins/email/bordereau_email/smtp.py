"""The conversation with the mail server, with every failure named by what it means.

Until the content of the message goes out nothing was sent. From then on, a connection that breaks
leaves the outcome unknown: SMTP can neither be asked nor does it fold repeats (RFC 5321 section
4.5.3.2.6).
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from bordereau.contract import ActionRequired, Rejected, Retryable
from bordereau_email.addresses import domain_of
from bordereau_email.config import EmailConfig

Reply = tuple[int, bytes]

_GO_ON = 354
_TOO_LARGE = 552
_LONGEST_REPLY = 200


class AnswerLostError(Exception):
    """Raised when the message was on its way and the server's answer never came."""


@contextmanager
def session(config: EmailConfig) -> Iterator[smtplib.SMTP]:
    """Connect, encrypt and log in; say good-bye at the end.

    Raises:
        Retryable: the server cannot be reached or asks to come back later.
        ActionRequired: its certificate, the encryption or the login must be put right.

    """
    smtp = _opened(config)
    try:
        yield smtp
    finally:
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()  # what was accepted stays accepted


def hand_over(smtp: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> str:
    """Give one message to the server and return its answer.

    Raises:
        Retryable: it said 4xx, or the connection broke before the content.
        Rejected: it said 5xx to the recipient or the content.
        ActionRequired: it refuses the sender.
        AnswerLostError: the connection broke after the content went out.

    """
    try:
        size = [f"SIZE={len(message)}"] if smtp.has_extn("size") else []
        _require_sender(smtp.mail(sender, size))
        _require(smtp.rcpt(recipient))
        code, text = smtp.docmd("DATA")
        if code != _GO_ON:
            _require((code, text))
            raise Retryable(f"The server did not take the message: {_told(text)}")
    except (smtplib.SMTPException, OSError) as error:
        raise Retryable(f"The connection broke before the message: {_kind(error)}.") from error
    try:
        smtp.send(_stuffed(message))
        reply = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise AnswerLostError(_kind(error)) from error
    if reply[0] < 0:
        raise AnswerLostError("no answer that can be read")
    return _require(reply)


def _opened(config: EmailConfig) -> smtplib.SMTP:
    try:
        smtp = _connected(config)
        try:
            _log_in(smtp, config)
        except BaseException:
            smtp.close()
            raise
    except ssl.SSLCertVerificationError as error:
        raise ActionRequired(f"The certificate of {config.host} is not trusted.") from error
    except smtplib.SMTPNotSupportedError as error:
        raise ActionRequired(f"{config.host} lacks something: {error}") from error
    except smtplib.SMTPResponseException as error:
        said = f"{config.host} said {error.smtp_code}: {_told(error.smtp_error)}"
        raise (Retryable if _is_temporary(error.smtp_code) else ActionRequired)(said) from None
    except (smtplib.SMTPException, OSError) as error:
        said = f"{config.host}:{config.port} cannot be reached: {_kind(error)}."
        raise Retryable(said) from error
    return smtp


def _connected(config: EmailConfig) -> smtplib.SMTP:
    name = domain_of(config.sender)  # a name of our own, without asking the DNS for it
    if config.tls == "tls":
        return smtplib.SMTP_SSL(
            config.host,
            config.port,
            local_hostname=name,
            timeout=config.timeout,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(config.host, config.port, local_hostname=name, timeout=config.timeout)


def _log_in(smtp: smtplib.SMTP, config: EmailConfig) -> None:
    if config.tls == "starttls":
        code, text = smtp.starttls(context=ssl.create_default_context())
        if code != 220:  # noqa: PLR2004 - RFC 3207
            raise smtplib.SMTPResponseException(code, text)
    smtp.ehlo_or_helo_if_needed()
    if config.username:
        smtp.login(config.username, config.password.get_secret_value())


def _require_sender(reply: Reply) -> None:
    """Read the answer to MAIL: a refused sender is ours to mend, not the customer's."""
    code, text = reply
    if code // 100 == 5 and code != _TOO_LARGE:  # noqa: PLR2004 - permanent, RFC 5321 4.2.1
        raise ActionRequired(f"The mail server refuses the sender: {code} {_told(text)}")
    _require(reply)


def _require(reply: Reply) -> str:
    """Return a good answer as text; raise what another one means."""
    code, text = reply
    said = f"{code} {_told(text)}"
    if code // 100 == 2:  # noqa: PLR2004 - done, RFC 5321 4.2.1
        return said
    if _is_temporary(code):
        raise Retryable(f"The mail server said: {said}")
    raise Rejected(f"The mail server said: {said}")


def _is_temporary(code: int) -> bool:
    return code // 100 != 5  # noqa: PLR2004 - RFC 5321 4.2.1


def _told(text: bytes | str) -> str:
    """Return what a server said as one short line; it is a stranger's text."""
    plain = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    line = "".join(char if char.isprintable() else " " for char in plain)
    return " ".join(line.split())[:_LONGEST_REPLY]


def _kind(error: Exception) -> str:
    return _told(getattr(error, "strerror", None) or str(error)) or type(error).__name__


def _stuffed(message: bytes) -> bytes:
    """Return the content for the wire: lines that begin with a dot get a second one, then the end.

    RFC 5321, 4.5.2. The message has CRLF line ends already.
    """
    return re.sub(rb"(?m)^\.", b"..", message) + b".\r\n"
