"""What a person may ask of an output run."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class OutputOptions(BaseModel):
    """How invoices leave; stored with the order, so that a retry follows the same wish.

    Attributes:
        customers: whether they go to their customers; off for an export alone.
        mode: the alternative for all (row B38); without it each customer's preference decides.
        destinations: connections to export to; None for all automatic ones (row A47).
        save_in_folder: file each one in its customer's folder (row B46), whatever the customer
            prefers.
        layout_id: another look for this run (row B44); only with an alternative mode.
        again: deliver anew what was delivered before; without it nothing happens twice.

    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    customers: bool = True
    mode: str | None = None
    destinations: tuple[UUID, ...] | None = None
    save_in_folder: bool = False
    layout_id: UUID | None = None
    again: bool = False
