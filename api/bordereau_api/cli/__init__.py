"""The command line: every job an operator or a script needs, over the same services.

Data goes to standard output, talk to standard error; `--json` writes data for programs. Exit codes:
0 done, 1 refused or failed, 2 wrong usage, 3 done in part.
"""

from bordereau_api.cli.main import app

__all__ = ["app"]
