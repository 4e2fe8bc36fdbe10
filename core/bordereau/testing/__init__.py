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
from bordereau.testing.consignments import (
    consignment_of,
    sample_artifact,
    sample_consignment,
    sample_consignments,
    sample_context,
    sample_item,
    spoilt,
)
from bordereau.testing.delivery import DeliveryConformance
from bordereau.testing.destination import DestinationConformance
from bordereau.testing.documents import (
    CURRENCIES,
    CUSTOMERS,
    LANGUAGES,
    rounded,
    sample_document,
    sample_documents,
)
from bordereau.testing.purity import ImpureError, no_network, no_network_no_disk
from bordereau.testing.renderer import RendererConformance

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
