"""Text from people, made safe to set: no control characters, breakable words, grouped IBANs."""

import re
import unicodedata

LONGEST = 24
FITS_ON_A_PAGE = 1500
"""Characters that surely fit on one page; what is longer may be split over pages."""
NBSP = "\N{NO-BREAK SPACE}"
_BREAK = "\N{ZERO WIDTH SPACE}"
_LONG_WORD = re.compile(rf"[^\s{NBSP}-]{{{LONGEST + 1},}}")
_HIDDEN = {"Cc", "Cs", "Cn"}


def clean(text: str) -> str:
    """Drop control characters; tabs become spaces, line ends stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    kept = (char for char in text if char == "\n" or unicodedata.category(char) not in _HIDDEN)
    return unicodedata.normalize("NFC", "".join(kept))


def breakable(text: str) -> str:
    """Clean a text and let words longer than any hyphenation can cut break everywhere."""
    return _LONG_WORD.sub(lambda match: _BREAK.join(match.group()), clean(text))


def spaced_iban(iban: str) -> str:
    """Write an IBAN in groups of four (ISO 13616), kept on one line."""
    compact = "".join(clean(iban).split())
    return NBSP.join(compact[at : at + 4] for at in range(0, len(compact), 4))
