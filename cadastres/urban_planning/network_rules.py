"""What networks must keep: ends at nodes, one network in one piece, water that runs downhill, distances to others.

Each statement starts from what the act proposes and reaches the rest by the index of an id, of a named node or of
places. How distances are measured: :mod:`cadastres.urban_planning.network_nearness`.
"""

from typing import Final

from cadastres.urban_planning.network_clearances import RULES as _CLEARANCES
from cadastres.urban_planning.network_flow import RULES as _FLOW
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE, NETWORK_STRUCTURE
from cadastres.urban_planning.network_operators import RULES as _OPERATORS
from gis.rules import Rule
from gis.text import Text

_TESTS: Final = "tests/cadastres/urban_planning/test_network_rules.py"
_ENDS: Final = """CROSS JOIN LATERAL (
    VALUES ('from_node', l.from_node, ST_StartPoint(l.geom)), ('to_node', l.to_node, ST_EndPoint(l.geom))
  ) AS e (name, node, place)"""

HAS_NODES: Final = Rule(
    id="urban_planning.network_line.no-dangling-end",
    severity="error",
    statement=Text(
        kk="Жұмыс істеп тұрған сызықтың әр ұшы торапта болуы тиіс.",
        ru="Каждый конец действующей линии должен быть в узле.",
        en="Every end of a functional line must be at a node.",
    ),
    watches=(NETWORK_LINE.name,),
    sql=f"""
SELECT l.feature_id, NULL::bigint AS other_id, l.valid, NULL::float8 AS amount, e.place, e.name AS detail
FROM {{proposed:urban_planning.network_line}} AS l {_ENDS}
WHERE NOT l.abolished AND l.current_status = 'functional' AND e.node IS NULL
""",  # noqa: S608 - composed of constants
    basis="INSPIRE D2.8.III.6 (us-net-common/5.0)",
    tested_by=f"{_TESTS}::test_dangling_end",
)

# A line that the act proposes with its nodes as they will stand, and lines left alone with nodes that it proposes.
_MEETINGS: Final = f"""
WITH ending AS MATERIALIZED (
  SELECT l.feature_id, l.valid, l.utility_network_type, e.name, e.node, e.place
  FROM {{proposed:urban_planning.network_line}} AS l {_ENDS} WHERE NOT l.abolished AND e.node IS NOT NULL
), moved AS MATERIALIZED (
  SELECT * FROM {{proposed:urban_planning.network_node}} AS n WHERE NOT abolished
), meeting AS (
  {{ARMS}}
)"""  # noqa: S608 - composed of constants
_ENDING_AT: Final = """
  SELECT e.feature_id, e.node, e.valid * n.valid AS valid, e.name, e.place, n.geom AS spot,
    e.utility_network_type AS line_type, n.utility_network_type AS node_type
  FROM ending AS e JOIN {RELATION:urban_planning.network_node} AS n ON n.feature_id = e.node
  WHERE NOT n.abolished AND n.valid && e.valid"""
_LEFT_ALONE: Final = """
  SELECT l.feature_id, n.feature_id, l.valid * n.valid, 'END', ST_POINT(l.geom), n.geom,
    l.utility_network_type, n.utility_network_type
  FROM moved AS n JOIN {RELATION:urban_planning.network_line} AS l ON l.END = n.feature_id
  WHERE NOT l.abolished AND l.valid && n.valid"""


def _meetings() -> str:
    arms = [_ENDING_AT.replace("RELATION", relation) for relation in ("proposed", "staying", "untouched")]
    for end, point in (("from_node", "StartPoint"), ("to_node", "EndPoint")):
        left = _LEFT_ALONE.replace("END", end).replace("POINT", point)
        arms += [left.replace("RELATION", relation) for relation in ("staying", "untouched")]
    return _MEETINGS.replace("{ARMS}", " UNION ALL ".join(arms))


ENDS_MEET: Final = Rule(
    id="urban_planning.network_line.ends-meet-nodes",
    severity="error",
    statement=Text(
        kk="Сызықтың ұшы өзі атаған тораппен төзімділік шегінде дәл келуі тиіс.",
        ru="Конец линии должен в пределах допуска совпадать с узлом, который он называет.",
        en="A line's end must coincide, within the tolerance, with the node that it names.",
    ),
    watches=(NETWORK_LINE.name, NETWORK_NODE.name),
    sql=f"""{_meetings()}
SELECT feature_id, node AS other_id, valid, ST_Distance(place, spot) AS amount, place, name AS detail
FROM meeting WHERE ST_Distance(place, spot) > %(linear)s
""",  # noqa: S608 - composed of constants
    basis="INSPIRE D2.8.III.6 (us-net-common/5.0)",
    tested_by=f"{_TESTS}::test_end_off_its_node",
)

ONE_NETWORK: Final = Rule(
    id="urban_planning.network_line.one-network",
    severity="error",
    statement=Text(
        kk="Сызық пен оның тораптары бір түрдегі желіге жатуы тиіс.",
        ru="Линия и её узлы должны принадлежать сети одного вида.",
        en="A line and its nodes must belong to a network of one kind.",
    ),
    watches=(NETWORK_LINE.name, NETWORK_NODE.name),
    sql=f"""{_meetings()}
SELECT feature_id, node AS other_id, valid, NULL::float8 AS amount, place, line_type || ' / ' || node_type AS detail
FROM meeting WHERE line_type <> node_type
""",  # noqa: S608 - composed of constants
    tested_by=f"{_TESTS}::test_networks_mixed",
)

NO_SELF_LOOP: Final = Rule(
    id="urban_planning.network_line.no-self-loop",
    severity="error",
    statement=Text(
        kk="Сызық бір тораптан екіншісіне баруы тиіс: басталған торабына қайта келмейді және ұзындығы нөл болмайды.",
        ru="Линия должна идти от одного узла к другому: не к своему же узлу и не нулевой длины.",
        en="A line must run from one node to another: not back to its own node, and not of no length.",
    ),
    watches=(NETWORK_LINE.name,),
    sql="""
SELECT feature_id, from_node AS other_id, valid, ST_Length(geom) AS amount, ST_StartPoint(geom) AS place,
  NULL::text AS detail
FROM {proposed:urban_planning.network_line} AS l
WHERE NOT abolished AND (from_node = to_node OR ST_Length(geom) <= %(linear)s)
""",
    tested_by=f"{_TESTS}::test_self_loop",
)

# Two threads of one main between the same nodes are usual; one drawn upon the other is the same line entered twice.
_TWINS: Final = """
WITH twin AS (
  SELECT p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, p.geom, a.geom AS other
  FROM {proposed:urban_planning.network_line} AS p
  JOIN {RELATION:urban_planning.network_line} AS a ON a.ONE = p.from_node AND a.OTHER = p.to_node
  WHERE NOT p.abolished AND NOT a.abolished AND a.valid && p.valid AND a.feature_id <> p.feature_id
)
SELECT DISTINCT ON (least(feature_id, other_id), greatest(feature_id, other_id), valid) feature_id, other_id, valid,
  ST_Length(geom) AS amount, geom AS place, NULL::text AS detail
FROM twin WHERE (ST_HausdorffDistance(geom, other) <= %(linear)s) = SAME
"""


def _twins(*, same: bool) -> str:
    text = _TWINS.replace("SAME", str(same).lower())
    both = [text.replace("ONE", one).replace("OTHER", other) for one, other in _WAYS]
    return " UNION ALL ".join(
        f"({arm.replace('RELATION', relation)})" for arm in both for relation in ("proposed", "staying", "untouched")
    )


_WAYS: Final = (("from_node", "to_node"), ("to_node", "from_node"))

NO_DUPLICATE: Final = Rule(
    id="urban_planning.network_line.no-duplicate",
    severity="error",
    statement=Text(
        kk="Бір сызық тізілімге екі рет енгізілмейді: тораптары мен жолы бірдей екі сызық болмайды.",
        ru="Линия вносится в регистр один раз: двух линий с теми же узлами и тем же путём быть не может.",
        en="A line is entered once: there can't be two lines with the same nodes and the same course.",
    ),
    watches=(NETWORK_LINE.name,),
    sql=_twins(same=True),
    tested_by=f"{_TESTS}::test_line_entered_twice",
)

SAME_ENDS: Final = Rule(
    id="urban_planning.network_line.same-ends",
    severity="warning",
    statement=Text(
        kk="Екі тораптың арасында екі сызық бар: қос тізбек пе, әлде артық жазба ма, тексеріңіз.",
        ru="Между двумя узлами две линии: проверьте, двойная ли это нитка или лишняя запись.",
        en="Two lines run between the same two nodes: check whether they are two threads, or one entry too many.",
    ),
    watches=(NETWORK_LINE.name,),
    sql=_twins(same=False),
    tested_by=f"{_TESTS}::test_two_threads_between_the_same_nodes",
)

DOWNHILL: Final = Rule(
    id="urban_planning.network_line.runs-downhill",
    severity="error",
    statement=Text(
        kk="Өздігінен ағатын кәріз ағын бағытымен көтерілмеуі тиіс.",
        ru="Самотёчная канализация не может подниматься по направлению потока.",
        en="A gravity sewer must not rise in the direction of its flow.",
    ),
    watches=(NETWORK_LINE.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, invert_to - invert_from AS amount, geom AS place,
  format('%%s m → %%s m', invert_from, invert_to) AS detail
FROM {proposed:urban_planning.network_line} AS l
WHERE NOT abolished AND utility_network_type IN ('sewer', 'stormwater') AND flow_direction = 'inDirection'
  AND coalesce(pressure, 0) = 0 AND coalesce(pressure_class, 'gravity') = 'gravity'
  AND invert_to - invert_from > %(linear)s
""",
    tested_by=f"{_TESTS}::test_sewer_that_rises",
)

# From the end of each proposed one-way line on, along one-way lines, until its beginning is met again. A load of many
# lines is not walked line by line: loops of whole networks are found by cadastres.urban_planning.network_loops.
ONE_WAY_LOOP: Final = Rule(
    id="urban_planning.network_line.no-one-way-loop",
    severity="warning",
    statement=Text(
        kk="Бір бағытты сызықтар тұйық шеңбер құрамауы керек: олардың бірінің бағыты қате.",
        ru="Односторонние линии не должны замыкаться в кольцо: направление одной из них неверно.",
        en="One-way lines should not close into a ring: the direction of one of them is wrong.",
    ),
    watches=(NETWORK_LINE.name,),
    sql="""
WITH RECURSIVE started AS MATERIALIZED (
  SELECT * FROM {proposed:urban_planning.network_line} AS l
  WHERE NOT abolished AND flow_direction = 'inDirection' AND from_node <> to_node
), flow AS (
  SELECT feature_id AS origin, from_node AS goal, to_node AS node, valid FROM started
  WHERE (SELECT count(*) FROM started) <= 200
  UNION
  SELECT f.origin, f.goal, n.to_node, f.valid * n.valid FROM flow AS f
  CROSS JOIN LATERAL (
    SELECT to_node, valid FROM started AS s WHERE s.from_node = f.node
    UNION ALL
    SELECT to_node, valid FROM {staying:urban_planning.network_line} AS s
    WHERE s.from_node = f.node AND NOT abolished AND flow_direction = 'inDirection'
    UNION ALL
    SELECT to_node, valid FROM {untouched:urban_planning.network_line} AS u
    WHERE u.from_node = f.node AND NOT abolished AND flow_direction = 'inDirection'
  ) AS n
  WHERE f.node <> f.goal AND n.valid && f.valid
)
SELECT f.origin AS feature_id, NULL::bigint AS other_id, f.valid * s.valid AS valid, NULL::float8 AS amount,
  s.geom AS place, NULL::text AS detail
FROM flow AS f JOIN started AS s ON s.feature_id = f.origin AND s.valid && f.valid WHERE f.node = f.goal
""",
    tested_by=f"{_TESTS}::test_one_way_ring",
)

POSITIVE: Final = Rule(
    id="urban_planning.network_line.measures",
    severity="error",
    statement=Text(
        kk="Диаметр, кернеу және тізбек саны нөлден үлкен болуы, қысым мен жартылай ен теріс болмауы тиіс.",
        ru="Диаметр, напряжение и число цепей должны быть больше нуля, давление и полуширина — не отрицательны.",
        en="Diameter, voltage and circuits must be greater than zero, pressure and half width not negative.",
    ),
    watches=(NETWORK_LINE.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, NULL::geometry AS place,
  concat_ws('; ', 'diameter = ' || diameter, 'voltage = ' || voltage, 'circuits = ' || circuits,
    'pressure = ' || pressure, 'half_width = ' || half_width) AS detail
FROM {proposed:urban_planning.network_line} AS l
WHERE NOT abolished AND (diameter <= 0 OR voltage <= 0 OR circuits <= 0 OR pressure < 0 OR half_width < 0)
""",
    tested_by=f"{_TESTS}::test_measures",
)

STATE: Final = Rule(
    id="urban_planning.network_node.state",
    severity="error",
    statement=Text(
        kk="Ысырма мен ажыратқыш өткізетінін немесе өткізбейтінін айтуы тиіс; өзге тораптарда мұндай күй болмайды.",
        ru="Задвижка и выключатель должны говорить, пропускают ли они; у других узлов такого состояния нет.",
        en="A valve or a switch must say whether it lets through; other nodes have no such state.",
    ),
    watches=(NETWORK_NODE.name,),
    sql="""
SELECT feature_id, NULL::bigint AS other_id, valid, NULL::float8 AS amount, geom AS place, node_kind AS detail
FROM {proposed:urban_planning.network_node} AS n
WHERE NOT abolished AND (node_kind IN ('valve', 'switch')) = (lets_through IS NULL)
""",
    tested_by=f"{_TESTS}::test_state_of_nodes",
)

_ONE_PLACE: Final = """
SELECT DISTINCT ON (least(p.feature_id, a.feature_id), greatest(p.feature_id, a.feature_id), p.valid * a.valid)
  p.feature_id, a.feature_id AS other_id, p.valid * a.valid AS valid, ST_Distance(p.geom, a.geom) AS amount,
  p.geom AS place, p.utility_network_type AS detail
FROM {proposed:urban_planning.network_node} AS p
JOIN {RELATION:urban_planning.network_node} AS a ON a.geom && ST_Expand(p.geom, %(linear)s) AND a.valid && p.valid
WHERE NOT p.abolished AND NOT a.abolished AND a.feature_id <> p.feature_id
  AND a.utility_network_type = p.utility_network_type AND ST_DWithin(a.geom, p.geom, %(linear)s)
"""

ONE_PLACE: Final = Rule(
    id="urban_planning.network_node.one-in-a-place",
    severity="error",
    statement=Text(
        kk="Бір желінің екі торабы бір жерде тұрмауы тиіс: әйтпесе желі көзге көрінбей үзіледі.",
        ru="Два узла одной сети не могут стоять в одном месте: иначе сеть незаметно рвётся.",
        en="Two nodes of one network must not stand in one place: the network would be broken unseen.",
    ),
    watches=(NETWORK_NODE.name,),
    sql=" UNION ALL ".join(
        f"({_ONE_PLACE.replace('RELATION', relation)})" for relation in ("proposed", "staying", "untouched")
    ),
    tested_by=f"{_TESTS}::test_two_nodes_in_one_place",
)

_PASSED: Final = """
SELECT l.feature_id, n.feature_id AS other_id, l.valid * n.valid AS valid, NULL::float8 AS amount, n.geom AS place,
  n.node_kind AS detail
FROM {LINES:urban_planning.network_line} AS l
JOIN {NODES:urban_planning.network_node} AS n ON REACH AND n.valid && l.valid
WHERE NOT l.abolished AND NOT n.abolished AND n.utility_network_type = l.utility_network_type
  AND n.node_kind NOT IN ('pole', 'tower') AND n.feature_id IS DISTINCT FROM l.from_node
  AND n.feature_id IS DISTINCT FROM l.to_node AND ST_DWithin(l.geom, n.geom, %(linear)s)
"""
_REACHES: Final = {"proposed": "n.geom && ST_Expand(l.geom, %(linear)s)"}
_OF_NODES: Final = "l.geom && ST_Expand(n.geom, %(linear)s)"

PASSES: Final = Rule(
    id="urban_planning.network_line.passes-no-node",
    severity="warning",
    statement=Text(
        kk="Сызық өз желісінің торабынан жалғанбай өтпеуі керек: оны сол торапта бөліңіз.",
        ru="Линия не должна проходить через узел своей сети, не соединяясь с ним: разделите её в этом узле.",
        en="A line should not pass a node of its network unconnected: split it at the node.",
    ),
    watches=(NETWORK_LINE.name, NETWORK_NODE.name),
    sql=" UNION ALL ".join(
        _PASSED.replace("LINES", lines).replace("NODES", nodes).replace("REACH", _REACHES.get(lines, _OF_NODES))
        for lines, nodes in (
            ("proposed", "proposed"),
            ("proposed", "staying"),
            ("proposed", "untouched"),
            ("staying", "proposed"),
            ("untouched", "proposed"),
        )
    ),
    tested_by=f"{_TESTS}::test_line_that_passes_a_node",
)

_HOUSED: Final = """
SELECT n.feature_id, s.feature_id AS other_id, n.valid * s.valid AS valid, ST_Distance(n.geom, s.geom) AS amount,
  n.geom AS place, n.node_kind AS detail
FROM {NODES:urban_planning.network_node} AS n
JOIN {STRUCTURES:urban_planning.network_structure} AS s ON BY AND s.valid && n.valid
WHERE NOT n.abolished AND NOT s.abolished AND NOT ST_DWithin(n.geom, s.geom, %(linear)s)
"""

HOUSED: Final = Rule(
    id="urban_planning.network_node.in-its-structure",
    severity="warning",
    statement=Text(
        kk="Торап өзі жатады деп көрсетілген құрылыстың ішінде болуы керек.",
        ru="Узел должен лежать в сооружении, которое назвал.",
        en="A node should lie in the structure that it names.",
    ),
    watches=(NETWORK_NODE.name, NETWORK_STRUCTURE.name),
    sql=" UNION ALL ".join(
        _HOUSED.replace("NODES", nodes).replace("STRUCTURES", structures).replace("BY", "s.feature_id = n.structure_id")
        for nodes, structures in (
            ("proposed", "proposed"),
            ("proposed", "staying"),
            ("proposed", "untouched"),
            ("staying", "proposed"),
            ("untouched", "proposed"),
        )
    ),
    tested_by=f"{_TESTS}::test_node_outside_its_structure",
)

RULES: Final = (
    HAS_NODES,
    ENDS_MEET,
    ONE_NETWORK,
    NO_SELF_LOOP,
    NO_DUPLICATE,
    SAME_ENDS,
    DOWNHILL,
    ONE_WAY_LOOP,
    POSITIVE,
    PASSES,
    STATE,
    ONE_PLACE,
    HOUSED,
    *_FLOW,
    *_OPERATORS,
    *_CLEARANCES,
)
"""Every rule of engineering networks."""
