"""Tables of proposed versions beside the layers that stand already."""

from gis.migrations import run_file

revision = "0009"
down_revision = ("0007", "0008")


def upgrade() -> None:
    """Make them."""
    run_file(__file__, "draft_twins.up.sql")


def downgrade() -> None:
    """Drop them."""
    run_file(__file__, "draft_twins.down.sql")
