"""What the plan of an account includes."""

from bordereau.errors import Forbidden
from bordereau.store.session import TenantSession
from bordereau.tenancy.accounts import account


def check_may_email(session: TenantSession) -> None:
    """Refuse e-mail to an account in trial; everything else works in trial (row A5).

    Raises:
        Forbidden: NOT_ENTITLED.

    """
    if account(session).plan != "subscriber":
        raise Forbidden(
            "NOT_ENTITLED",
            "Sending invoices by e-mail is for subscribers; this account is in trial.",
            hint="Subscribe, or print the invoices.",
        )
