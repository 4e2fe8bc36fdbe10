"""Bring the engine's own tables (schema `dbos`) up to date."""


def migrate(owner_url: str, app_role: str) -> None:
    """Create or update the engine's tables as their owner and let `app_role` use them.

    Harmless when repeated. Workers never migrate: they refuse to start on older tables.
    """
    from dbos import DBOS, SQLAlchemyDatasource  # noqa: PLC0415 - heavy, and only this needs it

    DBOS.migrate(owner_url, application_role=app_role)
    SQLAlchemyDatasource.migrate(owner_url, application_role=app_role)
