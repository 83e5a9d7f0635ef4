"""Plans."""

from gis.migrations import run_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the layers' tables."""
    run_file(__file__, "plans.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "plans.down.sql")
