"""Two people at one batch: neither overwrites what the other did without knowing it (row A32)."""

from dataclasses import dataclass
from typing import Any

import pytest

from bordereau.values.ids import public_id


@dataclass
class Clerk:
    """Somebody with a key of their own, who says with each change which version they saw."""

    account: Any
    key: str
    path: str
    seen: str = ""

    def look(self) -> Any:
        """Load the page."""
        answer = self.account.call("GET", self.path, key=self.key)
        self.seen = answer.headers["ETag"]
        return answer.json()

    def act(self, method: str, path: str = "", body: Any = None) -> Any:
        headers = {"If-Match": self.seen} if self.seen else {}
        answer = self.account.call(
            method, self.path + path, json=body, headers=headers, key=self.key
        )
        if answer.status_code == 200 and "ETag" in answer.headers:
            self.seen = answer.headers["ETag"]
        return answer

    def choose(self, *, ticked: bool, **what: Any) -> Any:
        return self.act("POST", "/choices", {"ticked": ticked, **what})


@pytest.fixture
def charges(client: Any) -> list[str]:
    """Three charges of 10, 20 and 40, each of a contract of its own."""
    with client.session() as session:
        books = client.books(session)
        seller, tax = books.administration(), books.tax_code()
        owners = [books.contract(books.customer(), seller, tax_code_id=tax.id) for _ in range(3)]
        rows = [
            books.charge(owner, net) for owner, net in zip(owners, ("10", "20", "40"), strict=True)
        ]
        return [public_id("chg", one.id) for one in rows]


@pytest.fixture
def clerks(client: Any, charges: list[str]) -> tuple[Clerk, Clerk]:
    """Anna and Bert, who both have the same new batch before them."""
    assert charges
    path = "/batches/" + client.post("/batches", {"name": "October"}, status=201)["id"]
    anna, bert = (Clerk(client, client.key_of("read", "batch"), path) for _ in range(2))
    anna.look()
    bert.look()
    return anna, bert


def net(page: Any) -> str:
    return str(page["currencies"][0]["billable"]["amount"])


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json().get("code")) == (412, "CHANGED_MEANWHILE")


@pytest.mark.row("A32")
def test_what_one_person_unticked_is_not_ticked_again_unseen_by_another(
    clerks: tuple[Clerk, Clerk], charges: list[str]
) -> None:
    anna, bert = clerks
    assert net(anna.choose(ticked=False, charges=[charges[0]]).json()) == "60.00"
    assert refused(bert.choose(ticked=True, all=True))
    assert net(bert.look()["totals"]) == "60.00"
    assert net(bert.choose(ticked=False, charges=[charges[1]]).json()) == "40.00"
    assert net(anna.look()["totals"]) == "40.00"


@pytest.mark.row("A32")
def test_the_selection_survives_a_reload_and_is_the_same_for_everybody(
    client: Any, clerks: tuple[Clerk, Clerk], charges: list[str]
) -> None:
    anna, bert = clerks
    anna.choose(ticked=False, charges=[charges[2]])
    for clerk in clerks:
        assert net(clerk.look()["totals"]) == "30.00"
    owners = client.get(f"{anna.path}/owners", key=bert.key)["data"]
    assert sorted(
        (one["ticked"], one["balances"][0]["selected_balance"]["amount"]) for one in owners
    ) == [
        (False, "0.00"),
        (True, "10.00"),
        (True, "20.00"),
    ]


@pytest.mark.row("A32")
def test_a_person_who_goes_on_clicking_is_not_refused_for_their_own_clicks(
    clerks: tuple[Clerk, Clerk], charges: list[str]
) -> None:
    anna, _ = clerks
    for charge in charges:
        assert anna.choose(ticked=False, charges=[charge]).status_code == 200
    assert anna.choose(ticked=True, all=True).status_code == 200
    assert anna.act("POST", "/run").status_code == 200


@pytest.mark.parametrize("path", ["/run", "/choices", ""])
def test_an_old_version_is_refused_before_the_run(
    clerks: tuple[Clerk, Clerk], charges: list[str], path: str
) -> None:
    anna, bert = clerks
    anna.choose(ticked=False, charges=[charges[0]])
    method = "POST" if path else "DELETE"
    body = {"ticked": True, "all": True} if path == "/choices" else None
    assert refused(bert.act(method, path, body))
    bert.look()
    assert bert.act(method, path, body).status_code == 200


@pytest.mark.parametrize("what", ["generate", "select-again", "preview", "remove", "delete"])
def test_an_old_version_is_refused_after_the_run(
    client: Any, clerks: tuple[Clerk, Clerk], what: str
) -> None:
    anna, bert = clerks
    preview = anna.act("POST", "/run").json()["preview_hash"]
    bert.look()
    batch = anna.path.removeprefix("/batches/")
    first, second, _ = client.get(f"/invoices?batch={batch}")["data"]
    assert anna.act("DELETE", f"/invoices/{first['id']}").status_code == 200
    asked: dict[str, tuple[str, str, Any]] = {
        "generate": ("POST", "/generate", {"preview_hash": preview}),
        "select-again": ("POST", "/select-again", None),
        "preview": ("POST", "/preview", None),
        "remove": ("DELETE", f"/invoices/{second['id']}", None),
        "delete": ("DELETE", "", None),
    }
    assert refused(bert.act(*asked[what]))
    fresh = bert.look()["preview_hash"]
    method, path, body = asked[what]
    assert bert.act(method, path, body and {"preview_hash": fresh}).status_code == 200


def test_a_program_that_says_nothing_of_versions_goes_on_as_before(
    client: Any, clerks: tuple[Clerk, Clerk], charges: list[str]
) -> None:
    anna, _ = clerks
    anna.choose(ticked=False, charges=[charges[0]])
    client.post(f"{anna.path}/choices", {"ticked": False, "charges": [charges[1]]})
    run = client.post(f"{anna.path}/run")
    assert net(run["totals"]) == "40.00"
    client.post(f"{anna.path}/generate", {"preview_hash": run["preview_hash"]})
    assert client.call("DELETE", anna.path).json() == {"count": 1}
