"""The layers of the legal registers: named places, premises, units, rights, and the closed schema of parties."""

from gis.migrations import run_file

revision = "0004"
down_revision = ("0002", "0003")


def upgrade() -> None:
    """Create the new layers' tables, and add to those that stand."""
    run_file(__file__, "legal_registers.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "legal_registers.down.sql")
