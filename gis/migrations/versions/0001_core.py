"""The register's spine: changesets, ledger, lineage, violations, tokens, guards and logins."""

from gis.migrations import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the schema ``qala``."""
    run_file(__file__, "core.up.sql")


def downgrade() -> None:
    """Drop the schema ``qala``; the logins stay, for other databases' sake."""
    run_file(__file__, "core.down.sql")
