"""Waters by reach, protective zones, protected areas, hazards, monitoring; and what the stations measure."""

from gis.migrations import run_file

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the layers' tables and those of observations."""
    run_file(__file__, "environment.up.sql")
    run_file(__file__, "observations.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "observations.down.sql")
    run_file(__file__, "environment.down.sql")
