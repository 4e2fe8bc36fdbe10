"""Dates of an invoice that must follow each other."""

from datetime import date

from bordereau.errors import Invalid


def check_due_date(issue_date: date, due_date: date | None) -> None:
    """Refuse an invoice that is to be paid before it is issued.

    Raises:
        Invalid: DUE_BEFORE_ISSUE.

    """
    if due_date is not None and due_date < issue_date:
        raise Invalid(
            "DUE_BEFORE_ISSUE",
            f"The invoice of {issue_date} would be due on {due_date}, before it is issued.",
            where="due_date",
            hint="Choose a due date that is not before the invoice date.",
        )


def check_credit_date(issue_date: date, invoiced_on: date) -> None:
    """Refuse a credit note that is dated before the invoice that it takes back.

    Raises:
        Invalid: CREDIT_BEFORE_INVOICE.

    """
    if issue_date < invoiced_on:
        raise Invalid(
            "CREDIT_BEFORE_INVOICE",
            f"A credit note of {issue_date} cannot take back an invoice of {invoiced_on}.",
            where="issue_date",
            hint="Date it on the day of the invoice or later.",
        )


def moved_due_date(due_date: date | None, old: date, new: date) -> date | None:
    """Return the due date that keeps its term when the invoice date moves."""
    return None if due_date is None else due_date + (new - old)
