"""Which channels a tenant can use now, and so which delivery modes are possible."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bordereau.connections import Connections, switched_off
from bordereau.connections.tables import Connection
from bordereau.contract import AnyChannel, Delivery, Destination, Renderer
from bordereau.errors import Refused
from bordereau.output.modes import FOLDER, MODES, Mode, Part
from bordereau.store import TenantSession


@dataclass(frozen=True, slots=True)
class Way:
    """A connected channel: its connection and its class."""

    connection: Connection
    offered: type[AnyChannel]


@dataclass(frozen=True, slots=True)
class Blocked:
    """A connection that nothing can go through now; `code` says why."""

    id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Channels:
    """The tenant's connected channels, the preferred ones first, and what can be rendered."""

    ways: tuple[Way, ...]
    blocked: tuple[Blocked, ...]
    media: frozenset[str]

    def play(self, mode: Mode) -> list[tuple[Part, Way]] | None:
        """Return who plays each part of a mode, or None if a part cannot be played."""
        cast = [(part, self._player(mode, part)) for part in mode.parts]
        found = [(part, way) for part, way in cast if way is not None]
        return found if len(found) == len(cast) else None

    def possible(self) -> list[Mode]:
        """Return the modes whose channels are all connected; others are not offered."""
        return [mode for mode in MODES.values() if self.play(mode)]

    def require(self, key: str) -> Mode:
        """Return a mode that is possible now.

        Raises:
            Refused: MODE_UNAVAILABLE.

        """
        mode = FOLDER if key == FOLDER.key else MODES.get(key)
        if mode is None or self.play(mode) is None:
            raise Refused(
                "MODE_UNAVAILABLE",
                f"{mode.title if mode else key} is not possible: a channel of it is not connected.",
                hint="Connect the channel, or choose another mode.",
                details={"mode": key, "possible": [each.key for each in self.possible()]},
            )
        return mode

    def require_destinations(self, chosen: Iterable[UUID]) -> None:
        """Refuse destinations that cannot be used now.

        Raises:
            Refused: DESTINATION_UNAVAILABLE, one is not connected or is off (row A48).

        """
        if missing := set(chosen) - self._destinations().keys():
            raise Refused(
                "DESTINATION_UNAVAILABLE",
                "A chosen destination is not connected.",
                hint="Choose among the connected ones.",
                details={"missing": sorted(str(id_) for id_ in missing)},
            )

    def destinations(self, chosen: Iterable[UUID] | None) -> list[Way | Blocked]:
        """Return the chosen destinations, by default the automatic ones (row A47)."""
        there = self._destinations()
        if chosen is None:
            return [way for way in there.values() if way.connection.automatic]
        return [there.get(id_) or self._blocked(id_) for id_ in dict.fromkeys(chosen)]

    def _destinations(self) -> dict[UUID, Way]:
        return {w.connection.id: w for w in self.ways if issubclass(w.offered, Destination)}

    def _blocked(self, id_: UUID) -> Blocked:
        return next((b for b in self.blocked if b.id == id_), Blocked(id_, "CONNECTION_DISABLED"))

    def _player(self, mode: Mode, part: Part) -> Way | None:
        for way in self.ways:
            if not issubclass(way.offered, Delivery) or part.completes != way.offered.completes:
                continue
            plays = mode is FOLDER or mode.key in way.offered.modes
            if plays and part.adds | way.offered.features.needs <= self.media:
                return way
        return None


def connected(session: TenantSession, connections: Connections) -> Channels:
    """Look which channels the tenant can use: installed, switched on and not disabled.

    One that rests or must be reconnected counts: what is ordered waits for it, visibly.
    """
    off = switched_off(session)
    preferred = (Connection.automatic.desc(), Connection.created_at, Connection.id)
    ways, blocked, media = list[Way](), list[Blocked](), set[str]()
    for row in session.scalars(select(Connection).order_by(*preferred)):
        offered: type[Any] | None = connections.offered(row)
        if offered is None:
            blocked.append(Blocked(row.id, "PLUGIN_MISSING"))
        elif row.state == "disabled":
            blocked.append(Blocked(row.id, "CONNECTION_DISABLED"))
        elif connections.plugin_of(offered) in off:
            blocked.append(Blocked(row.id, "PLUGIN_DISABLED"))
        elif issubclass(offered, Renderer):
            media.add(offered.media_type)
        elif issubclass(offered, (Delivery, Destination)):
            ways.append(Way(row, offered))
    return Channels(tuple(ways), tuple(blocked), frozenset(media))
