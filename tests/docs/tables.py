"""Tables of the documentation that are made from the code."""

import re
from typing import Any

from pydantic.fields import FieldInfo

MARKED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
TYPES = {
    "boolean": "yes or no",
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "array": "list",
    "object": "fields",
}
BAR = r"\|"
FORMATS = {"path": "folder", "date": "day", "date-time": "day and time"}


def renew(page: str, made: dict[str, str]) -> str:
    """Return a page with what was made between its marks."""
    return MARKED.sub(lambda found: f"{found[1]}\n{made[found[2]]}\n{found[3]}", page)


def value(shape: dict[str, Any]) -> str:
    """Say in words what the JSON schema of a field allows."""
    if "enum" in shape:
        return ", ".join(f"`{one}`" for one in shape["enum"] if one != "")
    if "anyOf" in shape:
        choices = [value(one) for one in shape["anyOf"] if one.get("type") != "null"]
        numbers = [one for one in choices if one.startswith("number")]
        return numbers[0] if numbers else " or ".join(dict.fromkeys(choices))
    if shape.get("format") in FORMATS:
        return FORMATS[shape["format"]]
    told = TYPES.get(shape.get("type", ""), "text")
    low, high = shape.get("minimum"), shape.get("maximum")
    return f"{told}, {low:g} to {high:g}" if low is not None and high is not None else told


def default(info: FieldInfo) -> str:
    """Return what holds for a field that is left out."""
    if info.is_required():
        return "needed"
    if info.default_factory is not None or info.default in (None, ()) or not str(info.default):
        return ""
    shown = {True: "yes", False: "no"}.get(info.default, info.default)
    return f"`{shown}`"


def table(*rows: tuple[str, ...]) -> str:
    """Write the rows of a table, the first of which are its heads."""
    heads, *rest = rows
    lines = (heads, ("---",) * len(heads), *rest)
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |" for row in lines)
