"""What holds for every renderer: same input, same bytes, no network, every document."""

from typing import Any

import pytest

from bordereau.contract import (
    Document,
    DocumentKind,
    Layout,
    Renderer,
    from_canonical,
    safe_name,
    to_canonical,
)
from bordereau.testing.capability import CapabilityConformance
from bordereau.testing.documents import CURRENCIES, CUSTOMERS, LANGUAGES, sample_document
from bordereau.testing.purity import no_network


class RendererConformance(CapabilityConformance):
    """Subclass it and give the fixture `capability`: your renderer."""

    def _document(self, capability: Renderer[Any], index: int = 1) -> Document:
        """Return a document of a kind that the renderer draws, others with other indexes."""
        kinds = sorted(capability.kinds)
        return sample_document(
            index,
            kind=kinds[index % len(kinds)],
            currency=CURRENCIES[index % len(CURRENCIES)],
            language=LANGUAGES[index % len(LANGUAGES)],
            customer=CUSTOMERS[index % len(CUSTOMERS)],
        )

    def test_the_same_document_gives_the_same_bytes(self, capability: Renderer[Any]) -> None:
        """A reprint is the original: also from the stored form, and built anew."""
        document = self._document(capability)
        stored = from_canonical(to_canonical(document))
        anew = type(capability)(capability.config, capability.context)
        first = capability.render(document, Layout())
        assert capability.render(document, Layout()) == first
        assert anew.render(stored, Layout()) == first

    def test_other_documents_give_other_bytes(self, capability: Renderer[Any]) -> None:
        """The file is made of the document."""
        first, second = (
            capability.render(self._document(capability, index), Layout())
            for index in (1, 1 + len(capability.kinds))
        )
        assert first.content != second.content

    def test_the_file_is_what_it_says(self, capability: Renderer[Any]) -> None:
        """Media type as declared, a name that is one path component, and content."""
        artifact = capability.render(self._document(capability), Layout())
        assert artifact.media_type == capability.media_type
        assert artifact.name == safe_name(artifact.name)
        assert artifact.content

    def test_it_draws_every_kind(self, capability: Renderer[Any]) -> None:
        """Each kind that it declares, also the pro forma, which has no number."""
        assert capability.kinds <= frozenset(DocumentKind)
        for kind in sorted(capability.kinds):
            number = "" if kind is DocumentKind.PRO_FORMA else None
            assert capability.render(sample_document(1, kind=kind, number=number), Layout()).content

    @pytest.mark.parametrize("index", range(len(CUSTOMERS)))
    def test_it_draws_all_scripts_and_currencies(
        self, capability: Renderer[Any], index: int
    ) -> None:
        """Accents, Greek, Japanese, Hebrew, quotes and emoji; no, two and three decimals."""
        assert capability.render(self._document(capability, index), Layout()).content

    def test_it_draws_many_lines(self, capability: Renderer[Any]) -> None:
        """A document of many pages is one file."""
        kind = min(capability.kinds)
        assert capability.render(sample_document(1, kind=kind, lines=120), Layout()).content

    def test_it_uses_no_network(self, capability: Renderer[Any]) -> None:
        """Fonts, logos and templates are at hand."""
        document = self._document(capability)
        with no_network():
            assert capability.render(document, Layout()).content

    def test_it_leaves_the_document_alone(self, capability: Renderer[Any]) -> None:
        """An issued document never changes."""
        document = self._document(capability)
        before = to_canonical(document)
        capability.render(document, Layout())
        assert to_canonical(document) == before
