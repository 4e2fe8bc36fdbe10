"""The past of an account, loaded in bulk: issued invoices with their billed charges.

What was issued before must cost nothing now, so no benchmark runs on an empty database. It also
gives PostgreSQL its statistics: without any, foreign keys are checked through the wrong index.
"""

from bordereau.charges.tables import Charge
from bordereau.store import Database, copy_rows
from bordereau_api.bench.filling import CHARGE_COLUMNS, charge_row, chunks
from bordereau_api.bench.floor import Floor
from bordereau_api.bench.shop import Shop
from bordereau_api.bench.workload import TEMPLATES

FIRST = 100_000_000  # numbers of the past begin behind this one


def load_past(database: Database, shop: Shop, invoices: int, owners: int) -> None:
    """Write issued invoices of the customers 1 to `owners`, each with its billed charges."""
    floor = Floor(database, shop, invoices)
    for some in chunks(invoices):
        numbers = range(FIRST + some.start, FIRST + some.stop)
        with database.tenant(shop.tenant_id) as session:
            rows = (
                charge_row(
                    shop, number, position, template, owner=number % owners + 1, state="billed"
                )
                for number in numbers
                for position, template in enumerate(TEMPLATES, 1)
            )
            copy_rows(session, Charge, CHARGE_COLUMNS, rows)
        floor.issue_past(numbers, owners)
        if some.start == 1:
            analyze(database)
    analyze(database)


def analyze(database: Database) -> None:
    """Let PostgreSQL look at what was loaded, as it does by itself after a while."""
    engine = database.owner_engine()
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("vacuum analyze")
    finally:
        engine.dispose()
