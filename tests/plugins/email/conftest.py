"""A real SMTP server, whose behaviour each test chooses by the recipient or by a switch."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bordereau.contract import Context, Item
from bordereau.testing import sample_document, sample_item
from bordereau_email import Email
from bordereau_email.config import EmailConfig

USER, PASSWORD = "clerk", "s3cr3t-pass-w0rd"

# What the server says to RCPT, by the beginning of the recipient.
RCPT_ANSWERS = {
    "gone": "550 5.1.1 No such user",
    "full": "451 4.7.1 Greylisted, come back",
    "slow": "450 4.2.1 Too many messages",
}


@dataclass
class Mailbox:
    """The handler of the server: keeps what it accepted.

    Attributes:
        at_data: `accept`, `hang up`, `be silent`, or an answer such as `552 Too big`.

    """

    at_data: str = "accept"
    at_mail: str = ""
    messages: list[bytes] = field(default_factory=list)
    seen: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.at_mail or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        for start, answer in RCPT_ANSWERS.items():
            if address.startswith(start):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.seen.append(envelope.content)
        match self.at_data:
            case "accept":
                self.messages.append(envelope.content)
                self.recipients.append(list(envelope.rcpt_tos))
                return "250 2.0.0 Queued as 4711"
            case "hang up":
                server.transport.abort()
                return "250 OK"
            case "be silent":
                await asyncio.sleep(2)
                return "250 OK"
            case answer:
                return answer


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def start_server(mailbox: Mailbox) -> Iterator[Callable[..., int]]:
    """Start servers on free ports; they end with the test."""
    running: list[Controller] = []

    def start(**options: Any) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return port

    yield start
    for controller in running:
        controller.stop()


def _check_login(_server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=good or False)


@pytest.fixture
def port(start_server: Callable[..., int]) -> int:
    """The port of a server that asks for no password."""
    return start_server()


@pytest.fixture
def password() -> str:
    return PASSWORD


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate and its key for localhost, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def locked_port(start_server: Callable[..., int], certificate: Path) -> int:
    """The port of a server, `localhost`, that wants STARTTLS and then user and password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return start_server(
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=_check_login,
    )


Make = Callable[..., Email]


@pytest.fixture
def make(bordereau_context: Context) -> Make:
    """Make the channel for a server on this machine, without encryption unless told."""

    def build(port: int, **settings: Any) -> Email:
        given = {"host": "127.0.0.1", "tls": "none", "sender": "billing@lac.example", "timeout": 1}
        config = EmailConfig.model_validate(given | {"port": port} | settings)
        return Email(config, bordereau_context)

    return build


@pytest.fixture
def make_locked(
    make: Make, locked_port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Make:
    """Make the channel for the server with encryption and login, whose certificate we trust."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    def build(password: str) -> Email:
        return make(
            locked_port, host="localhost", tls="starttls", username="clerk", password=password
        )

    return build


@pytest.fixture
def item() -> Item:
    return sample_item(sample_document(42), Email.features)
