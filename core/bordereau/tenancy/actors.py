"""Who acts: every use-case that changes something is told, and asks for the right."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from bordereau.errors import Forbidden
from bordereau.tenancy.rights import ALL_RIGHTS


@dataclass(frozen=True, slots=True)
class Actor:
    """A user or a program, and what it may do.

    Attributes:
        name: as the audit trail shows it, for a user the e-mail address.
        rights: names of rights (`tenancy.rights.Right`).
        user_id: the user; None for the installation itself.

    """

    name: str
    rights: frozenset[str]
    user_id: UUID | None = None

    @classmethod
    def installation(cls, name: str) -> Self:
        """Return the actor for whoever holds the machine: the command line and its jobs."""
        return cls(name, frozenset(ALL_RIGHTS))

    def may(self, right: str) -> bool:
        """Say whether the actor holds the right."""
        return right in self.rights

    def must(self, right: str) -> None:
        """Go on only with the right.

        Raises:
            Forbidden: RIGHT_MISSING.

        """
        if right not in self.rights:
            raise Forbidden(
                "RIGHT_MISSING",
                f"{self.name} does not have the right {right}.",
                hint="Ask an administrator of the account for it.",
                details={"right": str(right)},
            )
