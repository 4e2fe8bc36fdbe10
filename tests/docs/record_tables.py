"""The tables of docs/records.md, made from the records that the code takes.

`python -m tests.docs.record_tables` writes them anew between their marks; a test compares.
"""

import inspect
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from tests.docs.tables import default, renew, table, value

from bordereau.charges import ContractRecord
from bordereau.charges.terms import TERMS
from bordereau.imports import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "records.md"
HEADS = ("Column", "Value", "Default")
CODES = {
    "customer": "code of a customer",
    "administration": "code of an administration",
    "contract": "code of a contract",
    "project": "code of a project",
    "ticket": "code of a ticket",
    "tax_code": "code of a tax",
    "work_type": "code of a work type",
    "surcharge_work_type": "code of a work type",
}
WRITTEN = {
    "country": "two letters, as `FR`",
    "currency": "three letters, as `EUR`",
    "email": "one address",
    "additional_rates": "`Night=135|Sunday=180`",
    "changes": "`2026-06-11=12x29.00|…`",
}


def renewed(page: str) -> str:
    """Return the page with its tables as the code has them."""
    return renew(page, {"files": files(), "terms": terms()})


def files() -> str:
    """Write a section for each file that can be imported."""
    return "\n\n".join(
        f"### {name}.csv\n\n{_about(kind.record)}\n\n{_columns(kind.record)}"
        for name, kind in KINDS.items()
    )


def terms() -> str:
    """Write the columns of contracts.csv that each type of contract has."""
    return "\n\n".join(
        f"### {kind}\n\n{_about(model)}\n\n{_columns(model)}" for kind, model in TERMS.items()
    )


def _columns(model: type[BaseModel]) -> str:
    schema = model.model_json_schema()
    rows = [
        (
            f"`{name}`",
            _value(name, shape, schema.get("$defs", {})),
            default(model.model_fields[name]),
        )
        for name, shape in schema["properties"].items()
        if not (model is ContractRecord and name == "terms")
    ]
    return table(HEADS, *rows)


def _value(name: str, shape: dict[str, Any], named: dict[str, Any]) -> str:
    if name in CODES:
        return CODES[name]
    if name in WRITTEN:
        return WRITTEN[name]
    if "$ref" in shape:
        return value(named[shape["$ref"].rpartition("/")[2]])
    return value(shape)


def _about(model: type[BaseModel]) -> str:
    """Return what the code says of a record, without the numbers of its sources."""
    told = inspect.cleandoc(model.__doc__ or "")
    return re.sub(r" \((?:rows? [A-Z]|Atera )?[^()]*\d{2,}[^()]*\)| \(rows? [^()]*\)", "", told)


def main() -> None:
    """Write the tables of the page anew."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
