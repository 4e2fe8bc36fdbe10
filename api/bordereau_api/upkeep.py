"""What is tidied up by the clock: answers kept for repeated requests."""

from datetime import datetime, timedelta

from bordereau.store import Database, tenant_ids
from bordereau.tenancy import forget_requests
from bordereau.work import Recurring

KEPT = timedelta(hours=48)


class Forgetting:
    """Forgets the answers of requests after two days; by then nobody repeats them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recurring(self) -> Recurring:
        """Describe it for the engine: once a night."""
        return Recurring(name="forget-requests", cron="0 17 3 * * *", run=self.run)

    def run(self, due: datetime) -> None:
        """Forget them, in one transaction for each account."""
        with self._database.operator() as operator:
            accounts = tenant_ids(operator)
        for tenant_id in accounts:
            with self._database.tenant(tenant_id) as session:
                forget_requests(session, due - KEPT)
