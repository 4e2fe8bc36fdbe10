"""${message}."""
<%text># ruff: noqa: E501, S608 - this file was written by a tool</%text>

import sqlalchemy as sa
from alembic import op
${imports}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Take this step."""
    ${upgrades}
