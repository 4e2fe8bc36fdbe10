"""The description of the API: OpenAPI 3.1, with one error schema for everything."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from bordereau.tenancy import ALLOWS, Right
from bordereau_api.rest.call import KEY_HEADER, KEY_LENGTH, Needs
from bordereau_api.rest.problems import REFERENCE, Problem

PREFIX = "/api/v1"
KEY_PARAMETER = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": KEY_LENGTH},
    "description": "The same key and body again give the first answer and do nothing twice.",
}
DESCRIPTION = """\
Invoice batches from ready work to every place an invoice must go.
See the page *REST API* of the documentation for the conventions."""


def describe(app: FastAPI) -> None:
    """Let the app answer with this description."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the documented way to change it


def document(app: FastAPI) -> dict[str, Any]:
    """Return the description of an app."""
    made = get_openapi(
        title=app.title,
        version=version("bordereau"),
        description=DESCRIPTION,
        routes=app.routes,
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template=REFERENCE)
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    rights = rights_of_routes(app)
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(operation, method, rights.get((method.upper(), path)))
    return made


def _complete(operation: dict[str, Any], method: str, right: Right | None) -> None:
    if method == "post":
        operation.setdefault("parameters", []).append(KEY_PARAMETER)
    if right is not None:
        operation["x-right"] = right.value
        said = operation.get("description", "")
        operation["description"] = f"{said}\n\nNeeds the right `{right}`: {ALLOWS[right]}".strip()


def rights_of_routes(app: FastAPI) -> dict[tuple[str, str], Right | None]:
    """Return for every method and path of the API which right it needs, if any."""
    return {
        (method, str(route.path)): _right(route.dependant)
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute)
        for method in sorted(route.methods or ())
    }


def _right(dependant: Dependant) -> Right | None:
    for one in dependant.dependencies:
        found = one.call.right if isinstance(one.call, Needs) else _right(one)
        if found is not None:
            return found
    return None
