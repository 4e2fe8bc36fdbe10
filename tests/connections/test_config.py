"""Settings of a connection: secrets kept apart."""

from pydantic import BaseModel, Field, SecretStr

from bordereau.connections.config import checked_config, split_secrets
from bordereau.contract import Config


class Login(BaseModel):
    user: str
    password: SecretStr


class Settings(Config):
    """Secrets in every shape that a plugin may choose."""

    host: str
    port: int = 25
    password: SecretStr
    token: SecretStr | None = None
    keys: list[SecretStr] = Field(default_factory=list)
    login: Login | None = None
    renamed: SecretStr = Field(default=SecretStr(""), alias="other")


def test_secrets_are_parted_from_plain_settings() -> None:
    data = {
        "host": "x",
        "port": 5,
        "password": "p",
        "token": None,
        "keys": ["a", "b"],
        "login": {"user": "u", "password": "p"},
        "other": "o",
    }
    plain, secret = split_secrets(Settings, data)
    assert plain == {"host": "x", "port": 5}
    assert secret == {key: value for key, value in data.items() if key not in plain}


def test_secrets_of_a_model_are_unwrapped_and_the_parts_make_the_whole() -> None:
    data = {
        "host": "x",
        "password": SecretStr("p"),
        "keys": [SecretStr("a")],
        "login": Login(user="u", password=SecretStr("q")),
    }
    plain, secret = split_secrets(Settings, data)
    assert secret == {
        "password": "p",
        "keys": ["a"],
        "login": {"user": "u", "password": "q"},
    }
    assert checked_config(Settings, plain | secret) == checked_config(Settings, data)
