"""The conformance kit: suites that any plugin must pass, and documents to try it with.

Needs `pip install bordereau[testing]`. Subclass the suite of your kind in a test module, give the
fixture `capability`, and run pytest:

    class TestLedger(DestinationConformance):
        @pytest.fixture
        def capability(self, bordereau_context, tmp_path):
            return Ledger(LedgerConfig(folder=tmp_path), bordereau_context)
"""

from bordereau.testing.capability import CapabilityConformance
from bordereau.testing.channel import ChannelConformance
from bordereau.testing.delivery import DeliveryConformance
from bordereau.testing.destination import DestinationConformance
from bordereau.testing.purity import ImpureError, no_network, no_network_no_disk
from bordereau.testing.renderer import RendererConformance
from bordereau.testing.samples import (
    CURRENCIES,
    CUSTOMERS,
    LANGUAGES,
    consignment_of,
    rounded,
    sample_artifact,
    sample_consignment,
    sample_consignments,
    sample_context,
    sample_document,
    sample_documents,
    sample_item,
    spoilt,
)

__all__ = [
    "CURRENCIES",
    "CUSTOMERS",
    "LANGUAGES",
    "CapabilityConformance",
    "ChannelConformance",
    "DeliveryConformance",
    "DestinationConformance",
    "ImpureError",
    "RendererConformance",
    "consignment_of",
    "no_network",
    "no_network_no_disk",
    "rounded",
    "sample_artifact",
    "sample_consignment",
    "sample_consignments",
    "sample_context",
    "sample_document",
    "sample_documents",
    "sample_item",
    "spoilt",
]
