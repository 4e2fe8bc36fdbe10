"""Which look a document gets: that of the run, of the invoice, of its administration, or ours."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from bordereau.catalog.tables import Layout as StoredLayout
from bordereau.contract import Layout
from bordereau.store import TenantSession


class Look(NamedTuple):
    """A layout and the key under which files of this look are kept."""

    key: str
    layout: Layout


def look_of(layout: Layout) -> Look:
    """Return a layout with its key: its name and a hash of everything it shows.

    A changed layout gets another key, so that files made before stay what they were.
    """
    shown = "\0".join((layout.accent, layout.footer)).encode() + b"\0" + layout.logo
    return Look(f"{layout.name}.{hashlib.sha256(shown).hexdigest()[:12]}", layout)


class Looks:
    """The layouts of a tenant, read once for many documents."""

    def __init__(self, session: TenantSession, run: UUID | None) -> None:
        self._run = run
        self._looks: Mapping[UUID, Look] = {
            row.id: look_of(
                Layout(name=row.name, accent=row.accent, logo=row.logo, footer=row.footer)
            )
            for row in session.scalars(select(StoredLayout))
        }

    def choose(self, invoice: UUID | None, administration: UUID | None) -> Look:
        """Choose by rows B23 to B28 and B44: the run's, the invoice's, the administration's."""
        for id_ in (self._run, invoice, administration):
            if id_ is not None and id_ in self._looks:
                return self._looks[id_]
        return look_of(Layout())
