"""docs/hooks.md: every hook with its arguments, and examples that work."""

import inspect
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bordereau.connections.host import Host
from bordereau.contract import (
    BatchNotice,
    Context,
    Delivery,
    Destination,
    InvoiceNotice,
    Renderer,
    Status,
    hooks,
)
from bordereau.testing import DeliveryConformance, DestinationConformance, RendererConformance

PAGE = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text()
SPECS = {
    name: tuple(inspect.signature(function).parameters)
    for name, function in vars(hooks).items()
    if hasattr(function, "bordereau_spec")
}


def section(name: str) -> str:
    """Return what stands below the heading of a hook."""
    found = re.search(rf"^## {name}\(.*?(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"no section for {name}"
    return found[0]


def example(name: str) -> ModuleType:
    """Run the example of a hook as a module."""
    (source,) = re.findall(r"```python\n(.*?)```", section(name), re.DOTALL)
    module = ModuleType(f"example_{name}")
    exec(compile(source, f"docs/hooks.md {name}", "exec"), vars(module))  # noqa: S102 - our page
    return module


@pytest.fixture
def host() -> Callable[[str], Host]:
    """Build a host with the example of one hook."""

    def build(name: str) -> Host:
        host = Host()
        host.register(example(name), name=name)
        return host

    return build


def test_there_are_hooks() -> None:
    assert {"bordereau_destinations", "bordereau_status_changed"} <= SPECS.keys()


@pytest.mark.parametrize(("name", "arguments"), SPECS.items())
def test_every_hook_has_a_heading_with_its_arguments(name: str, arguments: tuple[str, ...]) -> None:
    assert re.findall(rf"^## {name}\((.*)\)$", PAGE, re.MULTILINE) == [", ".join(arguments)]


@pytest.mark.parametrize(("name", "arguments"), SPECS.items())
def test_every_argument_is_explained(name: str, arguments: tuple[str, ...]) -> None:
    explained = re.findall(r"^\| `(\w+)` \| `\w+` \| \S", section(name), re.MULTILINE)
    assert explained == list(arguments)


def test_the_page_names_no_hook_that_does_not_exist() -> None:
    assert set(re.findall(r"^## (bordereau_\w+)", PAGE, re.MULTILINE)) == SPECS.keys()


def test_the_hear_examples_hear() -> None:
    batch = BatchNotice(id="bat_1", name="March", invoices=2, totals={"EUR": Decimal("9.50")})
    invoice = InvoiceNotice(
        id="inv_1", number="INV-1", customer="Acme", currency="EUR", total=Decimal("9.50")
    )
    told: dict[str, dict[str, Any]] = {
        "bordereau_batch_finalized": {"tenant": "acme", "batch": batch},
        "bordereau_status_changed": {
            "tenant": "acme",
            "invoice": invoice,
            "before": Status.SENT,
            "after": Status.PAID,
        },
    }
    said = []
    for name, arguments in told.items():
        plugin = example(name)
        host = Host()
        host.register(plugin, name=name)
        assert host.notify(name, [name], **arguments) == []
        said += plugin.said
    assert said == ["acme: March, 2 invoices, 9.50 EUR", "Acme paid INV-1"]


class TestTheRendererOfThePage(RendererConformance):
    @pytest.fixture
    def capability(self, host: Callable[[str], Host], bordereau_context: Context) -> Renderer[Any]:
        return host("bordereau_renderers").build(Renderer, "text", {}, bordereau_context)


class TestTheDeliveryOfThePage(DeliveryConformance):
    @pytest.fixture
    def capability(
        self, host: Callable[[str], Host], bordereau_context: Context, tmp_path: Path
    ) -> Delivery[Any]:
        settings = {"folder": tmp_path}
        return host("bordereau_deliveries").build(Delivery, "pickup", settings, bordereau_context)


class TestTheDestinationOfThePage(DestinationConformance):
    @pytest.fixture
    def capability(
        self, host: Callable[[str], Host], bordereau_context: Context, tmp_path: Path
    ) -> Destination[Any]:
        settings = {"folder": tmp_path}
        return host("bordereau_destinations").build(
            Destination, "ledger", settings, bordereau_context
        )
