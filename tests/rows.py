"""Which features are proven: `python -m tests.rows` prints the rows that no passing test carries.

Rows are lines of `tests/rows.tsv`; a test names those it proves with `@pytest.mark.row("A21")`.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROWS = Path(__file__).with_name("rows.tsv")


class Proof:
    """Collects, during a test run, which tests carry which rows and how they ended."""

    def __init__(self) -> None:
        self.carried: dict[str, set[str]] = defaultdict(set)
        self.failed: set[str] = set()
        self.passed: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note which rows each test carries."""
        for item in items:
            for mark in item.iter_markers("row"):
                for row in mark.args:
                    self.carried[row].add(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how each test ended; a skipped test proves nothing."""
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def proves(self, row: str) -> bool:
        """Tell whether tests carry the row and all that ran have passed."""
        tests = self.carried[row]
        return bool(tests & self.passed) and not tests & self.failed


def read_rows() -> dict[str, str]:
    """Return the name of each row by its id, in the order of the list."""
    with ROWS.open(encoding="utf-8", newline="") as lines:
        return {
            row["id"]: row["english_field_term"]
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        }


def main() -> int:
    """Run the tests that carry a row and print the rows that nothing proves."""
    rows, proof = read_rows(), Proof()
    code = pytest.main(["-q", "--no-header", "-p", "no:cacheprovider"], plugins=[proof])
    if unknown := sorted(set(proof.carried) - set(rows)):
        print(f"Tests name rows that do not exist: {', '.join(unknown)}")  # noqa: T201 - a command
    missing = [row for row in rows if not proof.proves(row)]
    for row in missing:
        print(f"{row}\t{rows[row]}")  # noqa: T201
    print(f"{len(rows) - len(missing)} of {len(rows)} rows are proven")  # noqa: T201
    return int(bool(unknown) or code not in (0, 5))


if __name__ == "__main__":
    sys.exit(main())
