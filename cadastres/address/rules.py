"""What the law and the register's own order forbid in the address cadastre.

Rules on names stand in :mod:`cadastres.address.naming`, rules that speak of an act as a whole in
:mod:`cadastres.address.continuity`, here the rest. That what an address hangs on is in force is a rule of every layer
(:mod:`gis.references`); that a code is never issued twice the engine guarantees.
"""

from typing import Final

from cadastres.address import continuity, naming, number
from cadastres.address.model import ADDRESS, ADMIN_UNIT, NAMED_PLACE, STREET
from gis.rules import Rule
from gis.text import Text

BASIS: Final = "Joint order No. 783/1262 of December 2015 (V1500012938)"

RKA: Final = Rule(
    id=number.RULE,
    severity="error",
    statement=Text(
        kk="Мекенжайдың тіркеу коды (МТК) дәл 16 цифрдан тұрады.",
        ru="Регистрационный код адреса (РКА) состоит ровно из 16 цифр.",
        en="The registration code of an address (RCA) is exactly 16 digits.",
    ),
    watches=(ADDRESS.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, length(rka)::float8 AS amount, NULL::geometry AS place,
  rka AS detail
FROM {proposed:address.address} AS p WHERE rka !~ '^[0-9]{16}$'
""",
    basis=BASIS,
    tested_by="tests/cadastres/address/test_rka.py::test_a_code_of_another_length_is_refused",
)

# The first of these that an address has is what its number is counted on.
_COUNTED_ON: Final = ("parent_address_id", "street_id", "named_place_id", "admin_unit_id")

# Blanks and case don't tell numbers apart, nor do letters that look the same in both scripts.
_FOLDED: Final = "translate(upper(regexp_replace(ALIAS.FIELD, '[[:space:]]', '', 'g')), 'ABCEHKMOPTXY', 'АВСЕНКМОРТХУ')"


def _folded(alias: str, field: str) -> str:
    return _FOLDED.replace("ALIAS", alias).replace("FIELD", field)


def _same(field: str) -> str:
    earlier = _COUNTED_ON[: _COUNTED_ON.index(field)]
    return " AND ".join(
        (
            f"a.{field} = p.{field}",
            *(f"p.{name} IS NULL AND a.{name} IS NULL" for name in earlier),
            f"{_folded('a', 'locator_designator')} = {_folded('p', 'locator_designator')}",
            f"coalesce({_folded('a', 'locator_block')}, '') = coalesce({_folded('p', 'locator_block')}, '')",
            "coalesce(a.locator_level, 'siteLevel') = coalesce(p.locator_level, 'siteLevel')",
            "a.valid && p.valid AND NOT a.abolished AND NOT p.abolished",
        )
    )


# Each arm is a join of its own, so that the index of the field on which the number is counted is reached. Of a pair of
# which both are proposed only the one with the lower id is told.
_UNIQUE: Final = " UNION ALL ".join(
    f"""
SELECT p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, NULL::float8 AS amount, a.geom AS place,
  concat_ws(' ', p.thoroughfare_name, p.locator_designator, p.locator_block) AS detail
FROM {{proposed:address.address}} AS p JOIN {{{relation}:address.address}} AS a ON {_same(field)}
WHERE a.feature_id {"<" if relation == "proposed" else "<>"} p.feature_id"""  # noqa: S608 - relations and declared fields
    for field in _COUNTED_ON
    for relation in ("proposed", "staying", "untouched")
)

UNIQUE: Final = Rule(
    id="address.address.unique",
    severity="error",
    statement=Text(
        kk="Қолданыстағы мекенжайлар арасында көшесі, нөмірі және корпусы бірдей екі мекенжай болмауы тиіс; "
        "алдымен нөмірлердің бірін өзгертіңіз.",
        ru="Среди действующих адресов не может быть двух с одинаковыми улицей, номером и корпусом; "
        "сначала измените один из номеров.",
        en="No two addresses in force may have the same street, number and block; first change one of the numbers.",
    ),
    watches=(ADDRESS.name,),
    sql=_UNIQUE,
    basis=BASIS,
    tested_by="tests/cadastres/address/test_unique.py",
)

# Each arm is a join of its own: behind a union the index of ids would not be reached.
_LEVEL: Final = """
SELECT p.feature_id, p.parent_address_id AS other_id, p.valid, NULL::float8 AS amount, NULL::geometry AS place,
  coalesce(p.locator_level, 'siteLevel') AS detail
FROM {proposed:address.address} AS p
WHERE NOT p.abolished AND p.locator_level IS DISTINCT FROM 'accessLevel'
  AND (p.locator_level IS NOT DISTINCT FROM 'unitLevel') <> (p.parent_address_id IS NOT NULL)
""" + "".join(
    f"""
UNION ALL
SELECT p.feature_id, a.feature_id, p.valid * a.valid, NULL, NULL, a.locator_level
FROM {{proposed:address.address}} AS p
JOIN {{{relation}:address.address}} AS a ON a.feature_id = p.parent_address_id AND a.valid && p.valid
WHERE p.parent_address_id IS NOT NULL AND NOT p.abolished AND NOT a.abolished
  AND (a.locator_level = 'unitLevel' OR a.feature_id = p.feature_id
    OR (a.locator_level = 'accessLevel' AND p.locator_level IS DISTINCT FROM 'unitLevel'))
"""  # noqa: S608 - names of relations
    for relation in ("proposed", "staying", "untouched")
)

LEVEL: Final = Rule(
    id="address.address.level",
    severity="error",
    statement=Text(
        kk="Пәтердің мекенжайы үйдің немесе кіреберістің мекенжайына байланады; "
        "үйдің мекенжайы басқа мекенжайға байланбайды.",
        ru="Адрес квартиры привязан к адресу дома или подъезда; адрес дома ни к какому адресу не привязан.",
        en="A flat's address hangs on that of a house or an entrance; that of a house hangs on no other.",
    ),
    watches=(ADDRESS.name,),
    sql=_LEVEL,
    tested_by="tests/cadastres/address/test_formation.py::test_a_flat_hangs_on_a_house",
)

_HANG_ON: Final = ((STREET, "street_id"), (NAMED_PLACE, "named_place_id"), (ADMIN_UNIT, "admin_unit_id"))


def _still_addressed(layer: str, field: str) -> Rule:
    return Rule(
        id="address.place.no-live-addresses",
        severity="error",
        statement=Text(
            kk="Қолданыстағы мекенжайлары бар көше, аталған жер немесе әкімшілік бірлік тоқтатылмайды; "
            "алдымен мекенжайларды басқа көшеге ауыстырыңыз немесе тоқтатыңыз.",
            ru="Нельзя упразднить улицу, место или административную единицу, пока на них числятся действующие адреса; "
            "сначала переведите их на другую улицу или упраздните.",
            en="A street, a place or a unit can't be abolished while addresses in force hang on it; "
            "first move them to another, or abolish them.",
        ),
        watches=(layer,),
        sql=_STILL_ADDRESSED.replace("LAYER", layer).replace("FIELD", field),
        basis=BASIS,
        tested_by="tests/cadastres/address/test_abolition.py",
    )


_STILL_ADDRESSED: Final = """
WITH ended AS MATERIALIZED (
  SELECT feature_id, valid FROM {proposed:LAYER} AS p WHERE abolished
), hanging AS (
  SELECT e.feature_id, e.valid, a.feature_id AS address, a.locator_designator AS number
  FROM ended AS e JOIN {proposed:address.address} AS a ON a.FIELD = e.feature_id AND a.valid && e.valid
  WHERE NOT a.abolished
  UNION ALL
  SELECT e.feature_id, e.valid, a.feature_id, a.locator_designator
  FROM ended AS e JOIN {staying:address.address} AS a ON a.FIELD = e.feature_id AND a.valid && e.valid
  WHERE NOT a.abolished
  UNION ALL
  SELECT e.feature_id, e.valid, a.feature_id, a.locator_designator
  FROM ended AS e JOIN {untouched:address.address} AS a ON a.FIELD = e.feature_id AND a.valid && e.valid
  WHERE NOT a.abolished
)
SELECT feature_id, NULL::bigint AS other_id, valid, count(DISTINCT address)::float8 AS amount,
  NULL::geometry AS place, count(DISTINCT address) || ': ' ||
  array_to_string((array_agg(DISTINCT number))[1:10], ', ') AS detail
FROM hanging GROUP BY feature_id, valid
"""

KATO: Final = Rule(
    id="address.admin_unit.kato",
    severity="error",
    statement=Text(
        kk="ӘАОЖ (КАТО) коды тоғыз цифрдан тұрады және нөлден басталмайды.",
        ru="Код КАТО состоит из девяти цифр и не начинается с нуля.",
        en="A KATO code is nine digits and does not begin with a zero.",
    ),
    watches=(ADMIN_UNIT.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, kato AS detail
FROM {proposed:address.admin_unit} AS p WHERE NOT abolished AND kato !~ '^[1-9][0-9]{8}$'
""",
    tested_by="tests/cadastres/address/test_kato.py",
)

KATO_UNIQUE: Final = Rule(
    id="address.admin_unit.kato-unique",
    severity="error",
    statement=Text(
        kk="Бір мезгілде бір ӘАОЖ (КАТО) коды бір ғана әкімшілік бірлікте болады.",
        ru="Один код КАТО в одно время имеет только одна административная единица.",
        en="One KATO code belongs to one administrative unit at a time.",
    ),
    watches=(ADMIN_UNIT.name,),
    sql=" UNION ALL ".join(
        f"""
SELECT p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, p.kato AS detail
FROM {{proposed:address.admin_unit}} AS p JOIN {{{relation}:address.admin_unit}} AS a
  ON a.kato = p.kato AND a.valid && p.valid AND a.feature_id {"<" if relation == "proposed" else "<>"} p.feature_id
WHERE NOT p.abolished AND NOT a.abolished"""  # noqa: S608 - names of relations
        for relation in ("proposed", "staying", "untouched")
    ),
    tested_by="tests/cadastres/address/test_kato.py",
)

RULES: Final = (
    RKA,
    UNIQUE,
    LEVEL,
    *(_still_addressed(layer.name, field) for layer, field in _HANG_ON),
    KATO,
    KATO_UNIQUE,
    *naming.RULES,
    *continuity.RULES,
)
"""Every rule of the address cadastre."""
