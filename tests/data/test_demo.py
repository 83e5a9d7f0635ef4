"""The demo city: a real map, derived land, a few years of acts, and no rule broken on any day."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import shapely
from psycopg import Connection

from cadastres.land import number
from cadastres.land.model import PARCEL, QUARTER, RESERVATION, ZONE
from cadastres.real_estate import identity_number
from cadastres.real_estate.model import BUILDING, PREMISES, ROOM
from cadastres.real_estate.rights_model import RIGHT, RIGHT_AREA, UNIT
from data.catalogue import LAYERS
from data.city import BuildReport, build_city, profile_of_extract
from data.demo import STORY, build_demo, demo_extract
from data.demo_office import COURT
from data.loaders.osm import READERS
from data.loaders.osm_streets import LAYERS as STREETS
from gis import store
from gis.audit import verify
from gis.database import connect
from gis.history import changesets
from gis.layer import Layer
from gis.record import Timeline, Version, at
from tests.city import ALMATY, City
from tests.osm_file import OsmFile

T = 0.01
FROM_A_MAP = {layer.name for layer in (*READERS, *STREETS, PARCEL, QUARTER, ZONE)}
"""What a map and derivation from it fill; rights, premises and units come by acts and by files of their own."""

DAYS = [date(2019, 4, 22), date(2020, 7, 1), date(2022, 1, 1), date(2023, 6, 1), date(2024, 10, 1), date(2025, 12, 1)]
"""Days between acts, over all the years of the story."""


@dataclass(frozen=True)
class Demo:
    """The demo city and everything that its register holds."""

    city: City
    report: BuildReport
    land: Mapping[str, Mapping[int, Timeline]]

    def on(self, day: date, layer: Layer) -> list[Version]:
        """Return a layer's features in force on a day."""
        moment = self.city.profile.midnight(day)
        found = (at(timeline, moment) for timeline in self.land[layer.name].values())
        return [version for version in found if version is not None and not version.abolished]


def _everything(connection: Connection, layer: Layer) -> Mapping[int, Timeline]:
    ids = connection.execute(f"SELECT DISTINCT feature_id FROM {layer.name}").fetchall()
    return store.timelines(connection, layer, [row[0] for row in ids])


@pytest.fixture(scope="module")
def demo(built_city: Callable[[str], tuple[City, BuildReport]]) -> Demo:
    """The demo city, built once."""
    city, report = built_city("demo")
    with connect(city.register.database.writer) as connection:
        return Demo(city, report, {layer.name: _everything(connection, layer) for layer in LAYERS.values()})


def test_every_layer_has_features_and_every_row_an_outcome(demo: Demo) -> None:
    """All layers are filled, and the report adds up."""
    assert [layer.name for layer in LAYERS.values() if not demo.land[layer.name]] == []
    for counts in demo.report.rows.values():
        assert counts["read"] == counts["accepted"] + counts["accepted_with_defect"] + counts["refused"]
    for name, count in demo.report.features.items():
        assert len(demo.land.get(name, ())) >= count
    assert json.loads(json.dumps(demo.report.as_json()))["acts"] == demo.report.acts > len(STORY)


def test_report_speaks_three_languages(demo: Demo) -> None:
    """The report's sentence has its figures in every language."""
    told = demo.report.told()
    for text in (told.kk, told.ru, told.en):
        assert str(demo.report.features[PARCEL.name]) in text
        assert str(demo.report.acts) in text
        assert "{" not in text


def test_report_is_written_with_the_places_of_defects(demo: Demo, tmp_path: Path) -> None:
    """The files hold every defect; all places lie in the centre of Helsinki, longitude first."""
    demo.report.write(tmp_path)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    places = json.loads((tmp_path / "defects.geojson").read_text(encoding="utf-8"))["features"]
    assert report["rows"] == demo.report.rows
    assert len(report["defects"]) == len(places) == len(demo.report.defects) > 0
    located = [shapely.geometry.shape(place["geometry"]) for place in places if place["geometry"]]
    assert shapely.box(24.92, 60.15, 24.97, 60.19).covers(shapely.union_all(located))


def test_derived_land_says_so(demo: Demo) -> None:
    """Quarters, parcels and zones are marked as derived, those that acts made later too."""
    assert demo.report.derived == [PARCEL.name, QUARTER.name, ZONE.name]
    for layer in (QUARTER, PARCEL, ZONE, RESERVATION):
        versions = [v for timeline in demo.land[layer.name].values() for v in timeline]
        assert versions
        assert all(v.attributes["derived"] is True for v in versions)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_no_two_parcels_overlap_on_any_day(demo: Demo, day: date) -> None:
    """By brute force over all pairs near each other: no intersection, shrunk by T/2, is left."""
    areas = [v.geometry for v in demo.on(day, PARCEL)]
    assert len(areas) > 500
    ones, others = shapely.STRtree(areas).query(areas, predicate="intersects")
    for i, k in zip(ones.tolist(), others.tolist(), strict=True):
        if i < k:
            assert areas[i].intersection(areas[k]).buffer(-T / 2).is_empty


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_parcels_lie_in_the_quarter_of_their_number(demo: Demo, day: date) -> None:
    """Each number is valid and begins with the code of the one quarter in which the parcel lies."""
    quarters = {str(v.attributes["code"]): v.geometry for v in demo.on(day, QUARTER)}
    for parcel in demo.on(day, PARCEL):
        parsed = number.parse(str(parcel.attributes["cadastral_number"]))
        outside = parcel.geometry.difference(quarters[parsed.quarter_code])
        assert outside.buffer(-T / 2).is_empty
        assert parcel.geometry.is_valid


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_buildings_bear_the_number_of_the_parcel_below(demo: Demo, day: date) -> None:
    """On every day each building's number is, by brute force, that of the parcel under most of it."""
    parcels = demo.on(day, PARCEL)
    tree = shapely.STRtree([p.geometry for p in parcels])
    for building in demo.on(day, BUILDING):
        shares = [
            (-parcels[i].geometry.intersection(building.geometry).area, str(parcels[i].attributes["cadastral_number"]))
            for i in tree.query(building.geometry, predicate="intersects").tolist()
        ]
        expected = min((share for share in shares if share[0] < 0), default=(0.0, None))[1]
        assert building.attributes["parcel_number"] == expected


def test_numbers_are_never_used_twice(demo: Demo) -> None:
    """No cadastral number was ever two parcels', archived ones included."""
    owners: dict[str, set[int]] = {}
    for feature_id, timeline in demo.land[PARCEL.name].items():
        for version in timeline:
            owners.setdefault(str(version.attributes["cadastral_number"]), set()).add(feature_id)
    assert all(len(ids) == 1 for ids in owners.values())


def test_land_is_neither_lost_nor_made_by_splits_and_merges(demo: Demo) -> None:
    """Between two days without archiving or forming, the parcelled land is the same."""
    before, after = (shapely.union_all([v.geometry for v in demo.on(d, PARCEL)]) for d in (DAYS[0], DAYS[1]))
    assert before.symmetric_difference(after).buffer(-T / 2).is_empty


def test_acts_over_several_years(demo: Demo) -> None:
    """Some dozens of acts of every kind, each with its source, dated from 2019 to 2025."""
    acts = _acts(demo)[: len(STORY)]
    assert [act["source_acceptance"] for act in acts] == [chapter.day for chapter in STORY]
    assert len(STORY) >= 36
    verbs = {act["verb"] for act in acts}
    parcel = {f"land.parcel.{verb}" for verb in ("split", "merge", "adjust", "archive", "form")}
    assert verbs == parcel | {"land.zone.form", "land.reservation.reserve", "land.reservation.release"}
    assert {chapter.day.year for chapter in STORY} == set(range(2019, 2026))


def test_court_decision_changes_the_past_and_not_what_was_known(demo: Demo) -> None:
    """The decision of 2024 moves a boundary from 2021 on; what the register said before it still reads the same."""
    chapter = next(c for c in STORY if c.kind == COURT)
    assert chapter.since is not None
    with connect(demo.city.register.database.reader) as connection:
        act = next(a for a in changesets(connection) if a["source_kind"] == COURT)
        moved = connection.execute(
            "SELECT feature_id FROM land.parcel WHERE opened_by = %s AND lower(valid) = %s",
            (act["number"], demo.city.profile.midnight(chapter.since)),
        ).fetchall()
        assert len(moved) == 2
        asked = demo.city.profile.midnight(chapter.since + timedelta(days=30))
        for (feature,) in moved:
            before = _known(connection, feature, asked, act["recorded"] - timedelta(microseconds=1))
            after = _known(connection, feature, asked, act["recorded"])
            assert before != after


def _known(connection: Connection, feature: int, valid: datetime, recorded: datetime) -> bytes:
    row = connection.execute(
        "SELECT ST_AsBinary(geom) FROM land.parcel WHERE feature_id = %s AND valid @> %s AND recorded @> %s",
        (feature, valid, recorded),
    ).fetchone()
    assert row is not None
    return bytes(row[0])


def test_addresses_name_a_street_that_bears_the_name(demo: Demo) -> None:
    """A linked street has the address's street name in some language, and most addresses are linked."""
    streets = demo.land["address.street"]
    addresses = [v for timeline in demo.land["address.address"].values() for v in timeline if not v.abolished]
    linked = [v for v in addresses if v.attributes["street_id"] is not None]
    assert len(linked) > len(addresses) / 2
    for version in linked:
        assert version.valid.start is not None
        street = at(streets[version.attributes["street_id"]], version.valid.start)
        assert street is not None
        names = {street.attributes[key] for key in ("name", "name_kk", "name_ru", "name_en")} - {None}
        assert version.attributes["thoroughfare_name"].casefold() in {name.casefold() for name in names}


def test_sea_beside_the_city(demo: Demo) -> None:
    """The bay north of the centre is water; Senate Square is not."""
    waters = shapely.union_all([timeline[0].geometry for timeline in demo.land["environment.water_body"].values()])
    assert waters.contains(shapely.Point(25_496_900, 6_673_850))
    assert not waters.intersects(shapely.Point(25_497_000, 6_672_950))


def test_audit_finds_nothing(demo: Demo) -> None:
    """The register of the demo city is sound down to its last hash."""
    with connect(demo.city.register.database.owner) as connection:
        assert list(verify(connection, LAYERS.values(), demo.city.register.heads)) == []


def _acts(demo: Demo) -> list[Mapping[str, Any]]:
    acts: list[Mapping[str, Any]] = []
    with connect(demo.city.register.database.reader) as connection:
        while page := list(changesets(connection, after=acts[-1]["number"] if acts else demo.report.changeset)):
            acts += page
    return acts


def test_acts_of_the_legal_registers(demo: Demo) -> None:
    """Scores of acts of addresses, buildings and rights follow, recorded in the order of their days, 2019 to 2025."""
    acts = _acts(demo)[len(STORY) :]
    days = [act["source_acceptance"] for act in acts]
    assert len(acts) >= 60
    assert days == sorted(days)
    assert {day.year for day in days} == set(range(2019, 2026))
    verbs = {act["verb"] for act in acts}
    assert {
        "address.street.rename", "address.address.form", "real_estate.building.number", "real_estate.premises.form",
        "real_estate.addressing.give", "real_estate.party.form-group", "real_estate.unit.form",
        "real_estate.right.transfer", "real_estate.right.declare", "real_estate.right.consent", "land.parcel.split",
        "real_estate.right.inherit", "real_estate.right.discharge", "real_estate.right.correct",
    } <= verbs  # fmt: skip


@pytest.mark.parametrize("day", DAYS[1:], ids=str)
def test_ownership_and_use_are_whole_on_every_day(demo: Demo, day: date) -> None:
    """By plain fractions: on every unit in force the shares of ownership, and those of use, sum to one."""
    sums: dict[tuple[int, bool], Fraction] = defaultdict(Fraction)
    for right in demo.on(day, RIGHT):
        if right.attributes["share_check"]:
            own = right.attributes["kind"] in {"ownership", "stateOwnership"}
            share = Fraction(right.attributes["share_numerator"], right.attributes["share_denominator"])
            sums[right.attributes["unit_id"], own] += share
    assert {unit for unit, own in sums if own} == {unit.feature_id for unit in demo.on(day, UNIT)}
    assert set(sums.values()) == {Fraction(1)}


def test_rights_go_over_with_the_ground(demo: Demo) -> None:
    """Both parts of the split ground are the State's and used by the co-owners; the passage lies where it lay."""
    before, after = date(2023, 5, 14), date(2023, 5, 15)
    old, new = (_ground(demo, day) for day in (before, after))
    assert len(old) == 1
    assert len(new) == 2
    ((bounds, kinds),) = old.items()
    assert kinds == {"stateOwnership", "permanentUse", "servitude"}
    assert all({"stateOwnership", "permanentUse"} <= kinds for kinds in new.values())
    assert any("servitude" in kinds for kinds in new.values())
    assert bounds not in new
    areas = [shapely.union_all([v.geometry for v in demo.on(day, RIGHT_AREA)]) for day in (before, after)]
    assert areas[0].symmetric_difference(areas[1]).buffer(-T / 2).is_empty


def _ground(demo: Demo, day: date) -> dict[str, set[str]]:
    """Return the kinds of rights on units of the State's land, by number."""
    kinds: dict[int, set[str]] = defaultdict(set)
    for right in demo.on(day, RIGHT):
        kinds[right.attributes["unit_id"]].add(right.attributes["kind"])
    units = {v.feature_id: str(v.attributes["unit_number"]) for v in demo.on(day, UNIT)}
    return {units[unit]: found for unit, found in kinds.items() if "stateOwnership" in found}


def test_correction_of_shares_keeps_what_was_known(demo: Demo) -> None:
    """Halves of 2021, corrected in 2025, still read as halves at any moment before the correction was recorded."""
    act = next(act for act in _acts(demo) if act["verb"] == "real_estate.right.correct")
    asked = demo.city.profile.midnight(date(2022, 1, 1))
    with connect(demo.city.register.database.reader) as connection:
        told = [
            connection.execute(
                "SELECT share_numerator, share_denominator FROM real_estate.right WHERE valid @> %(valid)s "
                "AND recorded @> %(recorded)s AND feature_id IN "
                "(SELECT feature_id FROM real_estate.right WHERE opened_by = %(number)s) ORDER BY feature_id",
                {"valid": asked, "recorded": recorded, "number": act["number"]},
            ).fetchall()
            for recorded in (act["recorded"] - timedelta(microseconds=1), act["recorded"])
        ]
    assert told == [[(1, 2), (1, 2)], [(1, 4), (3, 4)]]


def test_rooms_lie_in_their_house_and_make_up_the_flat(demo: Demo) -> None:
    """Every room lies inside the footprint of the building of its flat, and their areas add up to the flat's."""
    day = DAYS[1]
    flats = {v.feature_id: v for v in demo.on(day, PREMISES)}
    houses = {v.feature_id: v for v in demo.on(day, BUILDING)}
    drawn: dict[int, float] = defaultdict(float)
    for room in demo.on(day, ROOM):
        flat = flats[room.attributes["premises_id"]]
        assert houses[flat.attributes["building_id"]].geometry.covers(room.geometry)
        drawn[flat.feature_id] += room.geometry.area
    assert len(drawn) >= 3
    assert all(flats[i].attributes["total_area"] == pytest.approx(area, abs=0.1) for i, area in drawn.items())


def test_parties_are_samples_and_their_names_are_nowhere_else(demo: Demo) -> None:
    """Made-up numbers are valid ones, and no public layer says a party's name or number."""
    parties = [timeline[-1].attributes for timeline in demo.land["personal.party"].values()]
    for party in parties:
        number = party["iin_bin"]
        if party["party_type"] == "naturalPerson":
            assert identity_number.parse_iin(number).birth_date == party["birth_date"]
        if party["party_type"] == "nonNaturalPerson":
            assert identity_number.parse_bin(number).kind == "resident"
    secrets = {str(party[name]) for party in parties for name in ("name", "iin_bin") if party[name]}
    public = [layer.name for layer in LAYERS.public.values()]
    said = {str(v) for name in public for t in demo.land[name].values() for each in t for v in each.attributes.values()}
    assert len(secrets) > 20
    assert not said & secrets
    acts = json.dumps(_acts(demo), default=str, ensure_ascii=False)
    assert not [secret for secret in secrets if secret in acts]


@pytest.mark.slow
def test_built_again_it_is_the_same(demo: Demo, fresh_city: Callable[[str], City]) -> None:
    """Another build opens and closes the same versions with the same content, hash by hash; persons' take salt."""
    again = fresh_city("helsinki")
    build_demo(again.register)
    statement = (
        "SELECT changeset, layer, feature_id, version, event, "
        "CASE WHEN layer NOT LIKE 'personal.%' THEN encode(hash, 'hex') END FROM qala.ledger ORDER BY 2, 3, 4, 5"
    )
    ledgers = []
    for city in (demo.city, again):
        with connect(city.register.database.owner) as connection:
            ledgers.append(connection.execute(statement).fetchall())
    assert ledgers[0] == ledgers[1]
    with connect(again.register.database.writer) as connection:
        for layer in LAYERS.values():
            assert layer.public or _contents(_everything(connection, layer)) == _contents(demo.land[layer.name])


def _contents(timelines: Mapping[int, Timeline]) -> list[tuple[int, object, object]]:
    return [(i, v.valid, dict(v.attributes)) for i, timeline in sorted(timelines.items()) for v in timeline]


def test_profile_of_an_extract() -> None:
    """An extract of a bundled city gets that city's profile; one from elsewhere gets one made for the place."""
    assert profile_of_extract(demo_extract()).id == "helsinki"


def test_city_nobody_knows(fresh_city: Callable[[str], City]) -> None:
    """A small town without any profile of its own is built with numbers that no real parcel has."""
    file = OsmFile()
    x, y = 24.94, 60.17
    for i in range(4):
        file.way(10 + i, [(x, y + i * 0.001), (x + 0.006, y + i * 0.001)], highway="residential", name=f"Row {i}")
        file.way(20 + i, [(x + i * 0.002, y), (x + i * 0.002, y + 0.003)], highway="primary")
    corners = [(x + 0.0005, y + 0.0004), (x + 0.0009, y + 0.0004), (x + 0.0009, y + 0.0006), (x + 0.0005, y + 0.0006)]
    file.way(30, corners, closed=True, building="house", addr__housenumber="1", addr__street="row 0")
    city = fresh_city("helsinki")
    bare = city.profile.model_copy(update={"numbers": {}, "classifiers": {}})
    register = replace(city.register, profile=bare)
    report = build_city(register, file.write(city.register.heads.folder.parent / "town.osm.pbf"))  # type: ignore[union-attr]
    assert report.features[PARCEL.name] > 0
    with connect(city.register.database.reader) as connection:
        numbers = [v[0].attributes["cadastral_number"] for v in _everything(connection, PARCEL).values()]
        house = next(iter(_everything(connection, BUILDING).values()))[0]
    assert all(n.startswith("99999") for n in numbers)
    assert house.attributes["parcel_number"] in numbers


@pytest.mark.realdata
@pytest.mark.slow
def test_almaty_of_2012(built_city: Callable[[str], tuple[City, BuildReport]]) -> None:
    """Any extract makes a city: at least 8 000 buildings and 10 000 derived parcels; its defects are on record."""
    assert profile_of_extract(ALMATY).id == "almaty"
    city, report = built_city("almaty")
    assert report.features[BUILDING.name] >= 8000
    assert report.features[PARCEL.name] >= 10_000
    assert report.valid_from == date(2012, 3, 13)
    filled = {name for name, count in report.features.items() if count}
    nobody = {f"urban_planning.{name}" for name in ("network_line", "ramp", "kerb", "lift")}
    assert filled == FROM_A_MAP - {"environment.protected_site", *nobody}, "drawn by nobody yet"
    assert set(report.warnings) == {"urban_planning.street.ends-join"}
    assert report.warnings["urban_planning.street.ends-join"] < 30
    assert {rule.split(".")[0] for rule in report.on_record} == {"address"}
    with connect(city.register.database.reader) as connection:
        row = connection.execute("SELECT count(*) FROM qala.violation WHERE upper_inf(recorded)").fetchone()
        named = connection.execute("SELECT count(*) FROM address.street WHERE name IS NOT NULL").fetchone()
    assert row == (sum(report.on_record.values()),)
    assert named is not None
    assert report.on_record["address.name.official"] >= named[0] > 400
    for counts in report.rows.values():
        assert counts["read"] == counts["accepted"] + counts["accepted_with_defect"] + counts["refused"]
    assert report.rows["address.street"]["accepted_with_defect"] > named[0]
