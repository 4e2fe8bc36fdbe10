"""The tables of docs/configuration.md, made from the settings models of the code.

`python -m tests.docs.settings_tables` writes them anew between their marks; a test compares.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings
from tests.docs.tables import default, renew, table, value

from bordereau.connections import Host, secret_fields
from bordereau.connections.plugins import kind_name
from bordereau.contract import Capability

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def renewed(page: str) -> str:
    """Return the page with its tables as the code has them."""
    return renew(page, {"installation": installation(), "channels": channels()})


def installation() -> str:
    """Write the settings that the environment gives."""
    models = sorted(_ours(BaseSettings), key=lambda model: model.__module__, reverse=True)
    rows = [
        (f"`{model.model_config.get('env_prefix', '')}{name}`".upper(), default(info), _told(info))
        for model in models
        for name, info in model.model_fields.items()
    ]
    assert rows, "no settings were found"
    return table(("Variable", "Default", "Meaning"), *rows)


def channels() -> str:
    """Write the settings of every channel that is installed with the product."""
    return "\n\n".join(
        _of_channel(offered)
        for plugin in Host.discover(skip=()).plugins()
        if plugin.distribution == "bordereau"
        for offered in plugin.capabilities
    )


def _of_channel(offered: type[Capability[Any]]) -> str:
    head = f"### {offered.title}: `{kind_name(offered)} {offered.key}`\n\n"
    model = offered.config_model
    shapes = model.model_json_schema()["properties"] if model.model_fields else {}
    rows = [
        (
            f"`{name}`",
            "secret" if name in secret_fields(model) else value(shapes[name]),
            default(info),
            _told(info),
        )
        for name, info in model.model_fields.items()
    ]
    heads = ("Setting", "Value", "Default", "Meaning")
    return head + (table(heads, *rows) if rows else "It has no settings.")


def _ours(model: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for sub in model.__subclasses__():
        if sub.__module__.startswith("bordereau"):
            yield sub
        yield from _ours(sub)


def _told(info: FieldInfo) -> str:
    """Join what a form shows as label and as help."""
    parts = [info.title, info.description]
    told = ". ".join(part.rstrip(".") for part in parts if part)
    return f"{told}." if told else ""


def main() -> None:
    """Write the tables of the page anew."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
