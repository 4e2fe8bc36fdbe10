"""Administrations, customers, tax codes and work types.

A POST adds a thing or changes the one with its code; fields that are left out stay as they are.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from bordereau.catalog import (
    AdministrationRecord,
    CustomerRecord,
    TaxCodeRecord,
    WorkTypeRecord,
    save_administrations,
)
from bordereau.catalog.tables import Customer, TaxCode, WorkType
from bordereau.charges import save_customers, save_tax_codes, save_work_types
from bordereau.tenancy import Right
from bordereau.tenancy.tables import Administration
from bordereau_api.rest.call import Administrator, Call, Needs, Reader
from bordereau_api.rest.catalogued import Catalogued
from bordereau_api.rest.paging import Paged
from bordereau_api.rest.shapes import (
    AdministrationId,
    CustomerId,
    Page,
    TaxCodeId,
    WorkTypeId,
)

router = APIRouter(tags=["catalog"])
Cataloguer = Annotated[Call, Depends(Needs(Right.CHANGE_CATALOG))]


class AdministrationOut(AdministrationRecord):
    """A legal entity of the account."""

    id: AdministrationId


class CustomerOut(CustomerRecord):
    """A customer."""

    id: CustomerId


class TaxCodeOut(TaxCodeRecord):
    """A tax code."""

    id: TaxCodeId


class WorkTypeOut(WorkTypeRecord):
    """A work type."""

    id: WorkTypeId


ADMINISTRATIONS = Catalogued(
    "administration",
    "adm",
    Administration,
    AdministrationOut,
    save_administrations,
    {"surcharge_work_type": WorkType},
)
CUSTOMERS = Catalogued(
    "customer", "cus", Customer, CustomerOut, save_customers, {"administration": Administration}
)
TAX_CODES = Catalogued("tax code", "tax", TaxCode, TaxCodeOut, save_tax_codes, {})
WORK_TYPES = Catalogued(
    "work type", "wtp", WorkType, WorkTypeOut, save_work_types, {"tax_code": TaxCode}
)


@router.get("/administrations")
def list_administrations(call: Reader, paged: Paged, text: str = "") -> Page[AdministrationOut]:
    """List the legal entities that sell."""
    return ADMINISTRATIONS.page(call, paged, text)


@router.post("/administrations", status_code=201, response_model=AdministrationOut)
def save_administration(call: Administrator, body: AdministrationRecord) -> Response:
    """Add or change an administration."""
    return ADMINISTRATIONS.put(call, body)


@router.get("/administrations/{administration_id}")
def get_administration(call: Reader, administration_id: AdministrationId) -> AdministrationOut:
    """Return an administration."""
    with call.session() as session:
        return ADMINISTRATIONS.get(session, administration_id)


@router.get("/customers")
def list_customers(call: Reader, paged: Paged, text: str = "") -> Page[CustomerOut]:
    """List the customers."""
    return CUSTOMERS.page(call, paged, text)


@router.post("/customers", status_code=201, response_model=CustomerOut)
def save_customer(call: Cataloguer, body: CustomerRecord) -> Response:
    """Add or change a customer."""
    return CUSTOMERS.put(call, body)


@router.get("/customers/{customer_id}")
def get_customer(call: Reader, customer_id: CustomerId) -> CustomerOut:
    """Return a customer."""
    with call.session() as session:
        return CUSTOMERS.get(session, customer_id)


@router.get("/tax-codes")
def list_tax_codes(call: Reader, paged: Paged, text: str = "") -> Page[TaxCodeOut]:
    """List the tax codes."""
    return TAX_CODES.page(call, paged, text)


@router.post("/tax-codes", status_code=201, response_model=TaxCodeOut)
def save_tax_code(call: Cataloguer, body: TaxCodeRecord) -> Response:
    """Add or change a tax code."""
    return TAX_CODES.put(call, body)


@router.get("/tax-codes/{tax_code_id}")
def get_tax_code(call: Reader, tax_code_id: TaxCodeId) -> TaxCodeOut:
    """Return a tax code."""
    with call.session() as session:
        return TAX_CODES.get(session, tax_code_id)


@router.get("/work-types")
def list_work_types(call: Reader, paged: Paged, text: str = "") -> Page[WorkTypeOut]:
    """List the work types."""
    return WORK_TYPES.page(call, paged, text)


@router.post("/work-types", status_code=201, response_model=WorkTypeOut)
def save_work_type(call: Cataloguer, body: WorkTypeRecord) -> Response:
    """Add or change a work type."""
    return WORK_TYPES.put(call, body)


@router.get("/work-types/{work_type_id}")
def get_work_type(call: Reader, work_type_id: WorkTypeId) -> WorkTypeOut:
    """Return a work type."""
    with call.session() as session:
        return WORK_TYPES.get(session, work_type_id)
