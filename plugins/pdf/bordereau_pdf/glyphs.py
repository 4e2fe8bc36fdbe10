"""Characters that no font shows: found when typst refuses a document, then replaced by a box.

The standards forbid a document with a missing glyph. Nobody is helped by an invoice that cannot be
made because of one emoji, so the character becomes a visible box and the log says which it was.
"""

from bordereau.contract import RenderError
from bordereau_pdf.job import Job
from bordereau_pdf.pool import Pool

BOX = "\N{WHITE SQUARE}"
REFUSAL = "could not be displayed with font"


class Glyphs:
    """What is known about the characters met so far; any number of threads may ask."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._shown: dict[str, bool] = {}

    def missing(self, text: str) -> set[str]:
        """Return the characters of a text that are known to have no glyph."""
        return {char for char in set(text) if not self._shown.get(char, True)}

    def learn(self, text: str) -> None:
        """Try each character of a text that was not met before."""
        for char in set(text) - self._shown.keys():
            self._shown[char] = not char.isprintable() or self._try(char)

    def _try(self, char: str) -> bool:
        try:
            self._pool.render(Job(main="probe.typ", inputs={"text": char}))
        except RenderError as error:
            if is_refusal(error):
                return False
            raise
        return True


def is_refusal(error: RenderError) -> bool:
    """Tell whether a document failed because a character has no glyph."""
    return error.code == "RENDER_FAILED" and REFUSAL in str(error)


def boxed(text: str, missing: set[str]) -> str:
    """Replace characters by boxes."""
    return text.translate({ord(char): BOX for char in missing})
