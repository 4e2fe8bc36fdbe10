"""The tables of docs/configuration.md, made from the settings models of the code.

`python -m tests.docs.settings_tables` writes them anew between their marks; a test compares.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from bordereau.connections import Host, secret_fields
from bordereau.connections.plugins import kind_name
from bordereau.contract import Capability

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
MARKED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
TYPES = {
    "boolean": "yes or no",
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "array": "list",
    "object": "fields",
}


def renewed(page: str) -> str:
    """Return the page with its tables as the code has them."""
    made = {"installation": installation(), "channels": channels()}
    return MARKED.sub(lambda found: f"{found[1]}\n{made[found[2]]}\n{found[3]}", page)


def installation() -> str:
    """Write the settings that the environment gives."""
    models = sorted(_ours(BaseSettings), key=lambda model: model.__module__, reverse=True)
    rows = [
        (f"`{model.model_config.get('env_prefix', '')}{name}`".upper(), _default(info), _told(info))
        for model in models
        for name, info in model.model_fields.items()
    ]
    assert rows, "no settings were found"
    return _table(("Variable", "Default", "Meaning"), ("---",) * 3, *rows)


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
            _kind(shapes[name], secret=name in secret_fields(model)),
            _default(info),
            _told(info),
        )
        for name, info in model.model_fields.items()
    ]
    heads = ("Setting", "Value", "Default", "Meaning")
    return head + (_table(heads, ("---",) * 4, *rows) if rows else "It has no settings.")


def _ours(model: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for sub in model.__subclasses__():
        if sub.__module__.startswith("bordereau"):
            yield sub
        yield from _ours(sub)


def _kind(shape: dict[str, Any], *, secret: bool) -> str:
    if secret:
        return "secret"
    if "enum" in shape:
        return ", ".join(f"`{one}`" for one in shape["enum"])
    if "anyOf" in shape:
        return " or ".join(_kind(one, secret=False) for one in shape["anyOf"])
    if shape.get("format") == "path":
        return "folder"
    told = TYPES.get(shape.get("type", ""), "text")
    low, high = shape.get("minimum"), shape.get("maximum")
    return f"{told}, {low} to {high}" if low is not None and high is not None else told


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    if info.default_factory is not None or info.default is None or not str(info.default):
        return ""
    shown = {True: "yes", False: "no"}.get(info.default, info.default)
    return f"`{shown}`"


def _told(info: FieldInfo) -> str:
    """Join what a form shows as label and as help."""
    parts = [info.title, info.description]
    told = ". ".join(part.rstrip(".") for part in parts if part)
    return f"{told}." if told else ""


def _table(*rows: tuple[str, ...]) -> str:
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)


def main() -> None:
    """Write the tables of the page anew."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
