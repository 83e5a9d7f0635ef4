"""Search of addresses: how names are folded, and every spelling by which a place was ever known."""

from gis.migrations import run_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the functions that fold and read what people write, and the table of spellings."""
    run_file(__file__, "address_search.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "address_search.down.sql")
