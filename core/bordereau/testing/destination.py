"""What holds for every destination: what it sends is built purely, and to the last digit."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bordereau.connections.carry import carry
from bordereau.contract import Artifact, Destination, Fact, Outcome, Transport, safe_name
from bordereau.testing.channel import ChannelConformance
from bordereau.testing.consignments import consignment_of, sample_consignment, sample_item
from bordereau.testing.documents import sample_document
from bordereau.testing.purity import no_network_no_disk

_EXACT = Decimal("9007199254740993.07")  # the integer part alone is 2^53 + 1: no float holds it


class DestinationConformance(ChannelConformance):
    """Subclass it and give the fixture `capability`: your destination."""

    def readable(self, artifact: Artifact) -> str:
        """Return the text of a built artifact; override it if yours is packed."""
        return artifact.content.decode(errors="replace")

    def test_it_completes_the_export(self, capability: Destination[Any]) -> None:
        """A destination books documents; the fact is that they are exported, or posted."""
        assert capability.completes in (Fact.EXPORTED, Fact.POSTED)

    def test_build_is_pure_and_the_same_on_every_attempt(
        self, capability: Destination[Any]
    ) -> None:
        """The same key goes with the same bytes, on a retry too."""
        consignment = sample_consignment(capability.features, 20)
        anew = type(capability)(capability.config, capability.context)
        with no_network_no_disk():
            first = capability.build(consignment)
            assert capability.build(consignment) == first
            assert anew.build(replace(consignment, attempt=2)) == first
        assert first.content
        assert first.name == safe_name(first.name)

    def test_other_consignments_have_other_names(self, capability: Destination[Any]) -> None:
        """Two files never meet under one name."""
        first = sample_consignment(capability.features, 1)
        second = replace(first, request_key=first.request_key[::-1])
        assert capability.build(first).name != capability.build(second).name

    def test_amounts_keep_every_digit(self, capability: Destination[Any]) -> None:
        """Amounts are decimals: one float on the way changes the last digits."""
        currency = min(capability.features.currencies, default="EUR")
        document = sample_document(1, currency=currency, price=_EXACT / Decimal("1.5"), lines=1)
        exact = replace(document.lines[0], quantity=Decimal(1), unit_price=_EXACT, net=_EXACT)
        document = replace(document, lines=(exact,))
        if capability.validate(document):
            pytest.skip("it takes no amount as large as this")
        consignment = consignment_of([sample_item(document, capability.features)])
        text = re.sub(r"[.,'\s]", "", self.readable(capability.build(consignment)))
        assert str(_EXACT).replace(".", "") in text

    def test_a_file_says_that_nobody_confirmed_it(self, capability: Destination[Any]) -> None:
        """A file counts as exported, marked unconfirmed (row A50)."""
        if capability.features.transport is not Transport.FILE:
            pytest.skip("it writes no files")
        results = list(carry(capability, sample_consignment(capability.features)))
        assert all(result.outcome is Outcome.CREATED and result.unconfirmed for result in results)
