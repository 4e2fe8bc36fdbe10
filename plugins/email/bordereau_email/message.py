"""The message as bytes: headers by `EmailMessage`, which refuses injection, the body by hand.

Writing the parts with `base64.encodebytes` is several times faster than `add_attachment`. The
parts are base64, so the boundary, which holds `=_`, cannot occur in them; it follows from the
delivery, so that the same delivery always gives the same bytes.
"""

import base64
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from bordereau.contract import Artifact, Item, safe_name
from bordereau_email.addresses import domain_of, one_address
from bordereau_email.config import EmailConfig
from bordereau_email.texts import html_text, language_of, paragraphs, plain_text, subject


def message_id(item: Item, config: EmailConfig) -> str:
    """Return the Message-ID: the same on every attempt, so that receivers can fold duplicates."""
    return f"<{item.delivery_id}@{domain_of(config.sender)}>"


def compose(item: Item, config: EmailConfig, now: datetime) -> bytes:
    """Return the whole message, with CRLF line ends.

    Raises:
        ValueError: the recipient is not one address, or a header would not be one header.

    """
    boundary = f"=_{sha256(item.delivery_id.encode()).hexdigest()[:32]}"
    inner = f"{boundary}.text"
    body, language = paragraphs(item.document), language_of(item.document)
    parts = [
        _headers(item, config, now, boundary),
        _part(boundary, _multipart("alternative", inner), b"\r\n"),
        _part(inner, _text("plain"), _base64(plain_text(body).encode())),
        _part(inner, _text("html"), _base64(html_text(body, language).encode())),
        f"--{inner}--\r\n".encode(),
    ]
    for artifact in item.artifacts:
        parts.append(_part(boundary, _attachment(artifact), _base64(artifact.content)))
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts)


def _headers(item: Item, config: EmailConfig, now: datetime, boundary: str) -> bytes:
    document = item.document
    sender_name = config.sender_name or document.seller.name
    headers = EmailMessage(policy=policy.SMTP)
    headers["From"] = Address(_clean(sender_name), addr_spec=config.sender)
    headers["To"] = Address(_clean(document.buyer.name), addr_spec=one_address(item.recipient))
    if config.reply_to:
        headers["Reply-To"] = Address(addr_spec=config.reply_to)
    headers["Subject"] = _clean(subject(document))
    block = b"".join(policy.SMTP.fold_binary(name, value) for name, value in headers.items())
    _require_only(headers, block)
    return block + _own_headers(item, config, now, boundary).encode()


def _own_headers(item: Item, config: EmailConfig, now: datetime, boundary: str) -> str:
    """Return the headers that hold nobody's text but ours; RFC 3834: no holiday notices back."""
    return (
        f"Date: {format_datetime(now)}\r\n"
        f"Message-ID: {message_id(item, config)}\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
    )


def _require_only(headers: EmailMessage, block: bytes) -> None:
    """See that the block holds the headers that were set, and no further one.

    Raises:
        ValueError: a value broke out of its header.

    """
    lines = block.removesuffix(b"\r\n").split(b"\r\n")
    begun = [
        line.partition(b":")[0].decode() for line in lines if not line.startswith((b" ", b"\t"))
    ]
    if begun != list(headers.keys()) or any(b"\n" in line or b"\r" in line for line in lines):
        raise ValueError("a header holds a line break")


def _clean(text: str) -> str:
    """Return a text for a header: one line, and nothing that reads as an encoded word.

    The header parser decodes `=?utf-8?q?...?=`, and what it hides may be a line break.
    """
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain.replace("=?", "= ?")


def _multipart(kind: str, boundary: str) -> str:
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n'


def _text(kind: str) -> str:
    return f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n'


def _attachment(artifact: Artifact) -> str:
    """Return the part headers of a file; a name that is not plain ASCII is written by RFC 2231."""
    name = safe_name(artifact.name)
    plain = name.isascii() and '"' not in name
    shown = f'filename="{name}"' if plain else f"filename*=utf-8''{quote(name, safe='')}"
    return (
        f"Content-Type: {_media_type(artifact)}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {shown}\r\n"
    )


def _media_type(artifact: Artifact) -> str:
    """Return the media type if it is one, else the general one."""
    kind, slash, subtype = artifact.media_type.partition("/")
    words = (kind + subtype).replace("-", "").replace("+", "").replace(".", "")
    sound = bool(slash) and words.isascii() and words.isalnum()
    return artifact.media_type if sound else "application/octet-stream"


def _part(boundary: str, headers: str, body: bytes) -> bytes:
    return b"".join((f"--{boundary}\r\n{headers}\r\n".encode(), body))


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
