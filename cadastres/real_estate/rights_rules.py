"""Every rule on units, rights, encumbrances and parties, in the order in which they are told."""

from typing import Final

from cadastres.real_estate import encumbrance_rules, guards, party_rules, place_rules, share_rules
from gis.rules import Rule

RULES: Final[tuple[Rule, ...]] = (
    *share_rules.RULES,
    *party_rules.RULES,
    *encumbrance_rules.RULES,
    *place_rules.RULES,
    *guards.RULES,
)
"""Every rule of rights."""
