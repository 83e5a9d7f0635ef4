"""The one place where the register's layers, rules and followers are listed.

The order of the layers is the order in which a city is loaded: what others lie in or refer to comes first.
"""

from typing import Final

from cadastres.address.followers import FOLLOWERS as ADDRESS_FOLLOWERS
from cadastres.address.model import LAYERS as ADDRESS_LAYERS
from cadastres.address.rules import RULES as ADDRESS_RULES
from cadastres.environment.model import GREEN_AREA, WATER_BODY
from cadastres.land.model import LAYERS as LAND_LAYERS
from cadastres.land.rules import RULES as LAND_RULES
from cadastres.real_estate.followers import FOLLOWERS as REAL_ESTATE_FOLLOWERS
from cadastres.real_estate.model import LAYERS as REAL_ESTATE_LAYERS
from cadastres.real_estate.rights_model import LAYERS as RIGHTS_LAYERS
from cadastres.real_estate.rights_rules import RULES as RIGHTS_RULES
from cadastres.real_estate.rules import RULES as REAL_ESTATE_RULES
from cadastres.urban_planning.model import LAND_USE
from gis.act import Follower
from gis.layer import Layers
from gis.lineage import lineage_rules
from gis.references import reference_rules
from gis.rules import Rule

LAYERS: Final = Layers((
    *LAND_LAYERS,
    *ADDRESS_LAYERS,
    *REAL_ESTATE_LAYERS,
    *RIGHTS_LAYERS,
    LAND_USE,
    WATER_BODY, GREEN_AREA,
))  # fmt: skip

RULES: Final[tuple[Rule, ...]] = (
    *lineage_rules(LAYERS),
    *reference_rules(LAYERS),
    *LAND_RULES,
    *ADDRESS_RULES,
    *REAL_ESTATE_RULES,
    *RIGHTS_RULES,
)

FOLLOWERS: Final[tuple[Follower, ...]] = (*ADDRESS_FOLLOWERS, *REAL_ESTATE_FOLLOWERS)
