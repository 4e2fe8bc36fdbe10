"""All routes of the API, in the order of the way through the house."""

from fastapi import APIRouter

from bordereau_api.rest import (
    account,
    agreements,
    batches,
    blocks,
    catalog,
    charges,
    connections,
    crediting,
    deliveries,
    draft_lines,
    drafts,
    imports,
    invoices,
    ledger,
    lifecycle,
    output_orders,
    plugins,
    portal,
    ratings,
    revenue,
    running,
    selection,
    series,
    users,
    writing,
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
    lifecycle,
    blocks,
    batches,
    selection,
    running,
    drafts,
    draft_lines,
    writing,
    crediting,
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
