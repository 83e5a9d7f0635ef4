"""Lineage: parents and children of acts, on both axes, and the rules that keep it whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from gis.layer import Layers
from gis.rules import Rule
from gis.text import Text

REPLACING = ("split", "merge")
"""Kinds of succession whose parents end where their children begin."""


@dataclass(frozen=True, slots=True)
class Descent:
    """One parent and one child, from a legal date on, by a changeset."""

    layer: str
    kind: str
    parent: int
    child: int
    valid_from: Any
    opened_by: int


def descents(connection: Connection, feature_id: int, recorded: Any) -> list[Descent]:
    """Return the parents and the children of a feature as the register knew them at a recorded instant."""
    with connection.cursor(row_factory=class_row(Descent)) as cursor:
        return cursor.execute(_DESCENTS, {"id": feature_id, "recorded": recorded}).fetchall()


_DESCENTS = """
SELECT layer, kind, parent, child, lower(valid) AS valid_from, opened_by FROM qala.lineage
WHERE recorded @> %(recorded)s::timestamptz AND (parent = %(id)s OR child = %(id)s)
ORDER BY lower(valid), parent, child
"""


def lineage_rules(layers: Layers | Iterable[str]) -> tuple[Rule, ...]:
    """Return, for each layer, the rules that parents and children exclude and meet each other."""
    return tuple(
        rule for name in layers for rule in (_parent_or_children(name), _children_meet_parents(name), _acyclic(name))
    )


def _parent_or_children(layer: str) -> Rule:
    return Rule(
        id="register.lineage.parent-or-children",
        severity="error",
        statement=Text(
            kk="Нысан немесе оның ізбасарлары күшінде болады, екеуі бірдей емес; "
            "акт бұл нысанның ізбасарларын да қамтуы тиіс.",
            ru="Действует либо объект, либо его преемники, но не вместе; акт должен охватить и преемников.",
            en="Either a feature or its descendants are in force, never both; the act must treat its descendants too.",
        ),
        watches=(layer,),
        sql=_BOTH_LIVE.replace("PARTIES", _PARTIES).replace("LAYER", layer),
        tested_by="tests/gis/test_lineage.py::test_parent_or_children",
    )


# The live versions of the parties, arm by arm: behind a union the index of features would not be reached.
_PARTIES = """party AS (SELECT parent AS id FROM affected UNION SELECT child FROM affected), live AS MATERIALIZED (
  SELECT v.feature_id, v.valid FROM party JOIN {proposed:LAYER} AS v ON v.feature_id = party.id WHERE NOT v.abolished
  UNION ALL
  SELECT v.feature_id, v.valid FROM party JOIN {staying:LAYER} AS v ON v.feature_id = party.id WHERE NOT v.abolished
  UNION ALL
  SELECT v.feature_id, v.valid FROM party JOIN {untouched:LAYER} AS v ON v.feature_id = party.id WHERE NOT v.abolished
)"""

_BOTH_LIVE = """
WITH affected AS (
  SELECT DISTINCT l.parent, l.child, l.valid FROM {proposed:LAYER} AS t
  JOIN qala.lineage AS l ON l.parent = t.feature_id OR l.child = t.feature_id
  WHERE upper_inf(l.recorded) AND l.kind IN ('split', 'merge')
), PARTIES
SELECT p.feature_id, c.feature_id AS other_id, p.valid * c.valid AS valid, NULL::float8 AS amount,
  NULL::geometry AS place, 'parent ' || p.feature_id || ', descendant ' || c.feature_id AS detail
FROM affected AS a JOIN live AS p ON p.feature_id = a.parent JOIN live AS c ON c.feature_id = a.child
WHERE p.valid && c.valid
ORDER BY 1, 2
"""


def _children_meet_parents(layer: str) -> Rule:
    return Rule(
        id="register.lineage.children-meet-parents",
        severity="error",
        statement=Text(
            kk="Ізбасарлар пайда болған сәтке дейін бастапқы нысан күшінде болуы тиіс; "
            "оны ертерек тоқтататын акт ізбасарларын да қамтуы тиіс.",
            ru="Исходный объект должен действовать до появления преемников; "
            "акт, прекращающий его раньше, должен охватить и преемников.",
            en="A parent must be in force until its descendants begin; "
            "an act that ends it earlier must treat its descendants too.",
        ),
        watches=(layer,),
        sql=_NO_MEETING.replace("PARTIES", _PARTIES).replace("LAYER", layer),
        tested_by="tests/gis/test_lineage.py::test_children_meet_parents",
    )


_NO_MEETING = """
WITH affected AS (
  SELECT DISTINCT l.parent, l.child, l.valid FROM {proposed:LAYER} AS t
  JOIN qala.lineage AS l ON l.parent = t.feature_id
  WHERE upper_inf(l.recorded) AND l.kind IN ('split', 'merge')
), PARTIES
SELECT a.parent AS feature_id, a.child AS other_id, a.valid, NULL::float8 AS amount, NULL::geometry AS place,
  'parent ' || a.parent || ', descendant ' || a.child || ' from ' || lower(a.valid) AS detail
FROM affected AS a
WHERE EXISTS (SELECT FROM live AS c WHERE c.feature_id = a.child)
  AND NOT EXISTS (SELECT FROM live AS p WHERE p.feature_id = a.parent AND upper(p.valid) = lower(a.valid))
ORDER BY 1, 2
"""


def _acyclic(layer: str) -> Rule:
    return Rule(
        id="register.lineage.acyclic",
        severity="error",
        statement=Text(
            kk="Нысан өзінің ізбасарынан шыққан бола алмайды.",
            ru="Объект не может происходить от собственного преемника.",
            en="A feature can't descend from its own descendant.",
        ),
        watches=(layer,),
        sql=_CYCLE.replace("LAYER", layer),
        tested_by="tests/gis/test_lineage.py::test_acyclic",
    )


# Along a succession time only goes forward: where every child begins no earlier than its succession, no chain of
# parents can come back to its start.
_CYCLE = """
SELECT l.parent AS feature_id, l.child AS other_id, l.valid, NULL::float8 AS amount, NULL::geometry AS place,
  'child ' || l.child || ' is older than its parent ' || l.parent AS detail
FROM {proposed:LAYER} AS t
JOIN qala.lineage AS l ON l.child = t.feature_id
WHERE upper_inf(l.recorded) AND l.kind IN ('split', 'merge') AND NOT t.abolished
  AND coalesce(lower(t.valid), '-infinity') < lower(l.valid)
ORDER BY 1, 2
"""
