"""Reports from the field with their photographs; an index by which speeds told long ago cost nothing."""

from gis.migrations import run_file

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the tables of reports, and the index of speeds."""
    run_file(__file__, "live.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "live.down.sql")
