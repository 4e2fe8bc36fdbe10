"""Rights as data: what each allows, and the roles that bundle them.

The four actions on charges need four rights of their own (row B9, AFAS Pro_ActCst_Auth_Auth).
"""

from collections.abc import Iterable
from enum import StrEnum

from bordereau.errors import Invalid


class Right(StrEnum):
    """The name of a right, as it is stored with a user."""

    READ = "read"
    CHANGE_CATALOG = "change_catalog"
    RECORD = "record"
    APPROVE = "approve"
    UNDO_APPROVAL = "undo_approval"
    REPORT_READY = "report_ready"
    CANCEL_REPORTING = "cancel_reporting"
    REVALUE = "revalue"
    WRITE_OFF = "write_off"
    BATCH = "batch"
    DRAFT = "draft"
    EDIT_INVOICE = "edit_invoice"
    FINALISE = "finalise"
    DELIVER = "deliver"
    SHARE = "share"
    CREDIT = "credit"
    CHANGE_STATUS = "change_status"
    POST = "post"
    ADMINISTER = "administer"


ALLOWS: dict[Right, str] = {
    Right.READ: "See everything of the account but its secrets.",
    Right.CHANGE_CATALOG: "Add and change customers, contracts, projects, tickets and tax codes.",
    Right.RECORD: "Record work, products, expenses and cost lines, and import files.",
    Right.APPROVE: "Approve cost lines.",
    Right.UNDO_APPROVAL: "Take an approval back.",
    Right.REPORT_READY: "Close cost lines for invoicing.",
    Right.CANCEL_REPORTING: "Open closed cost lines again.",
    Right.REVALUE: "Renew the rates of charges that are not billed.",
    Right.WRITE_OFF: "Write charges off, delay them, or split them.",
    Right.BATCH: "Make, run, generate and delete invoice batches.",
    Right.DRAFT: "Edit and release pro forma invoices.",
    Right.EDIT_INVOICE: "Change invoices that have no number, and write ad-hoc invoices.",
    Right.FINALISE: "Give invoices their numbers.",
    Right.DELIVER: "Print, e-mail, file and export invoices.",
    Right.SHARE: "Make links that show issued invoices to customers.",
    Right.CREDIT: "Credit and void invoices.",
    Right.CHANGE_STATUS: "Change the displayed status of an invoice, and record payments.",
    Right.POST: "Post invoices to the ledger and spread their revenue.",
    Right.ADMINISTER: "Manage users, keys, plugins, connections and settings.",
}

ALL_RIGHTS = frozenset(Right)

ROLES: dict[str, frozenset[Right]] = {
    "reader": frozenset({Right.READ}),
    "leader": frozenset(
        {
            Right.READ,
            Right.RECORD,
            Right.APPROVE,
            Right.UNDO_APPROVAL,
            Right.REPORT_READY,
            Right.CANCEL_REPORTING,
            Right.DRAFT,
        }
    ),
    "clerk": ALL_RIGHTS
    - {Right.APPROVE, Right.UNDO_APPROVAL, Right.REVALUE, Right.POST, Right.ADMINISTER},
    "administrator": ALL_RIGHTS,
}


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """Return the rights of some roles together.

    Raises:
        Invalid: ROLE_UNKNOWN.

    """
    found: frozenset[Right] = frozenset()
    for role in roles:
        if role not in ROLES:
            known = ", ".join(sorted(ROLES))
            raise Invalid(
                "ROLE_UNKNOWN",
                f"There is no role {role!r}.",
                where="roles",
                hint=f"Choose among: {known}.",
            )
        found |= ROLES[role]
    return found


def checked_rights(names: Iterable[str]) -> frozenset[Right]:
    """Read names of rights.

    Raises:
        Invalid: RIGHT_UNKNOWN.

    """
    found = set()
    for name in names:
        try:
            found.add(Right(name))
        except ValueError as error:
            raise Invalid(
                "RIGHT_UNKNOWN",
                f"There is no right {name!r}.",
                where="rights",
                hint=f"Choose among: {', '.join(ALL_RIGHTS)}.",
            ) from error
    return frozenset(found)
