"""The charge flag of a cost line, from project over work type to the line itself (B6)."""

from bordereau.errors import Invalid


def charge_flag(
    *, project: bool, work_type: bool, line: bool | None = None, may_deviate: bool = False
) -> bool:
    """Return whether a cost line is charged (AFAS Pro_Prjct, Pro_Config_Inv_Projct).

    Args:
        project: off means that nothing of the project is ever charged.
        work_type: decides, if the project is on.
        line: what was chosen on the line; None if nothing was.
        may_deviate: whether the choice on the line counts.

    """
    if not project:
        return False
    return line if line is not None and may_deviate else work_type


def check_instalments(*, charge: bool, instalments: bool) -> None:
    """Refuse instalments on a project that is not charged.

    Raises:
        Invalid: INSTALMENTS_NEED_CHARGE.

    """
    if instalments and not charge:
        raise Invalid(
            "INSTALMENTS_NEED_CHARGE",
            "A project that is not charged cannot have instalments.",
            where="instalments",
            hint="Switch Charge on first.",
        )
