"""After the demonstration, through the API of a running server: cure, send, reprint, get paid."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from tests.fixtures.commands import Commands, Shown, address_in, until

from bordereau_api.demo.mailbox import mailbox


@dataclass(frozen=True)
class Api:
    """The API of a running server, with a key."""

    address: str
    key: str

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> bytes:
        """Send a request that must succeed, and return what comes back."""
        sent = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body).encode()
        request = Request(  # noqa: S310 - our own http
            f"{self.address}/api/v1{path}", data, sent, method=method
        )
        with urlopen(request, timeout=60) as answer:  # noqa: S310
            found: bytes = answer.read()
            return found

    def get(self, path: str) -> Any:
        return json.loads(self.ask("GET", path))

    def post(self, path: str, body: Any) -> Any:
        return json.loads(self.ask("POST", path, body))


@pytest.fixture
def api(commands: Commands, demo: Shown, tmp_path: Path) -> Iterator[Api]:
    """A server with its worker, and a key of the demonstration's account."""
    account = demo.summary["account"]
    words = ("account", "key", "--tenant", account, "--email", "clerk@lumen.example")
    key = commands.run(*words).out.strip()
    log = tmp_path / "log"
    server = commands.start("serve", "--port", "0", log=log)
    try:
        yield Api(until(lambda: address_in(log)), key)
    finally:
        server.terminate()
        assert server.wait(60) == 0


@pytest.mark.row("A44", "A51", "A52", "A54", "A55", "A58", "B20")
def test_what_needed_a_person_is_cured_and_the_invoice_is_sent_reprinted_and_paid(
    api: Api, demo: Shown, tmp_path: Path
) -> None:
    (told,) = [one for one in demo.summary["invoices"] if "NO_EMAIL" in codes(one)]
    invoice = f"/invoices/{told['id']}"
    assert api.get(invoice)["status"] == "exported"

    (customer,) = api.get("/customers?text=CHARB")["data"]
    known = {name: value for name, value in customer.items() if name != "id"}
    api.post("/customers", known | {"email": "atelier@charbonnier.example"})
    (connection,) = [one for one in api.get("/connections")["data"] if one["key"] == "email"]
    with mailbox(tmp_path) as port:
        change = {"settings": connection["settings"] | {"port": port}}
        there = f"/connections/{connection['id']}"
        api.ask("PATCH", there, change, If_Match=f'"{connection["version"]}"')
        assert api.post("/deliveries/retry", {"code": "NO_EMAIL"}) == {"count": 1}
        until(lambda: api.get(invoice)["status"] == "sent")
    (mail,) = tmp_path.glob("*.eml")
    message = BytesParser(policy=policy.default).parsebytes(mail.read_bytes())
    assert "atelier@charbonnier.example" in str(message["To"])
    (attached,) = message.iter_attachments()
    printed = (demo.folder / "pdf" / f"{told['number']}.pdf").read_bytes()
    assert attached.get_content() == printed == api.ask("GET", f"{invoice}/file")

    override = {"status": "exported", "reason": "Returned by the customer"}
    assert api.post(f"{invoice}/status", override)["status"] == "exported"
    amount = {"amount": told["total"], "currency": told["currency"]}
    for _again in range(2):
        api.ask("POST", f"{invoice}/payments", {"amount": amount}, Idempotency_Key="bank-1")
    paid = api.get(invoice)
    assert paid["status"] == "paid"
    assert [one["kind"] for one in paid["facts"]].count("paid") == 1
    assert "NO_EMAIL" not in [one["code"] for one in api.get("/inbox")["data"]]
    listed = {one["number"]: one["status"] for one in api.get("/invoices?limit=200")["data"]}
    assert listed[told["number"]] == "paid"


def codes(invoice: dict[str, Any]) -> list[str]:
    """Return why deliveries of an invoice are stuck."""
    return [one["code"] for one in invoice["deliveries"]]
