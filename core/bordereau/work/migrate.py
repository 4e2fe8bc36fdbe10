"""Bring the engine's own tables (schema `dbos`) up to date."""

from dbos import DBOS, SQLAlchemyDatasource


def migrate(owner_url: str, app_role: str) -> None:
    """Create or update the engine's tables as their owner and let `app_role` use them.

    Harmless when repeated. Workers never migrate: they refuse to start on older tables.
    """
    DBOS.migrate(owner_url, application_role=app_role)
    SQLAlchemyDatasource.migrate(owner_url, application_role=app_role)
