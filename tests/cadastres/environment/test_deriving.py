"""Zones after a load of their sources: drawn afterwards, said to be behind until then, and drawn once."""

from pathlib import Path

import pytest
import shapely

from cadastres.environment.model import FACILITY, WATER_REACH
from cadastres.environment.verbs import Derive, NothingToDraw
from data.loaders.deriving import derive_zones
from data.loaders.parameters import BUNDLED, load_parameters, read_parameters
from data.loaders.source import BadFile
from gis import staging
from gis.bulk import bulk
from gis.record import Period, Version
from gis.rules import Violation
from gis.store import new_ids
from tests.cadastres.environment.naturalist import SANITARY, STRIP, ZONE, Naturalist, area, bank


def loaded(
    nature: Naturalist, east: float, hazard_class: str, feature: int | None = None
) -> tuple[int, list[Violation]]:
    """Load works past every follower; return their id and what the rules said."""
    act = nature.city.act("2015-01-01" if feature is None else "2018-01-01")
    said = dict.fromkeys(f.name for f in FACILITY.fields) | {"hazard_class": hazard_class}
    with bulk(nature.city.register, act, [FACILITY.name]) as loading:
        number = new_ids(loading.connection, 1)[0] if feature is None else feature
        version = Version(number, Period(act.valid_from, None), area(east, 0, east + 50, 50), said)
        before = {} if feature is None else {number: nature.timeline(FACILITY.name, number)}
        after = {number: (version,)} if feature is None else {number: _moved(before[number], version)}
        last = {} if feature is None else {number: 1}
        staging.stage(loading.connection, FACILITY, nature.city.profile.srid, before, after, last)
        found = loading.check()
        loading.record("test.load")
    return number, found


def _moved(timeline: tuple[Version, ...], version: Version) -> tuple[Version, ...]:
    old = timeline[0]
    kept = Version(old.feature_id, Period(old.valid.start, version.valid.start), old.geometry, old.attributes)
    return (kept, version)


def test_zones_of_loaded_sources_are_drawn_afterwards(nature: Naturalist) -> None:
    """Each source once; a second run finds nothing to do; other sources' zones stay."""
    nature.row("sanitary", 300.0, class_key="III")
    known = nature.works(area(-900, 0, -850, 50), "III")
    works = [loaded(nature, 1000.0 * i, "III")[0] for i in range(5)]
    assert nature.zone(SANITARY, works[0], "2020-01-01") is None
    done = derive_zones(nature.city.register, [FACILITY.name], nature.city.act("2015-01-01"), lambda *_: None, lot=2)
    assert (done.sources, len(done.changesets)) == (6, 3)
    assert [nature.width(SANITARY, each, "2020-01-01") for each in works] == [300.0] * 5
    assert [len(t) for t in nature.zones(SANITARY, known).values()] == [1]
    with pytest.raises(NothingToDraw):
        nature.perform(Derive(sources=((FACILITY.name, tuple(works)),)), "2015-01-01")


def test_a_load_that_moves_a_source_leaves_its_zone_behind(nature: Naturalist) -> None:
    """The rules warn of it, naming source and zone; drawn anew, the zone follows over the whole of time."""
    nature.row("sanitary", 300.0, class_key="III")
    mill = nature.works(area(0, 0, 50, 50), "III")
    _, found = loaded(nature, 200.0, "III", mill)
    assert {(v.rule, v.severity, v.feature_id) for v in found} == {("environment.zone.up-to-date", "warning", mill)}
    nature.perform(Derive(sources=((FACILITY.name, (mill,)),)), "2020-01-01")
    before, after = nature.zone(SANITARY, mill, "2017-12-31"), nature.zone(SANITARY, mill, "2018-01-01")
    assert before is not None
    assert after is not None
    assert after.geometry.bounds[0] - before.geometry.bounds[0] == pytest.approx(200.0)


def test_the_bundled_rows_load_once_and_are_marked(nature: Naturalist) -> None:
    """Every row goes in by its own day; unconfirmed ones say so; a second load finds all known."""
    reach = nature.reach(bank((0, 0), (1000, 0)))
    act = nature.city.act("2024-12-01")
    rows = read_parameters(BUNDLED, nature.city.profile)
    first = load_parameters(nature.city.register, BUNDLED, act)
    assert (first.read, first.entered) == (len(rows), len(rows))
    assert load_parameters(nature.city.register, BUNDLED, act).known == len(rows)
    assert nature.zone(STRIP, reach, "2024-09-26") is None
    assert nature.width(STRIP, reach, "2024-09-27") == 35.0
    confirmed = {(r.attributes["zone_kind"], r.attributes["class_key"]) for r in rows if r.attributes["confirmed"]}
    assert ("water_protection_strip", "any") in confirmed
    assert not any(kind in {"electricity", "gas", "sanitary", "water_protection_zone"} for kind, _ in confirmed)
    zone = nature.zone(ZONE, reach, "2025-01-01")
    assert zone is not None
    assert shapely.contains(zone.geometry, nature.timeline(WATER_REACH.name, reach)[0].geometry)


def test_a_file_of_rows_that_will_not_do(nature: Naturalist, tmp_path: Path) -> None:
    """An unknown column, and a value that is none with its line."""
    path = tmp_path / "rows.csv"
    path.write_text("zone_kind,class_key,breadth\nsanitary,III,300\n", encoding="utf-8")
    with pytest.raises(BadFile, match="breadth"):
        read_parameters(path, nature.city.profile)
    path.write_text("zone_kind,class_key,width,confirmed\nsanitary,III,wide,true\n", encoding="utf-8")
    with pytest.raises(BadFile, match="line 2"):
        read_parameters(path, nature.city.profile)
