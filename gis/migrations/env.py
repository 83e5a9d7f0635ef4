"""Alembic's environment: it runs on the connection that :func:`gis.database.migrate` hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], version_table="migration", version_table_schema="public"
)
with context.begin_transaction():
    context.run_migrations()
