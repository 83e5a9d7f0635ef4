"""Documents that the register has issued: what was asked, and the very bytes that were given out."""

from gis.migrations import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables of issued documents."""
    run_file(__file__, "documents.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "documents.down.sql")
