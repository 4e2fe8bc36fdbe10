"""The description of the API as it is kept in the repository.

`python -m tests.docs.description` writes it anew to docs/openapi.json, where changes of it are seen
in review; a test compares.
"""

import json
from pathlib import Path

from bordereau_api.app import build_app

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"


def described() -> str:
    """Return the description of this version."""
    return json.dumps(build_app().openapi(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the description of this version."""
    FILE.write_text(described(), encoding="utf-8")


if __name__ == "__main__":
    main()
