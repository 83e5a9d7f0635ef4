"""Personal data behind a login of its own, the log of looks at it, and acts that are recorded once."""

from gis.migrations import run_file

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    """Create the confidant's login, the access log and the acts' fingerprints."""
    run_file(__file__, "confidence.up.sql")


def downgrade() -> None:
    """Drop the log and the fingerprints; the login stays, for other databases' sake."""
    run_file(__file__, "confidence.down.sql")
