"""All routes of the API, in the order of the way through the house."""

from fastapi import APIRouter

from bordereau_api.rest import (
    account,
    agreements,
    batches,
    catalog,
    charges,
    connections,
    deliveries,
    imports,
    invoices,
    output_orders,
    plugins,
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
    batches,
    selection,
    running,
    invoices,
    series,
    output_orders,
    deliveries,
)


def api_router() -> APIRouter:
    """Return the routes below the prefix of the API."""
    router = APIRouter(responses=ANSWERS)
    for module in MODULES:
        router.include_router(module.router)
    return router
