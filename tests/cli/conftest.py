"""Fixtures of the command line's tests: an account of its own, and a few records to bill."""

from pathlib import Path

import pytest
from tests.fixtures.commands import Commands, Desk

FILES = {
    "tax_codes.csv": "code,name,category,rate\nBE21,btw 21 %,S,21\n",
    "administrations.csv": "code,name,country,vat_id,currency\n"
    "GENT,Netwerk BV,BE,BE0451238753,EUR\n",
    "customers.csv": "code,name,country,email,administration,delivery_mode\n"
    "ADAM,Adam BV,BE,adam@adam.example,GENT,pdf_email\n"
    "EVA,Eva BV,BE,eva@eva.example,GENT,pdf_email\n",
    "contracts.csv": "code,name,customer,administration,type,start,billing_period,timing,taxable,"
    "tax_code,quantity,rate\n"
    "K-ADAM,Beheer,ADAM,GENT,RetainerFlatFee,2026-09-01,Monthly,arrears,yes,BE21,1,100\n"
    "K-EVA,Beheer,EVA,GENT,RetainerFlatFee,2026-09-01,Monthly,arrears,yes,BE21,1,250\n",
}


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of good records: two customers with a monthly fee each."""
    folder = tmp_path_factory.mktemp("records")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def desk(commands: Commands, records: Path) -> Desk:
    """An account with the good records, rated until 15 November 2026."""
    wanted = ("--name", "Netwerk", "--region", "BE", "--time-zone", "Europe/Brussels")
    opened = commands.run("account", "open", "netwerk", *wanted, "--plan", "subscriber")
    assert opened.code == 0, opened.err
    found = Desk(commands, "netwerk")
    found.data("import", records)
    found.data("rate", "--until", "2026-11-15")
    return found
