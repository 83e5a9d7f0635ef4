"""Every rule of the environmental cadastre."""

from typing import Final

from cadastres.environment import site_rules, water_rules, zone_rules

RULES: Final = (*zone_rules.RULES, *water_rules.RULES, *site_rules.RULES)
"""In the order of the rule book."""
