"""How invoices leave, as a caller says it."""

from bordereau.catalog.tables import Layout
from bordereau.connections.tables import Connection
from bordereau.output import OutputOptions, check_options
from bordereau.store import TenantSession
from bordereau_api.rest.call import Call
from bordereau_api.rest.requirements import must_exist
from bordereau_api.rest.shapes import ConnectionId, LayoutId, Shape


class OptionsIn(Shape):
    """How invoices leave.

    `mode` is the alternative for all instead of each customer's preference; `destinations` are
    connections to export to, null for all automatic ones; `layout` is another look for this run;
    `again` delivers anew what was delivered before.
    """

    customers: bool = True
    mode: str | None = None
    destinations: list[ConnectionId] | None = None
    save_in_folder: bool = False
    layout: LayoutId | None = None
    again: bool = False


def options_of(call: Call, session: TenantSession, body: OptionsIn) -> OutputOptions:
    """Read the options, and refuse what cannot be done now before anything is begun.

    Raises:
        NotFound: a destination or the layout does not exist.
        Refused: as `output.check_options`.

    """
    must_exist(session, Connection, body.destinations or (), "connection")
    must_exist(session, Layout, [body.layout] if body.layout else (), "layout")
    options = OutputOptions(
        customers=body.customers,
        mode=body.mode,
        destinations=None if body.destinations is None else tuple(body.destinations),
        save_in_folder=body.save_in_folder,
        layout_id=body.layout,
        again=body.again,
    )
    check_options(session, call.house.connections, options)
    return options
