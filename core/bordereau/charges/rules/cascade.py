"""The charge flag of a cost line (B6): the project above all, then the line, then the work type."""


def line_flag(*, work_type: bool, line: bool | None = None, may_deviate: bool = False) -> bool:
    """Return whether a cost line is to be charged as long as its project is.

    The project's own switch is looked at whenever readiness is (`charges.holds`), so it counts for
    every line, however old, and switching it on again leaves each line as it was entered (AFAS
    Pro_Prjct, Pro_Config_Inv_Projct).

    Args:
        work_type: decides, if the line does not.
        line: what was chosen on the line; None if nothing was.
        may_deviate: whether the choice on the line counts.

    """
    return line if line is not None and may_deviate else work_type
