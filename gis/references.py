"""References in force: what a feature names by id must be in force for as long as the feature names it.

One pair of rules for every field that refers, of every layer, under one id: a version may not name what is not in
force throughout its time (:func:`_named`), and a feature may not end while others that the act leaves alone name it
(:func:`_left`). Both reach the indexes: they start from what the act proposes and look features up by id or by the
field's own index.

Two acts at once can't break them together: an act holds a shared lock on each feature that it names
(:mod:`gis.locks`), and an exclusive one on each that it ends.
"""

from collections.abc import Iterator
from typing import Final

from gis.layer import Field, Layer, Layers
from gis.rules import Rule
from gis.text import Text

RULE: Final = "register.reference.in-force"

STATEMENT: Final = Text(
    kk="Аталған нысан оны атаған нысанның бүкіл мерзімінде күшінде болуы тиіс; "
    "өзге нысандар атап тұрған нысан тоқтатылмайды.",
    ru="Объект, на который ссылаются, должен действовать всё время ссылки; "
    "пока на него ссылаются другие, прекратить его нельзя.",
    en="What is referred to must be in force for as long as it is referred to; "
    "while others refer to it, it can't be ended.",
)


def reference_rules(layers: Layers) -> tuple[Rule, ...]:
    """Return the rules of every field that refers: of what it names, and of what is named by it."""
    return tuple(rule for layer in layers.values() for field in layer.fields for rule in _rules(layer, field))


def _rules(layer: Layer, field: Field) -> Iterator[Rule]:
    if field.refers_to:
        yield _rule(layer.name, _named(layer, field))
        yield from (_rule(target, _left(layer, field, target)) for target in field.refers_to)


def _rule(watched: str, statement: str) -> Rule:
    return Rule(
        id=RULE,
        severity="error",
        statement=STATEMENT,
        watches=(watched,),
        sql=statement,
        tested_by="tests/gis/test_references.py",
    )


def _named(layer: Layer, field: Field) -> str:
    """Return the statement that finds spans in which a proposed version names what is not in force."""
    arms = [
        f"SELECT t.feature_id, t.valid FROM named JOIN {{{relation}:{target}}} AS t USING (feature_id) "  # noqa: S608
        "WHERE NOT t.abolished"
        for target in field.refers_to
        for relation in ("proposed", "staying", "untouched")
    ]
    return _filled(_NAMED, layer, field).replace("STANDING", " UNION ALL ".join(arms))


def _left(layer: Layer, field: Field, target: str) -> str:
    """Return the statement that finds versions left alone by the act that name what it ends."""
    return _filled(_LEFT, layer, field).replace("TARGET", target)


def _filled(statement: str, layer: Layer, field: Field) -> str:
    """Put names in; whom a personal field names is not told."""
    other = "NULL::bigint" if field.personal else "other"
    parts = {"OTHER": other, "LAYER": layer.name, "FIELD": f'"{field.name}"', "TOLD": f"{layer.name}.{field.name}"}
    for name, part in parts.items():
        statement = statement.replace(name, part)
    return statement


# Each span is told by itself: what is lacking may be the beginning and the end.
_NAMED: Final = """
WITH naming AS MATERIALIZED (
  SELECT feature_id, valid, FIELD AS other FROM {proposed:LAYER} AS p WHERE NOT abolished AND FIELD IS NOT NULL
), named AS MATERIALIZED (
  SELECT DISTINCT other AS feature_id FROM naming
), life AS MATERIALIZED (
  SELECT feature_id, range_agg(valid) AS valid FROM (STANDING) AS standing GROUP BY 1
)
SELECT n.feature_id, OTHER AS other_id, span AS valid, NULL::float8 AS amount, NULL::geometry AS place,
  'TOLD' AS detail
FROM naming AS n LEFT JOIN life AS l ON l.feature_id = n.other
CROSS JOIN LATERAL unnest(tstzmultirange(n.valid) - coalesce(l.valid, '{}')) AS span
WHERE (l.valid @> n.valid) IS NOT TRUE
"""

_LEFT: Final = """
WITH ended AS MATERIALIZED (
  SELECT feature_id, valid FROM {proposed:TARGET} AS p WHERE abolished
), naming AS (
  SELECT e.feature_id, r.feature_id AS other, r.valid * e.valid AS valid
  FROM ended AS e JOIN {staying:LAYER} AS r ON r.FIELD = e.feature_id
  WHERE NOT r.abolished AND r.valid && e.valid
  UNION ALL
  SELECT e.feature_id, r.feature_id, r.valid * e.valid
  FROM ended AS e JOIN {untouched:LAYER} AS r ON r.FIELD = e.feature_id
  WHERE NOT r.abolished AND r.valid && e.valid
)
SELECT feature_id, OTHER AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place, 'TOLD' AS detail
FROM naming
"""
