"""Applications at the counter: what reserves which features, and in the closed schema who applied with what."""

from gis.migrations import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables of applications."""
    run_file(__file__, "applications.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "applications.down.sql")
