"""The machine finds faults that are planted in the product: without that its silence means little.

Every run tells each fault's story to the machine. The nightly run also searches for some of the
faults at random: what it does not come by, the rules do not reach often enough.
"""

import pytest
from tests.machine import faults, stories
from tests.machine.base import Base
from tests.machine.faults import Plant
from tests.machine.machine import HUNT, BlockMachine, Machine, NewTenant, play
from tests.machine.stories import Story, tell

from bordereau.store import Database

FOUND_BY: dict[Story, list[Plant]] = {
    stories.billed_and_taken_back: [
        faults.numbers_that_skip,
        faults.a_batch_finalised_twice,
        faults.a_chain_that_forgets_the_invoice_before,
        faults.a_deleted_batch_that_keeps_its_charges,
        faults.a_credit_that_frees_other_charges,
        faults.a_voided_invoice_that_keeps_its_charges,
    ],
    stories.put_right: [faults.a_credit_raised_above_its_charge],
    stories.chosen_and_changed: [
        faults.a_box_that_is_not_heeded,
        faults.a_preview_that_nobody_compares,
        faults.a_removed_line_that_keeps_its_charge,
    ],
    stories.work_comes_back: [faults.a_reopened_ticket_that_holds_nothing],
    stories.sums_and_dates: [
        faults.halves_rounded_to_even,
        faults.tax_that_is_never_rounded_by_line,
        faults.a_series_that_takes_any_date,
    ],
    stories.billed_only_once: [faults.a_project_fee_that_settles_nothing],
    stories.pro_forma: [
        faults.a_line_given_up_that_comes_back,
        faults.an_advance_that_is_never_taken_back,
    ],
    stories.hours_carried_on: [faults.a_block_that_forgets_what_was_left],
}
PLANTED = [(story, plant) for story, plants in FOUND_BY.items() for plant in plants]


def name_of(one: Story | Plant) -> str:
    return one.__name__


def machine_of(story: Story) -> type[Base]:
    return BlockMachine if story is stories.hours_carried_on else Machine


@pytest.mark.parametrize("story", FOUND_BY, ids=name_of)
def test_without_a_fault_a_story_ends_well(
    database: Database, new_tenant: NewTenant, story: Story
) -> None:
    tell(database, new_tenant, machine_of(story), story)


@pytest.mark.parametrize(("story", "plant"), PLANTED, ids=name_of)
def test_a_planted_fault_is_found_in_its_story(
    database: Database,
    new_tenant: NewTenant,
    monkeypatch: pytest.MonkeyPatch,
    story: Story,
    plant: Plant,
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        tell(database, new_tenant, machine_of(story), story)


@pytest.mark.nightly
@pytest.mark.parametrize("plant", FOUND_BY[stories.billed_and_taken_back], ids=name_of)
def test_a_planted_fault_is_found_by_chance(
    database: Database, new_tenant: NewTenant, monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        play(database, new_tenant, HUNT, Machine)
