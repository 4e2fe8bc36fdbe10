"""What holds for every delivery: a preview is what would be carried, and carries nothing."""

from typing import Any

from bordereau.contract import Delivery, Fact, safe_name
from bordereau.testing.channel import ChannelConformance
from bordereau.testing.consignments import sample_consignment
from bordereau.testing.purity import no_network_no_disk


class DeliveryConformance(ChannelConformance):
    """Subclass it and give the fixture `capability`: your delivery."""

    def test_it_says_what_it_completes(self, capability: Delivery[Any]) -> None:
        """The fact that the core records when an item is done."""
        assert isinstance(capability.completes, Fact)
        assert all(mode and mode == safe_name(mode) for mode in capability.modes)

    def test_a_preview_is_pure_and_the_same_each_time(self, capability: Delivery[Any]) -> None:
        """Closing a preview sends nothing; what is sent later is what was seen."""
        for item in sample_consignment(capability.features, 20).items:
            with no_network_no_disk():
                first, again = capability.preview(item), capability.preview(item)
            assert first == again
            assert first.content
            assert first.name == safe_name(first.name)
