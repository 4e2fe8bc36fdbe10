"""An account of an installation, as its administrator reaches it through the API."""

from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient
from tests.fixtures.books import Books

from bordereau.store import TenantSession
from bordereau.tenancy import Actor, Right, add_user, issue_key
from bordereau.values.ids import TenantId, uuid7
from bordereau_api.wiring import House

PREFIX = "/api/v1"
OPERATOR = Actor.installation("operator")


@dataclass
class Account:
    """An account of the installation, and its administrator's way to the API."""

    house: House
    tenant_id: TenantId
    http: TestClient
    key: str = ""

    def session(self) -> Any:
        """Open a transaction of the account."""
        return self.house.database.tenant(self.tenant_id)

    def books(self, session: TenantSession) -> Books:
        """Return the builders of rows."""
        books = Books(session)
        books.numbers = iter(range(int(uuid7().hex[-7:], 16), 10**12))
        return books

    def key_of(self, *rights: Right | str) -> str:
        """Make a user with these rights and return a key of it."""
        with self.session() as session:
            name = f"{uuid7().hex}@users.example"
            user = add_user(session, OPERATOR, email=name, name=name, rights=rights)
            return issue_key(session, OPERATOR, user_id=user.id, name="test").text

    def call(self, method: str, path: str, *, key: str | None = None, **how: Any) -> Any:
        """Send a request below the prefix of the API."""
        chosen = self.key if key is None else key
        headers = {"Authorization": f"Bearer {chosen}"} | how.pop("headers", {})
        return self.http.request(method, PREFIX + path, headers=headers, **how)

    def get(self, path: str, **how: Any) -> Any:
        """Read something that must be there."""
        answer = self.call("GET", path, **how)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, *, status: int = 200, **how: Any) -> Any:
        """Do something that must succeed."""
        answer = (
            self.call("POST", path, json=body, **how)
            if body is not None
            else self.call("POST", path, **how)
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    def upload(self, kind: str, csv: str | bytes) -> Any:
        """Import a file."""
        answer = self.call(
            "POST", f"/imports/{kind}", content=csv, headers={"Content-Type": "text/csv"}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()
