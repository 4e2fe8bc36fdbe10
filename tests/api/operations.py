"""The routes of the API, as its description names them."""

import re
from dataclasses import dataclass

from starlette.testclient import TestClient
from tests.api.accounts import PREFIX


@dataclass(frozen=True)
class Operation:
    """A route, as the description names it."""

    id: str
    method: str
    path: str
    parameters: tuple[str, ...]
    right: str | None

    @property
    def by_link(self) -> bool:
        """Whether a link of the portal opens it, and no key."""
        return self.path.startswith("/portal/invoices")


def operations_of(http: TestClient) -> list[Operation]:
    """Every operation of the API."""
    document = http.get(f"{PREFIX}/openapi.json").json()
    return [
        Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path.removeprefix(PREFIX),
            parameters=tuple(re.findall(r"\{([a-z_]+)\}", path)),
            right=operation.get("x-right"),
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
