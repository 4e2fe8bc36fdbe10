"""Commands that are imported when they are called.

The database layer takes longer to import than `--help` takes to answer, so the list of commands
knows of each only its name, a line of help and where it is.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

PACKAGE = "bordereau_api.cli"


class LateCommand(TyperCommand):
    """Stands in the list for a command, or for a group of them, until it is called."""

    def __init__(self, name: str, where: str, help_line: str) -> None:
        """Say where the command is: `module:name` of its function or its group."""
        super().__init__(name=name, help=help_line)
        self.name, self.where = name, where

    def load(self) -> Any:
        """Import the command itself."""
        module, _, name = self.where.partition(":")
        found = getattr(import_module(f"{PACKAGE}.{module}"), name)
        return get_command(found if isinstance(found, typer.Typer) else self._alone(found))

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Read the words as the command itself does; the context then goes on with that."""
        return self.load().make_context(info_name, args, parent=parent, **extra)

    def _alone(self, function: Callable[..., None]) -> typer.Typer:
        app = typer.Typer(add_completion=False)
        app.command(self.name)(function)
        return app


def group_of(commands: Sequence[LateCommand]) -> type[TyperGroup]:
    """Make the class of a group that has these commands."""

    class LateGroup(TyperGroup):
        """A group whose commands are imported when they are called."""

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            for one in commands:
                self.add_command(one)

    return LateGroup
