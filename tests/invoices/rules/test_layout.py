"""Which report prints an invoice."""

from dataclasses import replace

import pytest

from bordereau.invoices.rules.layout import (
    LayoutFacts,
    Level,
    Profile,
    ReportKind,
    ResolvedLayout,
    resolve_instalment_layout,
    resolve_layout,
)

DEFAULT = Profile(subscription="*s", project="*p", pro_forma="*f")
PROFILE = Profile(subscription="S", project="P", pro_forma="F")
FULL = LayoutFacts(
    kind=ReportKind.PROJECT,
    default=DEFAULT,
    profile=PROFILE,
    owner="O",
    header="H",
    header_in_entry_layout=True,
    manual=True,
)


@pytest.mark.row("B23")
def test_the_first_level_that_is_set_wins() -> None:
    facts, found = FULL, []
    for unset in ({"header": ""}, {"owner": ""}, {"profile": None}, {}):
        found.append(resolve_layout(facts))
        facts = replace(facts, **unset)
    assert found == [
        ResolvedLayout("H", Level.HEADER),
        ResolvedLayout("O", Level.PROJECT),
        ResolvedLayout("P", Level.PROFILE),
        ResolvedLayout("*p", Level.DEFAULT),
    ]


@pytest.mark.row("B24")
@pytest.mark.parametrize(
    ("in_entry_layout", "manual", "changed", "level"),
    [
        (True, True, False, Level.HEADER),
        (True, False, True, Level.HEADER),
        (True, False, False, Level.PROJECT),
        (False, True, True, Level.PROJECT),
    ],
)
def test_the_header_counts_only_with_its_field_on_an_invoice_made_or_changed_by_hand(
    *,
    in_entry_layout: bool,
    manual: bool,
    changed: bool,
    level: Level,
) -> None:
    facts = replace(
        FULL, header_in_entry_layout=in_entry_layout, manual=manual, changed_subscription=changed
    )
    assert resolve_layout(facts).level is level


@pytest.mark.row("B26")
@pytest.mark.parametrize(
    ("kind", "layout"),
    [(ReportKind.SUBSCRIPTION, "S"), (ReportKind.PROJECT, "P"), (ReportKind.PRO_FORMA, "F")],
)
def test_a_profile_has_a_report_for_each_kind(kind: ReportKind, layout: str) -> None:
    facts = LayoutFacts(kind=kind, default=DEFAULT, profile=PROFILE)
    assert resolve_layout(facts) == ResolvedLayout(layout, Level.PROFILE)


@pytest.mark.row("B27")
@pytest.mark.parametrize("profile", [None, Profile(subscription="S")])
def test_the_default_profile_serves_who_has_no_report_of_this_kind(
    profile: Profile | None,
) -> None:
    facts = LayoutFacts(kind=ReportKind.PROJECT, default=DEFAULT, profile=profile)
    assert resolve_layout(facts) == ResolvedLayout("*p", Level.DEFAULT)


@pytest.mark.row("B28")
def test_the_project_is_skipped_when_lines_are_collected_per_customer() -> None:
    facts = replace(FULL, header="", per_customer=True)
    assert resolve_layout(facts) == ResolvedLayout("P", Level.PROFILE)
    assert resolve_layout(replace(facts, profile=None)).level is Level.DEFAULT


def test_a_subscription_keeps_its_own_layout_however_lines_are_collected() -> None:
    facts = replace(FULL, header="", per_customer=True, kind=ReportKind.SUBSCRIPTION)
    assert resolve_layout(facts) == ResolvedLayout("O", Level.PROJECT)


def test_a_different_report_of_the_run_goes_before_every_level() -> None:
    assert resolve_layout(replace(FULL, run="R")) == ResolvedLayout("R", Level.RUN)


@pytest.mark.parametrize(
    ("project", "profile", "expected"),
    [
        ("P", "C", ResolvedLayout("P", Level.PROJECT)),
        ("", "C", ResolvedLayout("C", Level.PROFILE)),
        ("", "", ResolvedLayout("S", Level.SETTINGS)),
    ],
)
def test_an_instalment_asks_project_profile_and_settings(
    project: str, profile: str, expected: ResolvedLayout
) -> None:
    assert resolve_instalment_layout(project, profile, "S") == expected
