"""Works."""

from gis.migrations import run_file

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the layers' tables."""
    run_file(__file__, "works.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "works.down.sql")
