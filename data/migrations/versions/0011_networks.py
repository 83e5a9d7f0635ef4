"""Networks."""

from gis.migrations import run_file

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the layers' tables."""
    run_file(__file__, "networks.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "networks.down.sql")
