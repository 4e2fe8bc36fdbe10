"""Reading the documentation: its blocks of commands, and what they are to print."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|sql|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END = "---- end of block {} ----"


@dataclass
class Block:
    """Commands of a page, and the text that follows as what they print."""

    commands: str
    printed: str = ""


def blocks(page: str) -> list[Block]:
    """Return the blocks of shell commands of a page, in their order."""
    found: list[Block] = []
    for language, text in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
        if language == "sh":
            found.append(Block(text))
        elif language == "text" and found:
            found[-1].printed = text
    return found


def statements(page: str) -> str:
    """Return the SQL of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return "\n".join(body for language, body in BLOCK.findall(text) if language == "sql")


def follow(
    steps: list[Block], folder: Path, environment: Mapping[str, str], seconds: int
) -> list[str]:
    """Run the blocks in one shell, as somebody would who types them; return what each printed."""
    words = "\n".join(f"{one.commands}\necho {END.format(n)!r}" for n, one in enumerate(steps))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", words],
        cwd=folder,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    told, rest = [], done.stdout
    for number in range(len(steps)):
        printed, _, rest = rest.partition(END.format(number) + "\n")
        told.append(printed)
    return told


def prints(wanted: str, got: str) -> bool:
    """Compare, where `…` stands for anything and white space for white space."""
    return OutputChecker().check_output(
        wanted.replace("…", "..."), got, ELLIPSIS | NORMALIZE_WHITESPACE
    )
