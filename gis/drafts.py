"""Drafts, from the day they are opened to the day they become part of the register or are given up.

The interface in one place; each topic has its own module: reading (:mod:`gis.draft`), opening and sharing
(:mod:`gis.draft_life`), editing (:meth:`gis.register.Register.perform` with ``draft=``), what a draft would change
(:mod:`gis.draft_compare`), what the register changed meanwhile (:mod:`gis.draft_rebase`), and adoption
(:mod:`gis.draft_adopt`).
"""

from gis.draft import Draft, DraftClosed, NoDraft, Overlay, by_link, find, listed, overlay, require_open
from gis.draft_adopt import adopt, check
from gis.draft_compare import Comparison, Total, compare, totals
from gis.draft_edit import Proposed
from gis.draft_invert import invert
from gis.draft_life import Step, opened, owner, proposing, share, steps, unshare, withdraw
from gis.draft_merge import Clash, Side
from gis.draft_rebase import Conflicting, DraftConflict, conflicts, rebase, revert

__all__ = [
    "Clash",
    "Comparison",
    "Conflicting",
    "Draft",
    "DraftClosed",
    "DraftConflict",
    "NoDraft",
    "Overlay",
    "Proposed",
    "Side",
    "Step",
    "Total",
    "adopt",
    "by_link",
    "check",
    "compare",
    "conflicts",
    "find",
    "invert",
    "listed",
    "opened",
    "overlay",
    "owner",
    "proposing",
    "rebase",
    "require_open",
    "revert",
    "share",
    "steps",
    "totals",
    "unshare",
    "withdraw",
]
