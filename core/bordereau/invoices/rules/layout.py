"""Layout resolution: which report prints an invoice, and which level decided (B23 to B28)."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The levels of the search, highest first; an instalment ends with the settings."""

    RUN = "run"
    HEADER = "header"
    PROJECT = "project"
    PROFILE = "profile"
    DEFAULT = "default"
    SETTINGS = "settings"


class ReportKind(StrEnum):
    """The three reports that a sales relation profile has (B26)."""

    SUBSCRIPTION = "subscription"
    PROJECT = "project"
    PRO_FORMA = "pro_forma"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A sales relation profile with its layouts; an empty one is not set."""

    subscription: str = ""
    project: str = ""
    pro_forma: str = ""

    def report(self, kind: ReportKind) -> str:
        """Return the layout for this kind of invoice, or an empty text."""
        return {
            ReportKind.SUBSCRIPTION: self.subscription,
            ReportKind.PROJECT: self.project,
            ReportKind.PRO_FORMA: self.pro_forma,
        }[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutFacts:
    """What the search looks at; layouts are keys, empty where none is set.

    Attributes:
        kind: which report of a profile is wanted.
        run: a different report chosen for this output run (B44).
        header: the report in the invoice header.
        header_in_entry_layout: whether the entry layout has the field Report (B24).
        manual: whether the invoice was made by hand.
        changed_subscription: whether it is a subscription invoice changed by hand.
        owner: the report of the project or subscription (B25).
        per_customer: whether the lines were collected per customer, not per project (B28).
        profile: the profile of the customer, if it has one (B26).
        default: the default profile, which AFAS names ***** (B27).

    """

    kind: ReportKind
    default: Profile
    profile: Profile | None = None
    owner: str = ""
    per_customer: bool = False
    header: str = ""
    header_in_entry_layout: bool = False
    manual: bool = False
    changed_subscription: bool = False
    run: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedLayout:
    """The layout that won and the level that set it; empty if no level has one."""

    layout: str
    level: Level


def resolve_layout(facts: LayoutFacts) -> ResolvedLayout:
    """Return the layout of the highest level that is set and counts for this invoice."""
    by_hand = facts.manual or facts.changed_subscription
    header_counts = facts.header_in_entry_layout and by_hand
    owner_counts = not facts.per_customer or facts.kind is ReportKind.SUBSCRIPTION
    profile = facts.profile.report(facts.kind) if facts.profile else ""
    searched = (
        (Level.RUN, facts.run),
        (Level.HEADER, facts.header if header_counts else ""),
        (Level.PROJECT, facts.owner if owner_counts else ""),
        (Level.PROFILE, profile),
    )
    last = ResolvedLayout(facts.default.report(facts.kind), Level.DEFAULT)
    return next((ResolvedLayout(layout, level) for level, layout in searched if layout), last)


def resolve_instalment_layout(project: str, profile: str, settings: str) -> ResolvedLayout:
    """Return the layout of an instalment: project, then profile, then settings (B57)."""
    searched = ((Level.PROJECT, project), (Level.PROFILE, profile))
    last = ResolvedLayout(settings, Level.SETTINGS)
    return next((ResolvedLayout(layout, level) for level, layout in searched if layout), last)
