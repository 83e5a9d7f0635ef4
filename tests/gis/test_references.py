"""What is referred to is in force for as long as it is referred to, from either side, whoever writes first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
import shapely
from psycopg import Connection, sql

from gis import staging
from gis.database import connect
from gis.edit import Put
from gis.errors import QalaError, RuleBroken
from gis.layer import Layer
from gis.record import NOWHERE, Write
from gis.references import RULE, reference_rules
from tests.city import ORIGIN, City

STREET, ADDRESS, ALIAS = "address.street", "address.address", "address.alias"
LINE = shapely.MultiLineString([[ORIGIN, (ORIGIN[0] + 100, ORIGIN[1])]])
POINT = shapely.Point(ORIGIN)
HOUSE = {"position_specification": "building"}


def _street(city: City, day: str = "2020-01-01") -> int:
    return city.put(STREET, LINE, day, name="Testikatu", name_kk="Сынақ көшесі", name_ru="Улица Пробная")


def _address(city: City, street: int, day: str = "2021-01-01", number: str = "1") -> int:
    return city.put(ADDRESS, POINT, day, -1, locator_designator=number, street_id=street, **HOUSE)


def _end(city: City, layer: str, feature: int, day: str) -> None:
    geometry, values = (LINE, {}) if layer == STREET else (POINT, {"locator_designator": "1", **HOUSE})
    act = city.act(day)
    end = Write(layer, feature, act.period, geometry, values, abolished=True)
    city.register.perform(Put((end,)), act)


def _found(refused: pytest.ExceptionInfo[RuleBroken]) -> list[tuple[int, int | None]]:
    return [(v.feature_id, v.other_id) for v in refused.value.data["violations"] if v.rule == RULE]


def test_what_is_named_must_be_there(empty_city: City) -> None:
    """No such feature; one of another layer; one that begins later: each is refused with both ids."""
    street = _street(empty_city)
    address = _address(empty_city, street)
    for named in (999_999, address):
        with pytest.raises(RuleBroken) as refused:
            _address(empty_city, named)
        assert [other for _, other in _found(refused)] == [named]
    with pytest.raises(RuleBroken) as early:
        _address(empty_city, street, "2019-06-01")
    spans = [v.valid for v in early.value.data["violations"] if v.rule == RULE]
    midnights = [empty_city.profile.midnight(date(year, month, 1)) for year, month in ((2019, 6), (2020, 1))]
    assert [(span.start, span.end) for span in spans] == [tuple(midnights)]


def test_any_layer_that_the_field_names_will_do(empty_city: City) -> None:
    """An alias may be a street's or a named place's."""
    act = empty_city.act("2021-01-01")
    area = shapely.MultiPolygon([POINT.buffer(50.0)])
    place = empty_city.put("address.named_place", area, name="Pasila", name_kk="Пасила", name_ru="Пасила")
    for owner in (_street(empty_city), place):
        alias = Write(ALIAS, -1, act.period, NOWHERE, {"place_id": owner, "name": "Vanha", "kind": "former"})
        assert empty_city.register.perform(Put((alias,)), empty_city.act("2021-01-01")).features[-1] > owner


def test_what_is_named_may_not_end(empty_city: City) -> None:
    """A street ends only after its addresses, or together with them in one act."""
    street = _street(empty_city)
    address = _address(empty_city, street)
    with pytest.raises(RuleBroken) as refused:
        _end(empty_city, STREET, street, "2022-01-01")
    assert _found(refused) == [(street, address)]
    _end(empty_city, ADDRESS, address, "2022-01-01")
    with pytest.raises(RuleBroken) as early:
        _end(empty_city, STREET, street, "2021-06-01")
    assert _found(early) == [(street, address)]
    _end(empty_city, STREET, street, "2022-01-01")


def test_both_in_one_act(empty_city: City) -> None:
    """A new address may name a new street of the same act; an act may end a street and its addresses at once."""
    act = empty_city.act()
    names = {"name": "Testikatu", "name_kk": "Сынақ көшесі", "name_ru": "Улица Пробная"}
    house = {"locator_designator": "1", "street_id": -1, **HOUSE}
    both = (Write(STREET, -1, act.period, LINE, names), Write(ADDRESS, -2, act.period, POINT, house))
    made = empty_city.register.perform(Put(both), act).features
    later = empty_city.act("2022-01-01")
    ends = (
        Write(STREET, made[-1], later.period, LINE, names, abolished=True),
        Write(ADDRESS, made[-2], later.period, POINT, {**house, "street_id": made[-1]}, abolished=True),
    )
    empty_city.register.perform(Put(ends), later)
    with connect(empty_city.register.database.reader) as connection:
        rows = connection.execute("SELECT DISTINCT street_id FROM address.address").fetchall()
    assert rows == [(made[-1],)]


def test_a_clerk_names_what_another_ends(empty_city: City) -> None:
    """Of an act that ends a street and one that gives it an address, at once, exactly one is recorded."""
    for _ in range(5):
        street = _street(empty_city)
        barrier = Barrier(2)

        def do(work: Callable[[], object], barrier: Barrier = barrier) -> bool:
            barrier.wait()
            try:
                work()
            except QalaError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            works = (
                lambda street=street: _address(empty_city, street, "2022-01-01"),
                lambda street=street: _end(empty_city, STREET, street, "2022-01-01"),
            )
            assert sorted(pool.map(do, works)) == [False, True]


def test_whom_a_personal_field_names_is_not_told(empty_city: City) -> None:
    """A holder without its party is refused, and the refusal has no party's id."""
    act = empty_city.act()
    holder = Write("personal.holder", -1, act.period, NOWHERE, {"right_id": 41, "party_id": 42})
    with pytest.raises(RuleBroken) as refused:
        empty_city.register.perform(Put((holder,)), act)
    assert {other for _, other in _found(refused)} == {41, None}


def _nodes(plan: dict[str, object]) -> list[dict[str, object]]:
    below = plan.get("Plans", [])
    assert isinstance(below, list)
    return [plan, *(node for child in below for node in _nodes(child))]


def _scans(connection: Connection, city: City, watched: str) -> set[str]:
    """Return the tables that the reference rules of a layer would read whole."""
    rules = [rule for rule in reference_rules(city.register.layers) if rule.watches == (watched,)]
    layers = city.register.layers
    whole: set[str] = set()
    for rule in rules:
        named: list[Layer] = [layers[name] for name in staging.relations(rule.sql or "")]
        staging.prepare(connection, named)
        statement = staging.with_relations(rule.sql or "", layers)
        row = connection.execute(sql.SQL("EXPLAIN (FORMAT JSON) ") + statement).fetchone()
        assert row is not None
        found = _nodes(row[0][0]["Plan"])
        whole |= {str(node["Relation Name"]) for node in found if node["Node Type"] == "Seq Scan"}
    return {name for name in whole if "__" not in name}


@pytest.mark.slow
def test_the_rules_reach_the_indexes(empty_city: City) -> None:
    """With fifty thousand addresses, neither side of the rules reads a layer from end to end."""
    fill = {
        "address.street": "INSERT INTO address.street (feature_id, version, valid, recorded, opened_by, geom, name) "
        "SELECT nextval('qala.feature_id'), 1, '[2020-01-01,)', '[2020-01-01,)', 1, "
        "ST_GeomFromText('MULTILINESTRING((25496500 6673000, 25496600 6673000))', 3879), 's' || i "
        "FROM generate_series(1, 20000) AS i",
        "address.address": "INSERT INTO address.address (feature_id, version, valid, recorded, opened_by, geom, "
        "locator_designator, position_specification, street_id) "
        "SELECT nextval('qala.feature_id'), 1, '[2020-01-01,)', '[2020-01-01,)', 1, "
        "ST_SetSRID(ST_MakePoint(25496500, 6673000), 3879), i::text, 'building', i % 20000 + 1 "
        "FROM generate_series(1, 50000) AS i",
    }
    with connect(empty_city.register.database.owner) as connection:
        connection.execute("SET session_replication_role = replica")  # plans are asked of them: no trigger is needed
        for name, statement in fill.items():
            connection.execute(statement)
            connection.execute(f"ANALYZE {name}")
        # Of the other layers the planner knows nothing, as in a register that is new: known to be empty, they are read.
        connection.execute("UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE relkind = 'r' AND reltuples = 0")
        connection.execute("SET session_replication_role = origin")
        with connection.transaction():
            assert _scans(connection, empty_city, ADDRESS) == set()
        with connection.transaction():
            assert _scans(connection, empty_city, STREET) == set()
