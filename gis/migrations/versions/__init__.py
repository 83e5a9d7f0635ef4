"""Revisions, run in order by Alembic."""
