"""The city in three dimensions: objects, terrain, built tiles."""

from gis.migrations import run_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the layer's tables, those of the terrain, and the cache of tiles."""
    run_file(__file__, "city3d.up.sql")
    run_file(__file__, "terrain.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "terrain.down.sql")
    run_file(__file__, "city3d.down.sql")
