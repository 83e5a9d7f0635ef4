"""What the engine guarantees for every layer, proven for parcels: identity, lineage, time, sources, tokens, chain.

The invariants are those of the reference list (11–13, 26–32), each named in its test.
"""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from cadastres.land.story import LaterChange
from cadastres.land.verbs import Archive, Split
from gis import audit
from gis.act import Source
from gis.database import connect
from gis.edit import Put
from gis.errors import Conflict, RuleBroken
from gis.history import feature_versions
from gis.instant import Instant, read_head, settle
from gis.lineage import descents
from gis.record import Write
from tests.cadastres.land.registrar import PARCEL, QUARTER, Registrar, adjusting, box, forming, line


def test_11_numbers_are_never_used_again(registrar: Registrar) -> None:
    """An archived parcel's number stays its own: not issued anew, not to be written by another."""
    first = registrar.form(box(0, 0, 40, 40))
    registrar.archive(first, "2017-01-01")
    second = registrar.form(box(0, 0, 40, 40), "2018-01-01")
    assert registrar.said(second, "2018-01-01")["cadastral_number"] == f"{QUARTER}002"
    act = registrar.act("2019-01-01")
    write = Write(PARCEL, -1, act.period, box(40, 0, 80, 40), {"cadastral_number": f"{QUARTER}001"})
    with pytest.raises(Conflict, match="never used again"):
        registrar.city.register.perform(Put((write,)), act)


def test_12_a_parent_or_its_children_are_in_force(registrar: Registrar) -> None:
    """At the act's midnight the one ends and the others begin; a plain write can't revive the parent beside them."""
    parent = registrar.form(box(0, 0, 40, 40))
    children = registrar.split(parent, line((20, -1), (20, 41)), "2018-01-01")
    for day, parents, kids in (("2017-12-31", 1, 0), ("2018-01-01", 0, 2)):
        assert bool(registrar.said(parent, day)) is bool(parents)
        assert sum(bool(registrar.said(i, day)) for i in children) == kids
    act = registrar.act("2019-01-01")
    revived = Write(PARCEL, parent, act.period, box(200, 200, 240, 240), {"cadastral_number": f"{QUARTER}001"})
    assert registrar.broken(Put((revived,)), "2019-01-01") == {"register.lineage.parent-or-children"}


def test_12_an_act_that_outlives_its_object_is_refused(registrar: Registrar) -> None:
    """A retroactive act on a parcel that was split later is told when it ended."""
    parent = registrar.form(box(0, 0, 40, 40))
    registrar.split(parent, line((20, -1), (20, 41)), "2018-01-01")
    with pytest.raises(LaterChange, match="2018-01-01") as refused:
        registrar.archive(parent, "2017-01-01")
    assert refused.value.data["feature_id"] == parent


def test_13_lineage_is_typed_dated_and_cites_its_act(registrar: Registrar) -> None:
    """Split and merge stand with their kind, legal date and changeset; nothing is its own ancestor."""
    parent = registrar.form(box(0, 0, 40, 40))
    one, other = registrar.split(parent, line((20, -1), (20, 41)), "2018-01-01")
    child = registrar.merge(one, other, day="2019-01-01")
    with connect(registrar.city.register.database.reader) as connection:
        head = read_head(connection)
        found = {i: descents(connection, i, head.recorded) for i in (parent, one, child)}
    assert [(d.kind, d.child) for d in found[parent]] == [("split", one), ("split", other)]
    assert [(d.kind, d.parent) for d in found[child]] == [("merge", one), ("merge", other)]
    assert {d.valid_from for d in found[child]} == {registrar.act("2019-01-01").valid_from}
    assert {d.opened_by for d in found[one]} == {head.changeset - 1, head.changeset}


@pytest.mark.parametrize(
    ("acceptance", "submission", "recordation"),
    [("2020-02-01", "2020-01-01", "2020-03-01"), ("2020-01-01", "2020-03-01", "2020-02-01"), (None, None, None)],
)
def test_26_source_dates_are_in_order_and_not_in_the_future(
    registrar: Registrar, acceptance: str | None, submission: str | None, recordation: str | None
) -> None:
    """Acceptance ≤ submission ≤ recordation ≤ today."""
    tomorrow = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 - two days are more than any zone
    dates = [date.fromisoformat(day or tomorrow) for day in (acceptance, submission, recordation)]
    source = Source(kind="deed", number="1", acceptance=dates[0], submission=dates[1], recordation=dates[2])
    act = replace(registrar.act("2020-01-01"), source=source)
    with pytest.raises(RuleBroken, match=r"register\.source\.dates"):
        registrar.city.register.perform(forming(box(0, 0, 40, 40)), act)


def test_27_a_retroactive_act_leaves_what_was_known(registrar: Registrar) -> None:
    """A boundary moved back in 2018 is so in law since then; what the register said before still reads the same."""
    left, right = registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40))
    before = _seen(registrar, left, "2019-06-01")
    registrar.adjust({left: box(0, 0, 43, 40), right: box(43, 0, 80, 40)}, "2018-01-01")
    assert registrar.area(left, "2019-06-01").equals(box(0, 0, 43, 40))
    assert _seen(registrar, left, "2019-06-01", before[0]) == before
    assert _seen(registrar, left, "2019-06-01") != before


def _seen(registrar: Registrar, parcel: int, day: str, changeset: int | None = None) -> tuple[int, list[str]]:
    """Return a changeset, and what the register said of a parcel on a day when that one was the last."""
    with connect(registrar.city.register.database.reader) as connection:
        head = read_head(connection)
        number = changeset or head.changeset
        row = connection.execute("SELECT recorded FROM qala.changeset WHERE number = %s", (number,)).fetchone()
        assert row is not None
        moment = registrar.act(day).valid_from
        reading = settle(Instant(moment, row[0]), head)
        versions = feature_versions(connection, registrar.city.register.layers[PARCEL], parcel, reading.recorded)
    live = [v for v in versions if v["recorded_to"] is None and (v["valid_to"] is None or v["valid_to"] > moment)]
    return number, [v["feature"] for v in live if v["valid_from"] <= moment]


def test_28_a_timeline_has_neither_overlaps_nor_gaps(registrar: Registrar) -> None:
    """After acts in and out of order every day has one version; what ended has an explicit end."""
    left, right = registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40))
    registrar.adjust({left: box(0, 0, 43, 40), right: box(43, 0, 80, 40)}, "2020-01-01")
    registrar.zone("category", "2", box(-100, -100, 500, 500), day="2018-01-01", parcels=True)
    registrar.archive(left, "2021-01-01")
    timeline = registrar.timeline(left)
    assert [v.valid.end for v in timeline[:-1]] == [v.valid.start for v in timeline[1:]]
    assert timeline[-1].valid.end is None
    assert [v.abolished for v in timeline] == [False, False, False, True]


def test_29_recorded_versions_can_not_be_changed(registrar: Registrar) -> None:
    """The writer's own login can neither update, delete nor truncate what stands."""
    registrar.form(box(0, 0, 40, 40))
    for statement in (
        "UPDATE land.parcel SET address = 'forged'",
        "UPDATE land.parcel SET recorded = tstzrange(lower(recorded), now())",
        "DELETE FROM land.parcel",
        "TRUNCATE land.parcel",
    ):
        with connect(registrar.city.register.database.writer) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement)


def test_30_a_refused_act_leaves_nothing(registrar: Registrar) -> None:
    """Nothing of an act that one rule refuses is recorded: no version, no number, no changeset."""
    parent = registrar.form(box(0, 0, 40, 40), divisible=False)
    before = _counts(registrar)
    split = Split(parcel=parent, quarter=QUARTER, line=line((20, -1), (20, 41)))
    assert registrar.broken(split, "2018-01-01") == {"land.parcel.indivisible"}
    assert _counts(registrar) == before


def _counts(registrar: Registrar) -> list[int]:
    tables = ("land.parcel", "land.parcel_cadastral_number_issued", "qala.changeset", "qala.ledger", "qala.lineage")
    with connect(registrar.city.register.database.reader) as connection:
        rows = [connection.execute(f"SELECT count(*) FROM {t}").fetchone() for t in tables]
    return [int(row[0]) for row in rows if row is not None]


def test_31_a_stale_token_is_refused_with_both_sides(registrar: Registrar) -> None:
    """Whoever looked before another's act must look again."""
    left, right = registrar.form(box(0, 0, 40, 40)), registrar.form(box(40, 0, 80, 40))
    seen = registrar.timeline(right)[-1].changeset
    assert seen is not None
    registrar.adjust({left: box(0, 0, 41, 40), right: box(41, 0, 80, 40)}, "2020-01-01")
    command = adjusting({left: box(0, 0, 42, 40), right: box(42, 0, 80, 40)})
    with pytest.raises(Conflict) as refused:
        registrar.perform(command, "2021-01-01", {right: seen})
    assert refused.value.data["stale"][right]["yours"] == seen
    registrar.perform(command, "2021-01-01", {right: seen + 1})


def test_32_the_chain_proves_what_was_recorded(registrar: Registrar) -> None:
    """After every kind of land act the audit finds nothing amiss; a row altered behind its back is named."""
    parent = registrar.form(box(0, 0, 40, 40))
    registrar.merge(*registrar.split(parent, line((20, -1), (20, 41)), "2018-01-01"), day="2019-01-01")
    registrar.release(registrar.reserve(box(100, 0, 140, 40)), "2019-01-01")
    database = registrar.city.register.database
    layers = registrar.city.register.layers
    with connect(database.owner) as connection:
        assert list(audit.verify(connection, layers.values())) == []
        connection.execute("ALTER TABLE land.parcel DISABLE TRIGGER USER")
        connection.execute("UPDATE land.parcel SET address = 'forged' WHERE feature_id = %s", (parent,))
        found = [finding.what for finding in audit.verify(connection, layers.values())]
    assert found
    assert all(f"{PARCEL} {parent}" in what for what in found)


def test_a_parcel_archived_without_successor_ends_that_day(registrar: Registrar) -> None:
    """Archive is an explicit state: the last content stays, marked abolished."""
    parcel = registrar.form(box(0, 0, 40, 40), address="Testikatu 1")
    registrar.perform(Archive(feature=parcel), "2018-01-01")
    last = registrar.timeline(parcel)[-1]
    assert (last.abolished, last.attributes["address"]) == (True, "Testikatu 1")
