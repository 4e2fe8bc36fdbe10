"""What holds for every capability: a key, a title, and settings that make a form."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError

from bordereau.connections.config import secret_fields
from bordereau.contract import API_VERSION, Capability

_SECRET_NAME = re.compile(r"(^|_)(password|passphrase|secret|token|api_?key|private_key)$")


class CapabilityConformance:
    """The base of the suites. Subclass one of them and give the fixture `capability`."""

    @pytest.fixture
    def capability(self) -> Any:
        """Return the capability to try, with settings that work. Yours to override."""
        raise NotImplementedError("override the fixture `capability`")

    def test_it_says_what_it_is(self, capability: Capability[Any]) -> None:
        """The key is stored with every connection, the title is shown to people."""
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,39}", capability.key)
        assert capability.title.strip()
        assert capability.api_version == API_VERSION

    def test_its_settings_make_a_form(self, capability: Capability[Any]) -> None:
        """The JSON Schema is shown as a form: every field needs a title and a known shape."""
        schema = capability.config_model.model_json_schema()
        assert json.loads(json.dumps(schema)) == schema
        assert schema["type"] == "object"
        shapeless = [
            name
            for name, field in schema.get("properties", {}).items()
            if not field.get("title", "$ref" in field)
            or not {"type", "enum", "const", "$ref", "anyOf", "allOf"} & field.keys()
        ]
        assert not shapeless, f"fields without title or type: {shapeless}"

    def test_it_refuses_unknown_settings(self, capability: Capability[Any]) -> None:
        """A misspelt setting is an error, not silence."""
        settings = dict(capability.config) | {"no_such_setting": 1}
        with pytest.raises(ValidationError, match="no_such_setting"):
            capability.config_model.model_validate(settings)

    def test_its_settings_cannot_change(self, capability: Capability[Any]) -> None:
        """Settings are checked once, when the capability is built."""
        for name in type(capability.config).model_fields:
            with pytest.raises(ValidationError, match="frozen"):
                setattr(capability.config, name, None)

    def test_its_secrets_are_marked(self, capability: Capability[Any]) -> None:
        """A field that is named like a secret is a `SecretStr`: stored encrypted, never shown."""
        named = {name for name in capability.config_model.model_fields if _SECRET_NAME.search(name)}
        assert named <= secret_fields(capability.config_model)
        told = repr(capability.config) + repr(capability)
        assert not [secret for secret in secrets_of(capability.config) if secret in told]


def secrets_of(value: object) -> Iterator[str]:
    """Yield the secrets in a settings model, unwrapped; empty ones are left out."""
    if isinstance(value, SecretStr) and value.get_secret_value():
        yield value.get_secret_value()
    elif isinstance(value, SecretBytes) and value.get_secret_value():
        yield value.get_secret_value().decode(errors="replace")
    elif isinstance(value, BaseModel):
        for _, entry in value:
            yield from secrets_of(entry)
