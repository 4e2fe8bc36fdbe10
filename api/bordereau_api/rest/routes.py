"""All routes of the API, in the order of the way through the house."""

from fastapi import APIRouter

from bordereau_api.rest import (
    account,
    agreements,
    batches,
    blocks,
    catalog,
    charge_changes,
    charge_states,
    charges,
    connections,
    deliveries,
    draft_lines,
    drafts,
    imports,
    invoice_credits,
    invoice_endings,
    invoice_issuing,
    invoice_writing,
    invoices,
    ledger,
    output_orders,
    plugins,
    portal,
    ratings,
    revenue,
    running,
    selection,
    series,
    users,
)
from bordereau_api.rest.problems import ANSWERS

MODULES = (
    account,
    users,
    plugins,
    connections,
    imports,
    catalog,
    agreements,
    charges,
    ratings,
    charge_states,
    charge_changes,
    blocks,
    batches,
    selection,
    running,
    drafts,
    draft_lines,
    invoice_writing,
    invoice_issuing,
    invoice_credits,
    invoice_endings,
    invoices,
    series,
    output_orders,
    deliveries,
    portal,
    ledger,
    revenue,
)


def api_router() -> APIRouter:
    """Return the routes below the prefix of the API."""
    router = APIRouter(responses=ANSWERS)
    for module in MODULES:
        router.include_router(module.router)
    return router
