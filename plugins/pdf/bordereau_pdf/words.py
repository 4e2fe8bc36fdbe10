"""The words of the built-in layout, in the languages it speaks."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("words")
LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
FALLBACK = "en"

Words = dict[str, Any]


def spoken(language: str) -> str:
    """Return the language the layout will speak: the wanted one, or English."""
    wanted = language[:2].lower()
    return wanted if wanted in LANGUAGES else FALLBACK


@cache
def words(language: str) -> Words:
    """Return the words of one of `LANGUAGES`."""
    found: Words = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return found
