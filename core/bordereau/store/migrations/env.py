"""Called by Alembic: run the steps on the connection that `migrate` or `new` has opened."""

from alembic import context

from bordereau.store.base import load_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=load_tables(),
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
