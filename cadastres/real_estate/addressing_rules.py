"""Rules on addresses given to objects (invariant 36): one main address each, of the level that the object has."""

from typing import Final

from cadastres.address.model import ADDRESS
from cadastres.land.model import PARCEL
from cadastres.real_estate.model import ADDRESSING, BUILDING, PREMISES
from cadastres.real_estate.reaching import after
from gis.rules import Rule
from gis.text import Text

_TESTS: Final = "tests/cadastres/real_estate/test_addressing.py"
_ORDER: Final = "Joint order No. 783/1262 of December 2015 on the address register of the Republic of Kazakhstan"

ONE_PRIMARY: Final = Rule(
    id="real_estate.addressing.one-primary",
    severity="error",
    statement=Text(
        kk="Нысанның бір мезгілде бір ғана негізгі мекенжайы болады.",
        ru="У объекта одновременно только один основной адрес.",
        en="An object has one primary address at a time.",
    ),
    watches=(ADDRESSING.name,),
    sql=f"""
WITH sought AS MATERIALIZED (
  SELECT feature_id, object_id, valid FROM {{proposed:real_estate.addressing}} AS p WHERE NOT abolished AND is_primary
), there AS MATERIALIZED (
  {after(ADDRESSING.name, "object_id", "sought", "a.feature_id, a.object_id, a.is_primary, a.valid")}
)
SELECT s.feature_id, t.feature_id AS other_id, s.valid * t.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, s.object_id::text AS detail
FROM sought AS s JOIN there AS t USING (object_id)
WHERE t.is_primary AND t.feature_id <> s.feature_id AND t.valid && s.valid
""",  # noqa: S608 - pieces of the engine's own
    basis=_ORDER,
    tested_by=f"{_TESTS}::test_an_object_has_one_primary_address",
)

ONE_PREMISES: Final = Rule(
    id="real_estate.addressing.one-premises",
    severity="error",
    statement=Text(
        kk="Бір мекенжай бір мезгілде бір ғана үй-жайға беріледі.",
        ru="Один адрес одновременно присваивается только одному помещению.",
        en="An address is given to one premises only at a time.",
    ),
    watches=(ADDRESSING.name,),
    sql=f"""
WITH sought AS MATERIALIZED (
  SELECT feature_id, address_id, object_id, valid FROM {{proposed:real_estate.addressing}} AS p
  WHERE NOT abolished AND object_kind = 'premises'
), there AS MATERIALIZED (
  {after(ADDRESSING.name, "address_id", "sought", "a.feature_id, a.address_id, a.object_id, a.object_kind, a.valid")}
)
SELECT s.feature_id, t.feature_id AS other_id, s.valid * t.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, concat(s.object_id, ' / ', t.object_id) AS detail
FROM sought AS s JOIN there AS t USING (address_id)
WHERE t.object_kind = 'premises' AND t.object_id <> s.object_id AND t.valid && s.valid
""",  # noqa: S608 - pieces of the engine's own
    basis=_ORDER,
    tested_by=f"{_TESTS}::test_a_flat_has_its_own_address",
)

LEVEL: Final = Rule(
    id="real_estate.addressing.level",
    severity="error",
    statement=Text(
        kk="Пәтер деңгейіндегі мекенжай үй-жайға ғана, үй деңгейіндегісі учаске мен ғимаратқа ғана беріледі.",
        ru="Адрес уровня квартиры присваивается только помещению, адрес дома — только участку или зданию.",
        en="An address of a flat's level is given to premises only, one of a house to a parcel or building only.",
    ),
    watches=(ADDRESSING.name, ADDRESS.name),
    sql=f"""
WITH altered AS MATERIALIZED (
  SELECT feature_id AS address_id FROM {{proposed:address.address}} AS p WHERE version > 1 AND NOT abolished
), entries AS MATERIALIZED (
  SELECT feature_id AS id, address_id AS feature_id, object_kind, valid
  FROM {{proposed:real_estate.addressing}} AS p WHERE NOT abolished
  UNION
  {after(ADDRESSING.name, "address_id", "altered", "a.feature_id, a.address_id, a.object_kind, a.valid")}
), named AS MATERIALIZED (
  {after(ADDRESS.name, "feature_id", "entries", "a.feature_id, a.locator_level, a.valid")}
)
SELECT e.id AS feature_id, n.feature_id AS other_id, e.valid * n.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, concat(e.object_kind, ' / ', coalesce(n.locator_level, 'siteLevel')) AS detail
FROM entries AS e JOIN named AS n USING (feature_id)
WHERE n.valid && e.valid AND (coalesce(n.locator_level, 'siteLevel') = 'unitLevel') <> (e.object_kind = 'premises')
""",  # noqa: S608 - pieces of the engine's own
    basis=_ORDER,
    tested_by=f"{_TESTS}::test_levels_of_addresses_and_objects_agree",
)

_OBJECTS: Final = " UNION ALL ".join(
    f"SELECT * FROM ({after(layer, 'feature_id', 'given', f'a.feature_id, {chr(39)}{kind}{chr(39)} AS kind')}) AS k"  # noqa: S608
    for layer, kind in ((PARCEL.name, "parcel"), (BUILDING.name, "building"), (PREMISES.name, "premises"))
)

KIND: Final = Rule(
    id="real_estate.addressing.kind",
    severity="error",
    statement=Text(
        kk="Мекенжай берілген нысан аталған түрден болуы тиіс: учаске, ғимарат не үй-жай.",
        ru="Объект, которому присвоен адрес, должен быть названного вида: участок, здание или помещение.",
        en="What an address is given to must be of the kind named: a parcel, a building or premises.",
    ),
    watches=(ADDRESSING.name,),
    sql=f"""
WITH given AS MATERIALIZED (
  SELECT feature_id AS id, object_id AS feature_id, object_kind, valid
  FROM {{proposed:real_estate.addressing}} AS p WHERE NOT abolished
), found AS MATERIALIZED ({_OBJECTS})
SELECT g.id AS feature_id, g.feature_id AS other_id, g.valid, NULL::float8 AS amount, NULL::geometry AS place,
  g.object_kind AS detail
FROM given AS g
WHERE NOT EXISTS (SELECT FROM found AS f WHERE f.feature_id = g.feature_id AND f.kind = g.object_kind)
""",  # noqa: S608 - pieces of the engine's own
    tested_by=f"{_TESTS}::test_levels_of_addresses_and_objects_agree",
)

RULES: Final = (ONE_PRIMARY, ONE_PREMISES, LEVEL, KIND)
"""Every rule of addresses given."""
