"""Drafts: named sets of proposed changes over the register, and beside each layer a table of what they propose."""

from gis.migrations import run_file

revision = "0008"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables of drafts, and what makes a layer's table of proposed versions."""
    run_file(__file__, "drafts.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "drafts.down.sql")
