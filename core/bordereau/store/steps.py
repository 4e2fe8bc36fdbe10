"""The migration steps that this version of the code knows, read from the names of their files."""

from pathlib import Path

from bordereau.errors import SetupError

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def known_steps() -> list[str]:
    """Name every step, in the order in which they are taken."""
    return sorted(file.name.partition("_")[0] for file in VERSIONS.glob("*.py"))


def head() -> str:
    """Name the last step."""
    return known_steps()[-1]


def refuse_newer(step: str | None) -> None:
    """Refuse a database whose step this version of the code does not know.

    Raises:
        SetupError: `SCHEMA_TOO_NEW`.

    """
    if step is not None and step not in known_steps():
        raise SetupError(
            "SCHEMA_TOO_NEW",
            f"The database is at step {step}, which this version does not know.",
            hint="Install the version of Bordereau that made it, or a newer one.",
        )
