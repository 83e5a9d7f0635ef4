"""The layers of the five cadastres: land, address, real estate, urban planning, environment."""

from gis.migrations import run_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the layers' tables."""
    run_file(__file__, "layers.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "layers.down.sql")
