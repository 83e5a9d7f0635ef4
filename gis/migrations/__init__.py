"""Migrations of the register, run by Alembic; the SQL of each stands in files beside it."""

from pathlib import Path

from alembic import context, op


def run_file(migration: str, name: str) -> None:
    """Run a file of SQL that lies beside the migration; ``{srid}`` in it becomes the city's own."""
    statements = Path(migration).with_name(name).read_text(encoding="utf-8")
    srid = int(context.config.attributes["srid"])
    op.get_bind().exec_driver_sql(statements.replace("{srid}", str(srid)).replace("%", "%%"))
