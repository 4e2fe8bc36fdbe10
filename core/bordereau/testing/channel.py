"""What holds for every channel: the fault matrix."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from bordereau.connections.carry import carry
from bordereau.contract import (
    AnyChannel,
    Artifact,
    Consignment,
    Delivery,
    DeliveryResult,
    Item,
    Outcome,
    Problem,
    to_canonical,
)
from bordereau.testing.capability import CapabilityConformance, secrets_of
from bordereau.testing.consignments import sample_consignment, sample_consignments, spoilt
from bordereau.testing.documents import sample_documents
from bordereau.testing.purity import no_network_no_disk

_AT_MOST = 50  # items in one consignment of a test


class ChannelConformance(CapabilityConformance):
    """Holds for deliveries and destinations alike; subclass one of those suites.

    `capability` must reach a far side that says yes: a folder, a local server, your sandbox.
    The other fixtures are optional; a test that lacks its fixture is skipped with its reason.
    """

    @pytest.fixture
    def cut_off(self) -> Any:
        """Return a capability whose far side takes all and hangs up before it answers."""
        return None

    @pytest.fixture
    def unreachable(self) -> Any:
        """Return a capability whose far side refuses the connection."""
        return None

    def spoil(self, item: Item) -> Item:
        """Return the item as your far side, or your channel, must refuse it."""
        return spoilt(item)

    def answers(self, capability: AnyChannel, consignment: Consignment) -> Iterable[DeliveryResult]:
        """Return what the channel itself answers, before the core looks at it."""
        if isinstance(capability, Delivery):
            return capability.deliver(consignment)
        return capability.export(consignment)

    def test_every_item_gets_one_answer(self, capability: AnyChannel) -> None:
        """One each from the plugin itself, nothing for strangers, and all of them done."""
        consignment = sample_consignment(capability.features, _AT_MOST)
        told = Counter(result.delivery_id for result in self.answers(capability, consignment))
        assert told == Counter(item.delivery_id for item in consignment.items)

    def test_what_it_carried_is_done(self, capability: AnyChannel) -> None:
        """With a willing far side nothing is left over."""
        results = list(carry(capability, sample_consignment(capability.features, _AT_MOST)))
        left = [result for result in results if not result.outcome.done]
        assert not [result for result in left if result.outcome is not Outcome.PENDING]
        assert all(result.reference for result in results if result.outcome.done)

    def test_three_bad_among_a_hundred_stop_no_other(self, capability: AnyChannel) -> None:
        """The bad ones are told apart, with a message; nobody guesses, nothing is lost."""
        results = [
            result
            for consignment in sample_consignments(
                capability.features, 100, bad=3, spoil=self.spoil
            )
            for result in carry(capability, consignment)
        ]
        refused = [
            result
            for result in results
            if result.outcome is Outcome.REJECTED
            or (result.outcome is Outcome.RETRY and result.needs_attention)
        ]
        carried = [
            result for result in results if result.outcome.done or result.outcome is Outcome.PENDING
        ]
        assert len(carried) == 97  # noqa: PLR2004 - as the name says
        assert len(refused) == 3  # noqa: PLR2004
        assert all(result.message for result in refused)

    def test_a_retry_after_a_lost_answer_finds_the_first(self, capability: AnyChannel) -> None:
        """The first attempt worked, its answer was lost: it is found, and is the same thing."""
        _require(capability.features.can_find, "it cannot look things up")
        consignment = sample_consignment(capability.features, _AT_MOST)
        first = {result.delivery_id: result for result in carry(capability, consignment)}
        found = capability.find(replace(consignment, attempt=2))
        assert found.keys() == first.keys()
        for delivery_id, result in found.items():
            assert result.delivery_id == delivery_id
            assert result.outcome is Outcome.ADOPTED
            assert result.reference == first[delivery_id].reference

    def test_carrying_again_makes_no_second_one(self, capability: AnyChannel) -> None:
        """The same key with the same items leads to the same things."""
        _require(capability.features.can_find, "it cannot look things up")
        consignment = sample_consignment(capability.features, _AT_MOST)
        first, again = (_references(capability, consignment, attempt) for attempt in (1, 2))
        assert again == first

    def test_nothing_is_found_that_was_not_carried(self, capability: AnyChannel) -> None:
        """Absent means surely not there: then the core carries it."""
        _require(capability.features.can_find, "it cannot look things up")
        assert capability.find(sample_consignment(capability.features, _AT_MOST)) == {}

    def test_a_cut_connection_leaves_the_outcome_unknown(self, cut_off: AnyChannel | None) -> None:
        """Sent, no answer: never a success, and never sent again by itself."""
        _require(cut_off is not None, "no fixture `cut_off`")
        assert cut_off is not None
        results = list(carry(cut_off, sample_consignment(cut_off.features, _AT_MOST)))
        assert {result.outcome for result in results} == {Outcome.UNKNOWN}

    def test_a_refused_connection_is_tried_again(self, unreachable: AnyChannel | None) -> None:
        """Nothing was sent, so the same call may work later."""
        _require(unreachable is not None, "no fixture `unreachable`")
        assert unreachable is not None
        results = list(carry(unreachable, sample_consignment(unreachable.features, _AT_MOST)))
        assert {result.outcome for result in results} == {Outcome.RETRY}

    def test_validate_is_pure_and_says_what_to_do(self, capability: AnyChannel) -> None:
        """No network, no files; the good have no problem, the problems have codes."""
        documents = sample_documents(_AT_MOST, capability.features)
        with no_network_no_disk():
            problems = [problem for each in documents for problem in capability.validate(each)]
        assert not problems
        bad = self.spoil(sample_consignment(capability.features, 1).items[0])
        for problem in capability.validate(bad.document):
            assert isinstance(problem, Problem)
            assert re.fullmatch(r"[A-Z][A-Z0-9_]*", problem.code)
            assert problem.message

    def test_it_leaves_the_documents_alone(self, capability: AnyChannel) -> None:
        """An issued document never changes."""
        consignment = sample_consignment(capability.features, _AT_MOST)
        before = [to_canonical(item.document) for item in consignment.items]
        list(carry(capability, consignment))
        assert [to_canonical(item.document) for item in consignment.items] == before

    def test_no_secret_is_told(
        self, capability: AnyChannel, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Results and files are shown to people, logs are kept."""
        caplog.set_level(logging.DEBUG)
        consignment = sample_consignment(capability.features, _AT_MOST)
        told = [repr(result) for result in self.answers(capability, consignment)]
        told += [artifact.content.decode(errors="replace") for artifact in self._shown(capability)]
        told.append(caplog.text)
        assert not [secret for secret in secrets_of(capability.config) if secret in "".join(told)]

    def _shown(self, capability: AnyChannel) -> list[Artifact]:
        """Return the files that people see."""
        consignment = sample_consignment(capability.features)
        if isinstance(capability, Delivery):
            return [capability.preview(item) for item in consignment.items]
        return [capability.build(consignment)]


def _references(
    capability: AnyChannel, consignment: Consignment, attempt: int
) -> Mapping[str, str]:
    results = carry(capability, replace(consignment, attempt=attempt))
    return {result.delivery_id: result.reference for result in results}


def _require(held: bool, reason: str) -> None:  # noqa: FBT001 - a condition, as in `assert`
    if not held:
        pytest.skip(reason)
