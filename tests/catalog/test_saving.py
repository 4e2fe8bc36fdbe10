"""Saving catalog records by their code, singly and in bulk."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from tests.fixtures.books import Books
from tests.fixtures.statements import Counting

from bordereau.catalog import (
    AdministrationRecord,
    CustomerRecord,
    TaxCodeRecord,
    WorkTypeRecord,
    by_code,
    faults_of,
    save_administrations,
)
from bordereau.catalog.tables import Customer, TaxCode, WorkType
from bordereau.charges import save_customers, save_tax_codes, save_work_types
from bordereau.errors import NotFound
from bordereau.store import TenantSession


def codes(model: Any, **values: Any) -> list[tuple[str, str]]:
    """Return what is wrong with a record: field and code."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        return [(one.column, one.code) for one in faults_of(1, error)]
    return []


def customer(**values: Any) -> CustomerRecord:
    return CustomerRecord.model_validate({"code": "C1", "name": "Anna", "country": "FR"} | values)


def test_records_are_added_changed_and_left_alone(session: TenantSession) -> None:
    first = save_customers(session, {1: customer(city="Lyon", phone="1")})
    assert (first.created, len(first.ids)) == (1, 1)
    second = save_customers(session, {1: customer(city="Gent"), 2: customer(code="C2")})
    assert (second.created, second.changed) == (1, 1)
    third = save_customers(session, {1: customer(city="Gent")})
    assert (third.unchanged, third.ids) == (1, [])
    session.expire_all()
    found = by_code(session, Customer, "C1")
    assert (found.city, found.phone, found.id) == ("Gent", "1", first.ids[0])


def test_a_code_that_does_not_exist_is_not_found(session: TenantSession) -> None:
    with pytest.raises(NotFound):
        by_code(session, Customer, "NONE")


def test_other_things_are_named_by_their_codes(session: TenantSession, books: Books) -> None:
    save_tax_codes(session, {1: TaxCodeRecord(code="FR20", name="TVA", rate=Decimal(20))})
    good = WorkTypeRecord(code="W1", name="Work", tax_code="FR20")
    bad = WorkTypeRecord(code="W2", name="Work", tax_code="FR19")
    saved = save_work_types(session, {1: good, 2: bad})
    assert saved.created == 1
    assert [(one.line, one.column, one.code) for one in saved.faults] == [
        (2, "tax_code", "UNKNOWN_TAX_CODE")
    ]
    tax_code = by_code(session, TaxCode, "FR20")
    assert session.scalar(select(WorkType.tax_code_id)) == tax_code.id
    administration = AdministrationRecord(
        code="A", name="Seller", country="FR", surcharge_work_type="W1"
    )
    assert save_administrations(session, {1: administration}).created == 1


def test_a_reference_can_be_taken_away(session: TenantSession) -> None:
    save_tax_codes(session, {1: TaxCodeRecord(code="FR20", name="TVA", rate=Decimal(20))})
    save_work_types(session, {1: WorkTypeRecord(code="W1", name="Work", tax_code="FR20")})
    without = WorkTypeRecord(code="W1", name="Work", tax_code=None)
    assert save_work_types(session, {1: without}).changed == 1
    assert session.scalar(select(WorkType.tax_code_id)) is None


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"name": " "}, ("name", "VALUE_MISSING")),
        ({"country": "ZZ9"}, ("country", "UNKNOWN_COUNTRY")),
        ({"country": "fr"}, ("country", "UNKNOWN_COUNTRY")),
        ({"currency": "EURO"}, ("currency", "UNKNOWN_CURRENCY")),
        ({"email": "a@b.example, c@d.example"}, ("email", "BAD_EMAIL")),
        ({"email": "a@b.example\nBcc: x@y.example"}, ("email", "BAD_EMAIL")),
        ({"email": "nobody"}, ("email", "BAD_EMAIL")),
        ({"delivery_mode": "pigeon"}, ("delivery_mode", "BAD_CHOICE")),
        ({"split_percent": "101"}, ("split_percent", "TOO_LARGE")),
        ({"payment_days": "-1"}, ("payment_days", "NEGATIVE")),
        ({"payment_days": "soon"}, ("payment_days", "BAD_NUMBER")),
        ({"mood": "fine"}, ("mood", "UNKNOWN_COLUMN")),
        ({"code": "A\x07"}, ("code", "BAD_VALUE")),
    ],
)
def test_each_fault_of_a_customer_has_its_code(
    values: dict[str, str], fault: tuple[str, str]
) -> None:
    plain = {"code": "C1", "name": "Anna", "country": "FR"}
    assert codes(CustomerRecord, **plain) == []
    assert codes(CustomerRecord, **plain | values) == [fault]


@pytest.mark.parametrize(
    ("iban", "fault"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", []),
        ("FR7630006000011234567890188", [("iban", "BAD_IBAN")]),
        ("FR76", [("iban", "BAD_IBAN")]),
        ("money", [("iban", "BAD_IBAN")]),
    ],
)
def test_an_iban_must_add_up(iban: str, fault: list[tuple[str, str]]) -> None:
    assert codes(AdministrationRecord, code="A", name="S", country="FR", iban=iban) == fault


def test_only_standard_rates_are_above_zero() -> None:
    zero = {"code": "Z", "name": "Zero", "category": "AE"}
    assert codes(TaxCodeRecord, **zero, rate="0") == []
    assert codes(TaxCodeRecord, **zero, rate="20") == [("rate", "RATE_NOT_ZERO")]


def test_a_thousand_records_need_as_many_statements_as_ten(
    session: TenantSession, counting: Counting
) -> None:
    def some(start: int, number: int, city: str) -> dict[int, CustomerRecord]:
        return {n: customer(code=f"C{n}", city=city) for n in range(start, start + number)}

    with counting() as few:
        save_customers(session, some(0, 10, "Lyon"))
    with counting() as many:
        save_customers(session, some(10, 1000, "Lyon"))
    with counting() as changed:
        save_customers(session, some(0, 1010, "Gent"))
    assert len(many) <= len(few) <= 6
    assert len(changed) <= 8
