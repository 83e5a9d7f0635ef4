"""One-way lines that flow the wrong way: out of whom a network supplies, into its sources, or to a node and no farther.

Heat comes back by return pipes, from consumers to the source, so its lines are not held against the kinds of their
nodes. Lines that are out of use carry nothing and are left out.
"""

from typing import Final

from cadastres.real_estate.reaching import after
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE
from gis.rules import Rule
from gis.text import Text

_TESTS: Final = "tests/cadastres/urban_planning/test_network_rules.py"

_ENDS: Final = """CROSS JOIN LATERAL (VALUES ('from_node', l.from_node), ('to_node', l.to_node)) AS e (name, node)"""
_ONE_WAY: Final = """NOT l.abolished AND l.flow_direction = 'inDirection'
    AND l.current_status NOT IN ('disused', 'decommissioned')"""
_PROPOSED_LINES: Final = f"""
  SELECT l.feature_id, l.geom, e.name, n.node_kind, n.feature_id AS node, l.utility_network_type,
    l.valid * n.valid AS valid
  FROM {{proposed:urban_planning.network_line}} AS l {_ENDS}
  JOIN {{RELATION:urban_planning.network_node}} AS n ON n.feature_id = e.node AND n.valid && l.valid
  WHERE {_ONE_WAY} AND NOT n.abolished"""  # noqa: S608 - composed of constants
_PROPOSED_NODES: Final = f"""
  SELECT l.feature_id, l.geom, 'END', n.node_kind, n.feature_id, l.utility_network_type, l.valid * n.valid
  FROM {{proposed:urban_planning.network_node}} AS n
  JOIN {{RELATION:urban_planning.network_line}} AS l ON l.END = n.feature_id AND l.valid && n.valid
  WHERE {_ONE_WAY} AND NOT n.abolished"""  # noqa: S608 - composed of constants
_FLOWS: Final = " UNION ALL ".join(
    [
        *(_PROPOSED_LINES.replace("RELATION", relation) for relation in ("proposed", "staying", "untouched")),
        *(
            _PROPOSED_NODES.replace("RELATION", relation).replace("END", end)
            for relation in ("staying", "untouched")
            for end in ("from_node", "to_node")
        ),
    ]
)

RIGHT_WAY: Final = Rule(
    id="urban_planning.network_line.flows-the-right-way",
    severity="warning",
    statement=Text(
        kk="Су, газ және электр желісінің бір бағытты сызығы тұтынушыдан шықпауы, көзге кірмеуі керек; кәріз бен нөсер "
        "кәрізінің сызығы тұтынушыға кірмеуі, ағызу орнынан шықпауы керек: бағытын тексеріңіз.",
        ru="Односторонняя линия воды, газа и электричества не должна вести от потребителя или к источнику, линия "
        "канализации и ливнёвки — к потребителю или от выпуска: проверьте направление.",
        en="A one-way line of water, gas or power should not lead from a consumer or to a source, one of a sewer or "
        "storm drain not to a consumer or from an outfall: check its direction.",
    ),
    watches=(NETWORK_LINE.name, NETWORK_NODE.name),
    sql=f"""
WITH flow AS ({_FLOWS})
SELECT feature_id, node AS other_id, valid, NULL::float8 AS amount, geom AS place, name || ': ' || node_kind AS detail
FROM flow WHERE CASE
  WHEN utility_network_type IN ('water', 'gas', 'electricity')
    THEN (name, node_kind) IN (('from_node', 'consumer'), ('to_node', 'source'))
  WHEN utility_network_type IN ('sewer', 'stormwater')
    THEN (name, node_kind) IN (('to_node', 'consumer'), ('from_node', 'outfall'))
  ELSE false END
""",  # noqa: S608 - composed of constants
    tested_by=f"{_TESTS}::test_flow_the_wrong_way",
)

_LINE_AT: Final = "a.feature_id, a.KEY AS node, a.valid, a.current_status, 'KEY' AS name, a.flow_direction"


def _lines_at(key: str) -> str:
    return after(NETWORK_LINE.name, key, "touched", _LINE_AT.replace("KEY", key))


# A single line that ends at a node is a dead end, which is usual; two that flow there and nothing that leaves are not.
GOES_ON: Final = Rule(
    id="urban_planning.network_node.flow-goes-on",
    severity="warning",
    statement=Text(
        kk="Торапқа бірнеше сызық ағып келеді, бірақ одан ешбірі шықпайды: сызықтардың бағытын тексеріңіз.",
        ru="В узел втекают несколько линий, а не вытекает ни одна: проверьте направления линий.",
        en="Several lines flow into a node and none out of it: check the directions of the lines.",
    ),
    watches=(NETWORK_LINE.name, NETWORK_NODE.name),
    sql=f"""
WITH changed AS MATERIALIZED (
  SELECT e.node, l.valid FROM {{proposed:urban_planning.network_line}} AS l {_ENDS} WHERE e.node IS NOT NULL
  UNION ALL
  SELECT n.feature_id, n.valid FROM {{proposed:urban_planning.network_node}} AS n
), touched AS MATERIALIZED (
  SELECT DISTINCT node AS feature_id, node AS from_node, node AS to_node FROM changed
), nodes AS MATERIALIZED (
  {after(NETWORK_NODE.name, "feature_id", "touched", "a.feature_id AS node, a.node_kind, a.geom, a.valid")}
), lines AS MATERIALIZED (
  SELECT * FROM ({_lines_at("from_node")} UNION ALL {_lines_at("to_node")}) AS a
  WHERE current_status NOT IN ('disused', 'decommissioned')
), moments AS (
  SELECT DISTINCT c.node, m.moment FROM changed AS c
  JOIN (
    SELECT node, lower(valid) AS moment FROM lines
    UNION SELECT node, upper(valid) FROM lines
    UNION SELECT node, lower(valid) FROM nodes
  ) AS m ON m.node = c.node AND c.valid @> m.moment
), dead AS (
  SELECT m.node, m.moment FROM moments AS m JOIN lines AS l ON l.node = m.node AND l.valid @> m.moment
  GROUP BY m.node, m.moment
  HAVING count(*) > 1 AND bool_and(l.name = 'to_node' AND l.flow_direction = 'inDirection')
)
SELECT DISTINCT ON (n.node) n.node AS feature_id, NULL::bigint AS other_id, tstzrange(d.moment, NULL) AS valid,
  NULL::float8 AS amount, n.geom AS place, n.node_kind AS detail
FROM dead AS d JOIN nodes AS n ON n.node = d.node AND n.valid @> d.moment
WHERE n.node_kind NOT IN ('source', 'consumer', 'outfall', 'hydrant', 'terminal')
ORDER BY n.node, d.moment
""",  # noqa: S608 - composed of constants
    tested_by=f"{_TESTS}::test_flow_that_goes_no_farther",
)

RULES: Final = (RIGHT_WAY, GOES_ON)
