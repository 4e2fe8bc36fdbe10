"""Which layout an invoice is made with (rows B23 to B28).

A run may choose another one for itself (row B44); an invoice without one is printed with the layout
of its administration. Both are looked up when it is printed.
"""

from uuid import UUID

from bordereau.errors import Refused


def layout_of_project(layout_id: UUID | None, *, alone: bool) -> UUID | None:
    """Return the layout of the project, which counts where an invoice is of one project only.

    Lines that are collected per customer may each be of another project (row B28); an instalment
    stands alone on its invoice (row B57).
    """
    return layout_id if alone else None


def check_typed_layout(origin: str) -> None:
    """Refuse a layout typed into an automatic project invoice: it has that of its project.

    It counts on invoices made by hand, and on contract invoices changed by hand (row B24).

    Raises:
        Refused: LAYOUT_OF_PROJECT.

    """
    if origin == "project":
        raise Refused(
            "LAYOUT_OF_PROJECT",
            "An automatic project invoice has the layout of its project or administration.",
            hint="Change the layout there, or choose another one for the output run.",
        )
