"""Texts on their way into a spreadsheet."""

# What makes a spreadsheet read a text as a formula (OWASP ASVS 5, 1.2.10), the full-width forms of
# the same signs, and a line feed, which some programs skip.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_SUSPECT = frozenset((*_FORMULA, " "))


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: such a one gets a leading quote."""
    if text[:1] not in _SUSPECT:
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
