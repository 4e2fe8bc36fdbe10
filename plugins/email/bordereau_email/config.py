"""The settings of an e-mail connection."""

from ipaddress import ip_address
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from bordereau.contract import Config
from bordereau_email.addresses import one_address


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must not hold line breaks or control characters")
    return text


def _optional_address(text: str) -> str:
    return one_address(text) if text else ""


Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]+$")]
Name = Annotated[str, AfterValidator(_printable)]
Address = Annotated[str, AfterValidator(one_address)]
OptionalAddress = Annotated[str, AfterValidator(_optional_address)]


class EmailConfig(Config):
    """The mail server and the sender."""

    host: Host = Field(title="Mail server")
    port: int = Field(default=587, ge=1, le=65535, title="Port")
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        title="Encryption",
        description="starttls for port 587, tls for 465; none only for a server on this machine.",
    )
    username: Name = Field(default="", title="User")
    password: SecretStr = Field(default=SecretStr(""), title="Password")
    sender: Address = Field(title="Sender address")
    sender_name: Name = Field(default="", title="Sender name")
    reply_to: OptionalAddress = Field(default="", title="Answers go to")
    timeout: int = Field(default=30, ge=1, le=300, title="Time limit", description="In seconds.")

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        """Keep mail and passwords off the wire in clear (decision: plain text for loopback)."""
        if self.tls == "none" and not _is_loopback(self.host):
            raise ValueError("encryption can be off only for a server on this machine")
        if bool(self.username) != bool(self.password.get_secret_value()):
            raise ValueError("give both user and password, or neither")
        return self


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
