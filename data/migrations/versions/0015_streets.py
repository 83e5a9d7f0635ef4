"""Streets, footways and what stands on them; restricted turns, closures, speeds; norms of accessibility."""

from gis.migrations import run_file

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Create the layers' tables."""
    run_file(__file__, "streets.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "streets.down.sql")
