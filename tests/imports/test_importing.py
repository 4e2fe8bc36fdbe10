"""Importing files: every bad record is named, no good one is lost, and nothing happens twice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bordereau.catalog.tables import Contract, Customer, TaxCode
from bordereau.errors import Forbidden, Invalid, NotFound
from bordereau.imports import FileReport, import_file, import_folder
from bordereau.store import Database
from bordereau.tenancy import Actor
from bordereau.tenancy.tables import AuditEvent
from bordereau.values.ids import TenantId

OWNER = Actor.installation("owner")
Import = Callable[..., FileReport]


@pytest.fixture
def imported(database: Database, tenant_id: TenantId, tmp_path: Path) -> Import:
    """Write and import a file: `imported("customers", "code,name,country", "A,B,FR")`."""

    def run(kind: str, *lines: str, actor: Actor = OWNER) -> FileReport:
        path = tmp_path / f"{kind}.csv"
        path.write_text("\n".join((*lines, "")), encoding="utf-8")
        return import_file(database, tenant_id, path, kind, actor=actor)

    return run


def faults(report: FileReport) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, one.code) for one in report.faults]


def counts(report: FileReport) -> tuple[int, int, int, int]:
    return report.read, report.created, report.changed, report.unchanged


def test_the_same_file_again_changes_nothing(imported: Import) -> None:
    lines = ("code,name,country,city", "A,Anna,FR,Lyon", "B,Bert,BE,Gent")
    assert counts(imported("customers", *lines)) == (2, 2, 0, 0)
    assert counts(imported("customers", *lines)) == (2, 0, 0, 2)
    assert counts(imported("customers", *lines[:2], "B,Bert,BE,Brugge")) == (2, 0, 1, 1)


def test_columns_that_a_file_lacks_stay_and_empty_cells_are_emptied(
    imported: Import, database: Database, tenant_id: TenantId
) -> None:
    imported("customers", "code,name,country,city,phone", "A,Anna,FR,Lyon,123")
    imported("customers", "code,name,country,city", "A,Anna,FR,")
    with database.tenant(tenant_id) as session:
        customer = session.scalars(select(Customer)).one()
    assert (customer.city, customer.phone) == ("", "123")


def test_good_records_are_kept_beside_bad_ones(imported: Import) -> None:
    report = imported(
        "tax_codes",
        "code,name,rate",
        "A,Good,20",
        ",No code,20",
        "C,No number,twenty",
        "D,Too much,120",
        "E,Negative,-1",
        "A,Again,20",
        "F,Good,5.5",
        "G,Cells",
    )
    assert counts(report) == (8, 2, 0, 0)
    assert faults(report) == [
        (3, "code", "VALUE_MISSING"),
        (4, "rate", "BAD_NUMBER"),
        (5, "rate", "TOO_LARGE"),
        (6, "rate", "NEGATIVE"),
        (7, "", "DUPLICATE_KEY"),
        (9, "", "CELL_COUNT"),
    ]
    assert all(one.message for one in report.faults)


def test_every_fault_of_a_line_is_named_at_once(imported: Import) -> None:
    report = imported("customers", "code,name,country,email,currency", "A,,XX,nobody,EURO")
    assert faults(report) == [
        (2, "country", "UNKNOWN_COUNTRY"),
        (2, "currency", "UNKNOWN_CURRENCY"),
        (2, "email", "BAD_EMAIL"),
        (2, "name", "VALUE_MISSING"),
    ]


def test_a_missing_column_stops_the_file_an_unknown_one_does_not(imported: Import) -> None:
    missing = imported("customers", "code,country", "A,FR")
    assert (faults(missing), missing.created) == ([(1, "name", "COLUMN_MISSING")], 0)
    twice = imported("customers", "code,name,name,country", "A,B,C,FR")
    assert (faults(twice), twice.created) == ([(1, "name", "COLUMN_TWICE")], 0)
    unknown = imported("customers", "code,name,country,mood", "A,B,FR,fine")
    assert (faults(unknown), unknown.created) == ([(1, "mood", "UNKNOWN_COLUMN")], 1)


def test_a_decimal_comma_is_read_between_semicolons(
    imported: Import, database: Database, tenant_id: TenantId
) -> None:
    imported("tax_codes", "code;name;rate", "A;Réduit;5,5")
    refused = imported("tax_codes", "code,name,rate", 'B,Reduced,"5,5"')
    assert faults(refused) == [(2, "rate", "BAD_NUMBER")]
    with database.tenant(tenant_id) as session:
        assert str(session.scalar(select(TaxCode.rate))) == "5.500000"


def test_unknown_references_are_named(imported: Import) -> None:
    report = imported(
        "contracts",
        "code,name,customer,administration,type,start,billing_period,taxable,primary_rate",
        "K,Name,NOBODY,NOWHERE,Hourly,2026-01-01,Monthly,no,80",
    )
    assert faults(report) == [(2, "customer", "UNKNOWN_CUSTOMER")]


@pytest.mark.row("A2", "A10")
@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("Hourly,Monthly,,,,80,", "", ""),
        ("Hourly,OnDemand,,,,80,", "", ""),
        ("RetainerFlatFee,OnDemand,,1,10,,", "billing_period", "PERIOD_NOT_ALLOWED"),
        ("Hourly,Sometimes,,,,80,", "billing_period", "BAD_CHOICE"),
        ("Weekly,Monthly,,,,80,", "type", "BAD_CHOICE"),
        ("Hourly,Monthly,advance,,,80,", "timing", "TIMING_NOT_ALLOWED"),
        ("Hourly,Monthly,,,,,", "primary_rate", "BAD_TERMS"),
        ("Hourly,Monthly,,,,-1,", "primary_rate", "BAD_TERMS"),
        ("Hourly,Monthly,,1,10,80,", "quantity", "BAD_TERMS"),
        ("RemoteMonitoring,Monthly,,,,,PC|Mac", "count_by", "BAD_TERMS"),
    ],
)
def test_a_contract_has_the_terms_of_its_type(
    imported: Import, line: str, column: str, code: str
) -> None:
    imported("administrations", "code,name,country", "ADM,Seller,FR")
    imported("customers", "code,name,country", "CUS,Buyer,FR")
    header = "code,name,customer,administration,start,taxable,type,billing_period,timing,quantity"
    report = imported(
        "contracts",
        f"{header},rate,primary_rate,count_by,rate_per_device",
        f"K,Name,CUS,ADM,2026-01-01,no,{line},{'9' if 'Remote' in line else ''}",
    )
    assert faults(report) == ([(2, column, code)] if code else [])
    assert report.created == (0 if code else 1)


@pytest.mark.row("A10")
@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ("2026-06-11=12x29.00|2027-01-01=12x31", []),
        ("2026-06-11=12", [(2, "changes.0.rate", "BAD_TERMS")]),
        ("soon=12x29", [(2, "changes.0.valid_from", "BAD_TERMS")]),
    ],
)
def test_a_fee_changes_on_the_days_that_the_file_names(
    imported: Import, database: Database, tenant_id: TenantId, changes: str, fault: list[object]
) -> None:
    imported("administrations", "code,name,country", "ADM,Seller,FR")
    imported("customers", "code,name,country", "CUS,Buyer,FR")
    report = imported(
        "contracts",
        "code,name,customer,administration,start,taxable,type,billing_period,quantity,rate,changes",
        f"K,Name,CUS,ADM,2026-01-01,no,RetainerFlatFee,Monthly,10,29,{changes}",
    )
    assert faults(report) == fault
    if not fault:
        with database.tenant(tenant_id) as session:
            terms = session.scalars(select(Contract.terms)).one()
        assert [one["rate"] for one in terms["changes"]] == ["29", "31"]


def test_more_than_a_thousand_records_are_kept_in_chunks(
    imported: Import, database: Database, tenant_id: TenantId
) -> None:
    lines = [f"C{n},Customer {n},FR" for n in range(2_500)]
    lines[1_700] = "C1700,,FR"
    report = imported("customers", "code,name,country", *lines)
    assert counts(report) == (2_500, 2_499, 0, 0)
    assert faults(report) == [(1_702, "name", "VALUE_MISSING")]
    with database.tenant(tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 2_499
        event = session.scalars(select(AuditEvent)).one()
    assert event.details == {
        "read": 2_500,
        "created": 2_499,
        "changed": 0,
        "unchanged": 0,
        "faults": 1,
    }


def test_an_import_needs_the_right_to_it(imported: Import) -> None:
    with pytest.raises(Forbidden):
        imported("customers", "code,name,country", actor=Actor("x", frozenset({"record"})))


def test_a_folder_with_an_unknown_file_is_refused_before_anything_is_read(
    database: Database, tenant_id: TenantId, tmp_path: Path
) -> None:
    (tmp_path / "customers.csv").write_text("code,name,country\nA,B,FR\n")
    (tmp_path / "custmers.csv").write_text("code,name,country\nA,B,FR\n")
    with pytest.raises(Invalid) as refused:
        import_folder(database, tenant_id, tmp_path, actor=OWNER)
    assert refused.value.code == "UNKNOWN_FILE"
    with database.tenant(tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Customer)) == 0
    with pytest.raises(NotFound):
        import_folder(database, tenant_id, tmp_path / "nowhere", actor=OWNER)
