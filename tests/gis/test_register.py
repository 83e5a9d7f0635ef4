"""The register records acts as changesets and refuses what it must."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from gis.act import Act, Case, Follower, Needs, Outcome
from gis.database import connect
from gis.edit import Put
from gis.errors import BadRequest, Conflict, QalaError, RuleBroken, Unavailable
from gis.profile import CityProfile
from gis.record import Period, Write
from gis.rules import Rule, Violation
from gis.text import Text
from tests.city import City, square

PARCEL = "land.parcel"
BUILT: dict[str, Any] = {"condition_of_construction": "functional"}


def _number(serial: int) -> str:
    return f"91001001{serial:03d}"


def _count(city: City, table: str) -> int:
    with connect(city.register.database.reader) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def test_one_act_is_one_changeset_across_layers(empty_city: City) -> None:
    """Writes to several cadastres are recorded under one number, one instant and one source."""
    act = empty_city.act("2020-02-02")
    writes = (
        Write(PARCEL, -1, act.period, square(0, 0), {"cadastral_number": _number(1)}),
        Write("real_estate.building", -2, act.period, shapely.MultiPolygon([square(0, 0, 10.0)]), BUILT),
    )
    done = empty_city.register.perform(Put(writes), act)
    with connect(empty_city.register.database.reader) as connection:
        rows = connection.execute(
            "SELECT opened_by, lower(recorded) FROM land.parcel UNION ALL "
            "SELECT opened_by, lower(recorded) FROM real_estate.building"
        ).fetchall()
    assert rows == [(done.number, done.recorded)] * 2


def test_all_or_nothing(empty_city: City) -> None:
    """When one write of an act can't be stored, none is."""
    act = empty_city.act()
    writes = (
        Write(PARCEL, -1, act.period, square(0, 0), {"cadastral_number": _number(1)}),
        Write(PARCEL, -2, act.period, square(1, 0), {"cadastral_number": "a\x00b"}),
    )
    with pytest.raises(BadRequest):
        empty_city.register.perform(Put(writes), act)
    assert _count(empty_city, PARCEL) == 0
    assert _count(empty_city, "qala.changeset") == 0


def test_stale_token_shows_both_sides(empty_city: City) -> None:
    """A writer who looked before another's act is refused and told both tokens and what stands now."""
    parcel = empty_city.put(PARCEL, square(0, 0), cadastral_number=_number(1), address="old")
    empty_city.put(PARCEL, square(0, 0), "2021-01-01", parcel, cadastral_number=_number(1), address="new")
    act = empty_city.act("2022-01-01")
    write = Write(PARCEL, parcel, act.period, square(0, 0), {"cadastral_number": _number(1), "address": "mine"})
    with pytest.raises(Conflict) as refused:
        empty_city.register.perform(Put((write,)), act, expected={parcel: 1})
    stale = refused.value.data["stale"][parcel]
    assert (stale["yours"], stale["current"]) == (1, 2)
    assert [v.attributes["address"] for v in stale["versions"]] == ["old", "new"]
    assert empty_city.register.perform(Put((write,)), act, expected={parcel: 2}).number == 3


def test_number_is_never_issued_twice(empty_city: City) -> None:
    """A number that was ever issued stays its feature's, after abolition as before."""
    first = empty_city.put(PARCEL, square(0, 0), cadastral_number=_number(1))
    act = empty_city.act("2021-01-01")
    gone = Write(PARCEL, first, act.period, square(0, 0), {"cadastral_number": _number(1)}, abolished=True)
    empty_city.register.perform(Put((gone,)), act)
    with pytest.raises(QalaError):
        empty_city.put(PARCEL, square(5, 5), "2022-01-01", cadastral_number=_number(1))
    assert _count(empty_city, PARCEL) == 3


def _dated(act: Act, **dates: Any) -> Act:
    return replace(act, source=replace(act.source, **dates))


def test_register_source_dates(empty_city: City) -> None:
    """A source's dates must be in order, and none may lie in the future."""
    act = empty_city.act("2020-06-01")
    tomorrow = date.today() + timedelta(days=2)  # noqa: DTZ011  (two days are ahead in every zone)
    for wrong in (
        _dated(act, submission=date(2020, 5, 31)),
        _dated(act, recordation=date(2020, 5, 31)),
        _dated(act, recordation=tomorrow),
    ):
        with pytest.raises(RuleBroken, match=r"register\.source\.dates"):
            empty_city.register.perform(Put(()), wrong)


def test_recorded_time_follows_commit_order(empty_city: City) -> None:
    """Sixteen writers at once: numbers have no gap, instants rise with them, the chain holds."""

    def write(i: int) -> int:
        return empty_city.put(PARCEL, square(i * 20, 0), cadastral_number=_number(i + 1))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(48)))
    with connect(empty_city.register.database.reader) as connection:
        rows = connection.execute(
            "SELECT number, recorded, previous_hash, hash FROM qala.changeset ORDER BY 1"
        ).fetchall()
    assert [row[0] for row in rows] == list(range(1, 49))
    assert all(a[1] < b[1] and a[3] == b[2] for a, b in pairwise(rows))


def _echo_rule(amounts: dict[int, float]) -> Rule:
    """A rule that finds in each written parcel the amount that a test gave it."""

    def found(_: Case, outcome: Outcome) -> list[Violation]:
        return [rule.violation(w.feature_id, amount=amounts[w.feature_id]) for w in outcome.writes
                if w.feature_id in amounts]  # fmt: skip

    text = Text(kk="сынақ", ru="проба", en="trial")
    rule = Rule(id="test.echo", severity="error", statement=text, watches=(PARCEL,), function=found)
    return rule


def _with(city: City, *, rules: tuple[Rule, ...] = (), followers: tuple[Follower, ...] = ()) -> City:
    register = replace(city.register, rules=rules, followers=followers)
    return City(register, city.profile)


def test_refusal_names_rule_and_writes_nothing(empty_city: City) -> None:
    """A broken rule refuses the act with its id and statement in three languages; "may I?" says the same."""
    city = _with(empty_city, rules=(_echo_rule({1: 2.0}),))
    act = city.act()
    command = Put((Write(PARCEL, 1, act.period, square(0, 0), {"cadastral_number": _number(1)}),))
    asked = city.register.may(command, act)
    with pytest.raises(RuleBroken) as refused:
        city.register.perform(command, act)
    assert [v.rule for v in asked] == [v.rule for v in refused.value.data["violations"]] == ["test.echo"]
    assert "проба" in refused.value.in_language("ru")
    assert _count(city, PARCEL) == 0


def test_defect_on_record_may_not_grow(empty_city: City) -> None:
    """A defect accepted by a bulk load is tolerated while it does not grow, and closed when healed."""
    from gis.bulk import bulk  # noqa: PLC0415

    amounts = {1: 2.0}
    rule = _echo_rule(amounts)
    city = _with(empty_city, rules=(rule,))
    act = city.act()
    with bulk(city.register, act, [PARCEL]) as loading:
        loading.record("test.load", defects=[rule.violation(1, amount=2.0)])
    write = Put((Write(PARCEL, 1, act.period, square(0, 0), {"cadastral_number": _number(1)}),))
    assert [v.severity for v in city.register.may(write, act)] == ["warning"]
    amounts[1] = 2.5
    assert [v.severity for v in city.register.may(write, act)] == ["error"]
    amounts.clear()
    city.register.perform(write, act)
    with connect(city.register.database.reader) as connection:
        assert connection.execute("SELECT upper_inf(recorded), closed_by FROM qala.violation").fetchall() == [
            (False, 2)
        ]


def _marking_follower() -> Follower:
    """A follower that puts a building's use after the parcel's address, for tests."""

    def needs(outcome: Outcome, _: CityProfile) -> Needs:
        return Needs(areas=tuple(("real_estate.building", w.geometry) for w in outcome.writes if w.layer == PARCEL))

    def follow(case: Case, outcome: Outcome) -> Outcome:
        moved = [w for w in outcome.writes if w.layer == PARCEL]
        return Outcome(tuple(
            Write("real_estate.building", b.feature_id, case.act.period, b.geometry,
                  {**b.attributes, "name": str(w.attributes["address"])})
            for w in moved for b in case.all_current("real_estate.building") if w.geometry.covers(b.geometry)
        ))  # fmt: skip

    return Follower("test.follows", frozenset({PARCEL}), needs, follow)


def test_followers_write_in_the_same_changeset(empty_city: City) -> None:
    """What follows from an act is recorded with it."""
    city = _with(empty_city, followers=(_marking_follower(),))
    city.put("real_estate.building", shapely.MultiPolygon([square(0, 0, 10.0)]), **BUILT)
    city.put(PARCEL, square(0, 0), "2021-01-01", cadastral_number=_number(1), address="Followed 1")
    with connect(city.register.database.reader) as connection:
        rows = connection.execute("SELECT name, opened_by FROM real_estate.building WHERE upper_inf(valid)").fetchall()
    assert ("Followed 1", 2) in rows


def test_portion_of_valid_time(empty_city: City) -> None:
    """A write over a portion splits the version it falls into; the rest says what it said."""
    parcel = empty_city.put(PARCEL, square(0, 0), cadastral_number=_number(1), address="A")
    act = empty_city.act("2020-06-01")
    midnight = empty_city.profile.midnight
    portion = Period(midnight(date(2020, 3, 1)), midnight(date(2020, 4, 1)))
    write = Write(PARCEL, parcel, portion, square(0, 0), {"cadastral_number": _number(1), "address": "B"})
    empty_city.register.perform(Put((write,)), act)
    with connect(empty_city.register.database.reader) as connection:
        rows = connection.execute(
            "SELECT address, lower(valid), upper(valid) FROM land.parcel WHERE upper_inf(recorded) ORDER BY 2"
        ).fetchall()
    assert [r[0] for r in rows] == ["A", "B", "A"]
    assert (rows[1][1], rows[1][2]) == (portion.start, portion.end)


def test_writing_the_same_changes_nothing(empty_city: City) -> None:
    """An act that says what the register says opens no version."""
    parcel = empty_city.put(PARCEL, square(0, 0), cadastral_number=_number(1), address="A")
    with connect(empty_city.register.database.reader) as connection:
        before = connection.execute("SELECT * FROM land.parcel").fetchall()
        attributes: dict[str, Any] = {f.name: None for f in empty_city.register.layers[PARCEL].fields}
        attributes |= {"cadastral_number": _number(1), "address": "A"}
        empty_city.put(PARCEL, square(0, 0), "2020-05-01", parcel, **attributes)
        assert connection.execute("SELECT * FROM land.parcel").fetchall() == before


def test_database_gone_is_told(empty_city: City) -> None:
    """A register whose database is not there says so, and nothing is half-written."""
    database = replace(empty_city.register.database, writer="host=127.0.0.1 port=1 dbname=x connect_timeout=1")
    register = replace(empty_city.register, database=database)
    with pytest.raises(Unavailable):
        register.perform(Put(()), empty_city.act())
    register.close()


@pytest.mark.parametrize(
    ("values", "geometry", "named"),
    [
        ({"cadastral_number": _number(1), "colour": "red"}, square(0, 0), "colour"),
        ({"address": "no number"}, square(0, 0), "cadastral_number"),
        ({"cadastral_number": 7}, square(0, 0), "cadastral_number"),
        ({"cadastral_number": _number(1), "official_area": float("nan")}, square(0, 0), "official_area"),
        ({"cadastral_number": _number(1), "category": "moon"}, square(0, 0), "moon"),
        ({"cadastral_number": _number(1)}, shapely.Point(0, 0), "Polygon"),
        ({"cadastral_number": _number(1)}, shapely.Polygon(), "Polygon"),
        ({"cadastral_number": _number(1)}, shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "Self-intersection"),
    ],
)
def test_unfit_writes_are_named(empty_city: City, values: dict[str, Any], geometry: BaseGeometry, named: str) -> None:
    """A write that the layer's declaration does not allow is refused by the name of what is wrong."""
    act = empty_city.act()
    with pytest.raises(BadRequest, match=named):
        empty_city.register.perform(Put((Write(PARCEL, -1, act.period, geometry, values),)), act)
    assert _count(empty_city, "qala.changeset") == 0
