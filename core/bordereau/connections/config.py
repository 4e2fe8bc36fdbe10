"""The settings of a connection: checked by the plugin's model, secrets kept apart."""

import inspect
from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError

from bordereau.contract import Config
from bordereau.errors import Invalid

ConfigT = TypeVar("ConfigT", bound=Config)


def checked_config(model: type[ConfigT], settings: Mapping[str, Any]) -> ConfigT:
    """Return the settings as the plugin's own model.

    Raises:
        Invalid: `SETTINGS_INVALID`; `details["fields"]` has the path and message of every field
            that is wrong, never its value.

    """
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        fields = [
            {"where": ".".join(str(part) for part in problem["loc"]), "message": problem["msg"]}
            for problem in error.errors(
                include_input=False, include_url=False, include_context=False
            )
        ]
    # Raised out here: pydantic's own error quotes the input, which may be a password.
    told = "; ".join(f"{field['where'] or 'settings'}: {field['message']}" for field in fields)
    refusal = Invalid("SETTINGS_INVALID", told, where=fields[0]["where"])
    refusal.details["fields"] = fields
    raise refusal


def split_secrets(
    model: type[Config], data: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part plain settings from those to be stored encrypted.

    A field is secret if its type is, or holds, `SecretStr` or `SecretBytes`.

    Returns:
        The plain and the secret settings, keyed as in `data`; secrets are unwrapped.

    """
    hidden = secret_fields(model)
    plain = {key: value for key, value in data.items() if key not in hidden}
    secret = {key: _unwrapped(value) for key, value in data.items() if key in hidden}
    return plain, secret


def secret_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the names, and aliases, of the fields that must be stored encrypted."""
    return frozenset(
        name
        for field, info in model.model_fields.items()
        if _holds_secret(info.annotation)
        for name in (field, info.alias)
        if name
    )


def _holds_secret(annotation: Any) -> bool:
    if inspect.isclass(annotation) and issubclass(annotation, (SecretStr, SecretBytes)):
        return True
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return bool(secret_fields(annotation))
    return any(_holds_secret(argument) for argument in get_args(annotation))


def _unwrapped(value: Any) -> Any:
    if isinstance(value, (SecretStr, SecretBytes)):
        return value.get_secret_value()
    if isinstance(value, BaseModel):
        return _unwrapped(value.model_dump())
    if isinstance(value, Mapping):
        return {key: _unwrapped(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_unwrapped(entry) for entry in value]
    return value
