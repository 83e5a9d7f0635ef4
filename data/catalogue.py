"""The one place where the register's layers, rules and followers are listed.

The order of the layers is the order in which a city is loaded: what others lie in or refer to comes first.
"""

from typing import Final

from cadastres.address.followers import FOLLOWERS as ADDRESS_FOLLOWERS
from cadastres.address.model import LAYERS as ADDRESS_LAYERS
from cadastres.address.rules import RULES as ADDRESS_RULES
from cadastres.environment.followers import FOLLOWERS as ENVIRONMENT_FOLLOWERS
from cadastres.environment.model import LAYERS as ENVIRONMENT_LAYERS
from cadastres.environment.monitoring_model import LAYERS as MONITORING_LAYERS
from cadastres.environment.rules import RULES as ENVIRONMENT_RULES
from cadastres.environment.zone_model import LAYERS as PROTECTIVE_ZONE_LAYERS
from cadastres.land.model import LAYERS as LAND_LAYERS
from cadastres.land.rules import RULES as LAND_RULES
from cadastres.real_estate.followers import FOLLOWERS as REAL_ESTATE_FOLLOWERS
from cadastres.real_estate.model import LAYERS as REAL_ESTATE_LAYERS
from cadastres.real_estate.rights_model import LAYERS as RIGHTS_LAYERS
from cadastres.real_estate.rights_rules import RULES as RIGHTS_RULES
from cadastres.real_estate.rules import RULES as REAL_ESTATE_RULES
from cadastres.urban_planning.auction_bid_rules import RULES as AUCTION_BID_RULES
from cadastres.urban_planning.auction_model import LAYERS as AUCTION_LAYERS
from cadastres.urban_planning.auction_rules import RULES as AUCTION_RULES
from cadastres.urban_planning.city3d_model import LAYERS as CITY3D_LAYERS
from cadastres.urban_planning.city3d_rules import RULES as CITY3D_RULES
from cadastres.urban_planning.construction_equity_rules import RULES as EQUITY_RULES
from cadastres.urban_planning.construction_followers import FOLLOWERS as CONSTRUCTION_FOLLOWERS
from cadastres.urban_planning.construction_model import LAYERS as CONSTRUCTION_LAYERS
from cadastres.urban_planning.construction_rules import RULES as CONSTRUCTION_RULES
from cadastres.urban_planning.followers import FOLLOWERS as PLAN_FOLLOWERS
from cadastres.urban_planning.line_model import LAYERS as REGULATION_LINE_LAYERS
from cadastres.urban_planning.model import LAND_USE
from cadastres.urban_planning.network_model import LAYERS as NETWORK_LAYERS
from cadastres.urban_planning.network_rules import RULES as NETWORK_RULES
from cadastres.urban_planning.plan_model import LAYERS as PLAN_LAYERS
from cadastres.urban_planning.rules import RULES as PLAN_RULES
from cadastres.urban_planning.street_followers import FOLLOWERS as STREET_FOLLOWERS
from cadastres.urban_planning.street_rules import RULES as STREET_RULES
from cadastres.urban_planning.streets import LAYERS as STREET_LAYERS
from cadastres.urban_planning.streets import STREETS as CITY_STREETS
from gis.act import Follower
from gis.layer import Layers
from gis.lineage import lineage_rules
from gis.references import reference_rules
from gis.rules import Rule
from gis.streets import Streets

LAYERS: Final = Layers((
    *LAND_LAYERS,
    *ADDRESS_LAYERS,
    *REAL_ESTATE_LAYERS,
    *RIGHTS_LAYERS,
    LAND_USE,
    *PLAN_LAYERS,
    *REGULATION_LINE_LAYERS,
    *CITY3D_LAYERS,
    *NETWORK_LAYERS,
    *STREET_LAYERS,
    *CONSTRUCTION_LAYERS,
    *AUCTION_LAYERS,
    *ENVIRONMENT_LAYERS,
    *PROTECTIVE_ZONE_LAYERS,
    *MONITORING_LAYERS,
))  # fmt: skip

STREETS: Final[Streets] = CITY_STREETS
"""What the city's graph is made of."""

RULES: Final[tuple[Rule, ...]] = (
    *lineage_rules(LAYERS),
    *reference_rules(LAYERS),
    *LAND_RULES,
    *ADDRESS_RULES,
    *REAL_ESTATE_RULES,
    *RIGHTS_RULES,
    *PLAN_RULES,
    *CITY3D_RULES,
    *NETWORK_RULES,
    *STREET_RULES,
    *CONSTRUCTION_RULES,
    *EQUITY_RULES,
    *AUCTION_RULES,
    *AUCTION_BID_RULES,
    *ENVIRONMENT_RULES,
)

FOLLOWERS: Final[tuple[Follower, ...]] = (
    *ADDRESS_FOLLOWERS,
    *REAL_ESTATE_FOLLOWERS,
    *PLAN_FOLLOWERS,
    *STREET_FOLLOWERS,
    *CONSTRUCTION_FOLLOWERS,
    *ENVIRONMENT_FOLLOWERS,
)
