"""Bad input does no harm: whatever a field or parameter holds, no answer is an error of ours."""

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

HOSTILE: list[Any] = [
    None, "", " ", "\0", "\ud800", "x" * 70_000, "'; drop table invoice; --", "${jndi:x}", "../..",
    -1, 0, 10**30, 1.5, True, "1e400", "NaN", "-Infinity", "9" * 40, "0.0000001", [], {}, [None],
    "0001-01-01", "9999-12-31", "2026-02-30", "inv_" + "0" * 32, "٣", "🧾",
]  # fmt: skip
SAMPLE = 250


class Bodies:
    """Bodies that fit the description, to be spoiled in one place."""

    def __init__(self, document: dict[str, Any], ids: dict[str, str]) -> None:
        self.schemas = document["components"]["schemas"]
        self.by_prefix = {value.partition("_")[0]: value for value in ids.values()}

    def of(self, schema: dict[str, Any], depth: int = 0) -> Any:
        """Return a value that fits a schema."""
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0], depth)
        if "enum" in schema:
            return schema["enum"][0]
        if "const" in schema:
            return schema["const"]
        if schema.get("type") == "object":
            if depth > 4:
                return {}
            return {
                name: self.of(field, depth + 1)
                for name, field in schema.get("properties", {}).items()
            }
        if schema.get("type") == "array":
            return [self.of(schema["items"], depth + 1)] if depth < 4 else []
        return self._plain(schema)

    def _plain(self, schema: dict[str, Any]) -> Any:
        if prefix := re.match(r"\^\(?([a-z]{3})", schema.get("pattern", "")):
            return self.by_prefix.get(prefix[1], f"{prefix[1]}_{'0' * 32}")
        if schema.get("format") == "date":
            return "2026-11-20"
        if schema.get("format") == "date-time":
            return "2026-11-20T10:00:00Z"
        return {"integer": 1, "number": 1, "boolean": False}.get(schema.get("type", ""), "1")


def spoiled(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield copies of a body with one hostile value each, at every place."""
    if path:
        yield from ((path, hostile) for hostile in HOSTILE)
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from spoiled(inner, (*path, name))
        yield (*path, "\0"), 1
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from spoiled(inner, (*path, place))


def put(body: Any, path: tuple[Any, ...], hostile: Any) -> Any:
    copy = json.loads(json.dumps(body))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = hostile
    return copy


def cases(document: dict[str, Any], world: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield requests: method, path and body."""
    bodies = Bodies(document, world.ids)
    named = {"name": "pdf", "kind": "380"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            filled = re.sub(
                r"\{([a-z_]+)\}",
                lambda found: (world.ids | named)[found[1]],
                path.removeprefix("/api/v1"),
            )
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query":
                    for hostile in HOSTILE:
                        yield method, filled, {parameter["name"]: hostile}
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content and method != "get":
                body = bodies.of(content["application/json"]["schema"])
                for place, hostile in spoiled(body):
                    yield method, filled, put(body, place, hostile)


def attack(world: Any, some: list[tuple[str, str, Any]]) -> None:
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    for number, (method, path, values) in enumerate(some):
        if method == "get":
            how: dict[str, Any] = {"params": {k: query(v) for k, v in values.items()}}
        else:
            how = {"content": json.dumps(values)}
        answer = world.account.call(
            method.upper(), path, **how, headers=headers | {"Idempotency-Key": f"{number}"}
        )
        assert answer.status_code < 500, (method, path, values, answer.text)


def query(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()[:2_000]


def test_a_sample_of_hostile_values_does_no_harm(world: Any, http: Any) -> None:
    document = http.get("/api/v1/openapi.json").json()
    every = list(cases(document, world))
    attack(world, random.Random(26).sample(every, SAMPLE))  # noqa: S311 - the same each time


@pytest.mark.nightly
def test_no_hostile_value_anywhere_does_harm(world: Any, http: Any) -> None:
    document = http.get("/api/v1/openapi.json").json()
    attack(world, list(cases(document, world)))
