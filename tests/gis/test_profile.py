"""The city profile: what is read, what is refused and how, and the days of the law."""

import doctest
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastres.land.number import next_number, parse
from data import profiles
from gis import place, profile
from gis.classifier import Classifier, ClassifierEntry, UnknownCode
from gis.crs import OwnSystem, system_crs, transformer
from gis.errors import BadRequest
from gis.place import nearest_timezone, utm_epsg
from gis.profile import BadProfile, CityProfile, Extent, load_profile
from gis.text import LANGUAGES, Text

CITY = """
extends = "kazakhstan"
id = "tomorrow"
name = { kk = "Ертең", ru = "Завтра", en = "Tomorrow" }
timezone = "Asia/Almaty"
extent = [71.0, 51.0, 72.0, 51.4]
[crs]
epsg = 32642
"""


def _write(folder: Path, text: str, name: str = "tomorrow.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_doctests_hold() -> None:
    """The examples in the modules hold."""
    assert doctest.testmod(profile).failed == doctest.testmod(place).failed == 0


def test_bundled_cities() -> None:
    """Demo and test cities each have a profile in their own projected system and time zone."""
    assert {(p.id, p.srid, p.timezone) for p in profiles.bundled()} == {
        ("almaty", 32643, "Asia/Almaty"),
        ("astana", 32642, "Asia/Almaty"),
        ("helsinki", 3879, "Europe/Helsinki"),
        ("paris18", 2154, "Europe/Paris"),
        ("redmond", 32610, "America/Los_Angeles"),
    }
    assert profiles.find("almaty") is profiles.bundled()[0]


@pytest.mark.parametrize("city", profiles.bundled(), ids=lambda city: city.id)
def test_bundled_profile_is_complete(city: CityProfile) -> None:
    """Each has the law's classifiers, speaks three languages, lies where its system works, and numbers its parcels."""
    assert [entry.code for entry in city.classifier("land_category").on(date(2024, 1, 1))] == list("1234567")
    texts = [entry.title for c in city.classifiers.values() for entry in c.entries] + [city.name]
    assert all(text.in_language(language).strip() for text in texts for language in LANGUAGES)
    longitude, latitude = (city.extent.west + city.extent.east) / 2, (city.extent.south + city.extent.north) / 2
    x, y = transformer(4326, city.system).transform(longitude, latitude)
    assert transformer(city.system, 4326).transform(x, y) == pytest.approx((longitude, latitude), abs=1e-7)
    codes = city.numbers["land.parcel"].codes
    assert parse(next_number(codes["region"] + codes.get("district", "001") + "001", 0)).region == codes["region"]


def test_unread_classifiers_are_marked() -> None:
    """What nobody read in the act says so."""
    almaty = profiles.find("almaty")
    assert all(entry.confirmed for entry in almaty.classifier("land_category").entries)
    assert not any(entry.confirmed for entry in almaty.classifier("permitted_use").entries)


def test_stored_profile_reads_back() -> None:
    """The JSON that the database keeps is the profile."""
    for city in profiles.bundled():
        assert CityProfile.model_validate_json(city.model_dump_json()) == city


def test_new_city_needs_only_a_file(tmp_path: Path) -> None:
    """A profile that extends the Kazakh base gets its schemes and adds its own."""
    city = profiles.find(_write(tmp_path, CITY + "[tolerances]\nlinear = 0.02\n"))
    assert (city.id, city.srid, city.name.kk) == ("tomorrow", 32642, "Ертең")
    assert (city.tolerances.linear, city.tolerances.area_sum_ratio) == (0.02, 0.001)
    assert city.numbers["land.parcel"].separator == "-"


def test_base_beside_the_file_comes_first(tmp_path: Path) -> None:
    """A city may bring its own base, and bases may extend bases."""
    _write(tmp_path, 'extends = "grand"\n[limits]\nboundary_step = 7.0\n', "kazakhstan.toml")
    _write(
        tmp_path,
        "[tolerances]\nlinear = 0.05\n[limits]\nboundary_step = 9.0\nearliest_date = 1900-01-01\n",
        "grand.toml",
    )
    city = profiles.find(_write(tmp_path, CITY))
    assert (city.limits.boundary_step, city.limits.earliest_date.year, city.tolerances.linear) == (7.0, 1900, 0.05)
    assert city.classifiers == {}


def test_own_system_by_wkt(tmp_path: Path) -> None:
    """A projected system that EPSG lacks is written into the file, and replaces the base's as a whole."""
    wkt = system_wkt()
    table = f"[crs]\nname = 'Local'\nsrid = 990007\nto_wgs84 = [0, 0, 0]\nwkt2 = '''{wkt}'''\n"
    city = profiles.find(_write(tmp_path, CITY.replace("[crs]\nepsg = 32642\n", table)))
    assert isinstance(city.system, OwnSystem)
    assert city.srid == 990007
    assert system_crs(city.system).uri.endswith("/QALA/0/990007")
    assert CityProfile.model_validate_json(city.model_dump_json()) == city


def system_wkt() -> str:
    """Return the WKT2 of a transverse Mercator system on a datum that no list has."""
    degree = 'ANGLEUNIT["degree",0.0174532925199433]'
    return (
        'PROJCRS["Local",BASEGEOGCRS["Local",DATUM["Local",ELLIPSOID["GRS 1980",6378137,298.257222101]]],'
        'CONVERSION["Local",METHOD["Transverse Mercator"],'
        f'PARAMETER["Latitude of natural origin",0,{degree}],PARAMETER["Longitude of natural origin",71.5,{degree}],'
        'PARAMETER["Scale factor at natural origin",1,SCALEUNIT["unity",1]],'
        'PARAMETER["False easting",500000,LENGTHUNIT["metre",1]],PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],'
        'CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'
    )


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('id = "tomorrow"', 'id = "To morrow"', "id: 'To morrow'"),
        ('id = "tomorrow"', "", "id: Field required .right: a slug such as almaty"),
        ('ru = "Завтра", ', "", "name.ru: Field required"),
        ("Asia/Almaty", "Asia/Atlantis", "timezone: 'Asia/Atlantis'.*Asia/Almaty"),
        ("Asia/Almaty", "../etc/passwd", "no IANA time zone"),
        ("epsg = 32642", "epsg = 4326", "crs: .*metres"),
        ("epsg = 32642", "epsg = 3857", "crs: .*Web Mercator"),
        ("epsg = 32642", "epsg = 123456", "EPSG lists no system 123456"),
        ("epsg = 32642", "", "crs: needs either epsg"),
        ("epsg = 32642", "wkt2 = 'PROJCRS['", "wkt2 needs a name and a srid"),
        ("epsg = 32642", "wkt2 = 'PROJCRS['\nname='x'\nsrid=990001", "crs: .*can't be read"),
        ("epsg = 32642", "epsg = 'x'", "crs.epsg: 'x'"),
        ("[71.0, 51.0, 72.0, 51.4]", "[51.0, 171.0, 51.4, 172.0]", "extent: .*west, south, east, north"),
        ("[71.0, 51.0, 72.0, 51.4]", "[71.0, nan, 72.0, 51.4]", "extent: .*west, south, east, north"),
        ("[71.0, 51.0, 72.0, 51.4]", "[71.0, 51.0, 72.0]", "extent.3: Field required"),
        ("[crs]", "colour = 'red'\n[crs]", "colour: there is no such key; the keys are id, name"),
        ("[crs]", "[tolerances]\nlinear = -1\n[crs]", "tolerances.linear: '-1'"),
        ("[crs]", "[tolerances]\nlinar = 1\n[crs]", "tolerances.linar: there is no such key"),
        ("[crs]", "languages = ['fi']\n[crs]", "languages.0: 'fi'"),
        ("[crs]", "[numbers.'land.parcel'.codes]\nregion = '2x'\n[crs]", "numbers.land.parcel.codes.region: '2x'"),
        ("[crs]", "[[administrative]]\ncode = 'x'\nname = 'y'\n[crs]", "administrative.0.code: 'x'"),
        ("kazakhstan", "atlantis", "extends 'atlantis', which was not found; atlantis.toml"),
        ("[crs]", "[crs", "can't be read: .*line"),
    ],
)
def test_mistake_is_named(tmp_path: Path, before: str, after: str, reason: str) -> None:
    """The message names the file, the key, what stands there and what would be right."""
    file = _write(tmp_path, CITY.replace(before, after))
    with pytest.raises(BadProfile, match=f"(?s){reason}") as refusal:
        profiles.find(file)
    assert str(file) in str(refusal.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """One run shows everything that is to be mended."""
    file = _write(tmp_path, CITY.replace("tomorrow", "A").replace("32642", "4326").replace("Asia/Almaty", "Mars"))
    with pytest.raises(BadProfile) as refusal:
        profiles.find(file)
    assert [problem.split(":")[0] for problem in refusal.value.data["problems"]] == ["id", "timezone", "crs"]


def test_circle_of_bases_is_refused(tmp_path: Path) -> None:
    """Two files that extend each other don't loop."""
    _write(tmp_path, 'extends = "b"', "a.toml")
    with pytest.raises(BadProfile, match="circle"):
        load_profile(_write(tmp_path, 'extends = "a"', "b.toml"))


def test_unreadable_file_is_refused(tmp_path: Path) -> None:
    """No file, a folder, another encoding: a reason, no traceback."""
    with pytest.raises(BadProfile, match="almaty, astana, helsinki, paris18"):
        profiles.find("atlantis")
    with pytest.raises(BadProfile, match="can't be read"):
        load_profile(tmp_path)
    (tmp_path / "latin.toml").write_bytes("name = 'Алматы'".encode("cp1251"))
    with pytest.raises(BadProfile, match="UTF-8"):
        profiles.find(tmp_path / "latin.toml")


def test_midnight_follows_the_offset_of_its_day() -> None:
    """Almaty left +06:00 on 1 March 2024: that day's midnight came an hour late."""
    almaty = profiles.find("almaty")
    assert almaty.midnight(date(2024, 2, 29)).astimezone(UTC) == datetime(2024, 2, 28, 18, tzinfo=UTC)
    assert almaty.midnight(date(2024, 3, 1)).astimezone(UTC) == datetime(2024, 2, 29, 19, tzinfo=UTC)
    assert almaty.midnight(date(2024, 3, 1)).isoformat() == "2024-03-01T00:00:00+05:00"
    assert almaty.legal_day(datetime(2024, 2, 29, 18, 30, tzinfo=UTC)) == date(2024, 2, 29)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from(["Asia/Almaty", "Africa/Cairo", "America/Havana"]))
def test_day_begins_at_its_midnight(day: date, zone: str) -> None:
    """The instant belongs to the day and the second before it to another, also where clocks skip or repeat midnight."""
    city = profiles.find("almaty").model_copy(update={"timezone": zone})
    start = city.midnight(day)
    assert start.tzinfo is not None
    assert city.legal_day(start) == day
    before = (start.astimezone(UTC) - timedelta(seconds=1)).astimezone(city.zone).date()
    assert before < day


def test_code_is_in_force_for_its_period() -> None:
    """A code counts from its first day to the last before its end."""
    almaty = profiles.find("almaty")
    categories = almaty.classifier("land_category")
    assert categories.entry("2", on=date(2003, 6, 20)).title.ru == "Земли населённых пунктов"
    with pytest.raises(UnknownCode, match="2003-06-19"):
        categories.entry("2", on=date(2003, 6, 19))
    with pytest.raises(UnknownCode, match="1, 2, 3, 4, 5, 6, 7"):
        categories.entry("8", on=date(2024, 1, 1))
    with pytest.raises(UnknownCode, match="land_category, permitted_use"):
        almaty.classifier("colour")


def test_code_may_change_its_meaning_with_time() -> None:
    """Two periods of one code are two entries; overlapping ones are refused."""
    old = {"code": "1", "title": Text("а", "а", "old"), "valid_to": date(2020, 1, 1)}
    new = {"code": "1", "title": Text("б", "б", "new"), "valid_from": date(2020, 1, 1)}
    title = Text("в", "в", "codes")
    codes = Classifier(title=title, entries=(ClassifierEntry(**old), ClassifierEntry(**new)))
    assert codes.entry("1", date(2019, 12, 31)).title.en == "old"
    assert codes.entry("1", date(2020, 1, 1)).title.en == codes.entry("1").title.en == "new"
    assert not codes.holds("2")
    with pytest.raises(ValueError, match="twice for the same time"):
        Classifier(title=title, entries=(ClassifierEntry(**old), ClassifierEntry(**new | {"valid_from": None})))
    with pytest.raises(ValueError, match="must be later"):
        ClassifierEntry(**old | {"valid_from": date(2021, 1, 1)})


def test_administrative_code_is_found() -> None:
    """A KATO code has a name; another is refused."""
    almaty = profiles.find("almaty")
    assert almaty.administrative_unit("750000000", date(2024, 1, 1)).name.kk == "Алматы қаласы"
    with pytest.raises(UnknownCode, match="750000000"):
        almaty.administrative_unit("1")


def test_national_reference_has_a_form() -> None:
    """A French parcel's number is recognised, a Kazakh one is not."""
    paris = profiles.find("paris18").national_reference
    assert paris is not None
    assert paris.fits("75118000AA0002")
    assert not paris.fits("20315094111")


def test_extent_notices_swapped_axes() -> None:
    """Latitude written first falls outside, and inside once turned round."""
    extent = profiles.find("almaty").extent
    assert extent.holds(76.9, 43.25)
    assert extent.looks_swapped(43.25, 76.9)
    assert not extent.looks_swapped(76.9, 43.25)
    assert not extent.looks_swapped(0, 0)


def test_extract_finds_its_city() -> None:
    """Almaty's extract gets Almaty's profile; greater Porto's one is made for it."""
    assert profiles.for_extract("x", "X", Extent(76.58, 43.06, 77.22, 43.55)).id == "almaty"
    porto = profiles.for_extract("porto", "Porto", Extent(-8.7, 41.0, -8.5, 41.3))
    assert (porto.id, porto.srid, porto.timezone) == ("porto", 32629, "Europe/Lisbon")
    assert porto.extent == (-8.7, 41.0, -8.5, 41.3)
    assert porto.classifiers == profiles.find("almaty").classifiers


@given(st.floats(-180, 180), st.floats(-80, 84))
def test_any_place_gets_a_profile(longitude: float, latitude: float) -> None:
    """The UTM zone of the place holds it, and coordinates come back."""
    city = profile.generate_profile("x", "X", longitude, latitude, base=profiles.base())
    x, y = transformer(4326, city.system).transform(longitude, latitude)
    assert 100_000 <= x <= 900_000
    assert 0 <= y <= 10_000_000
    assert city.srid == utm_epsg(longitude, latitude)


@pytest.mark.parametrize("latitude", [-80.1, 84.1, float("nan")])
def test_place_beyond_utm_is_refused(latitude: float) -> None:
    """The poles need a projection of their own."""
    with pytest.raises(BadProfile, match="beyond UTM"):
        profile.generate_profile("x", "X", 0, latitude, base=profiles.base())


@pytest.mark.parametrize(
    ("longitude", "latitude", "zone"),
    [
        (76.9, 43.25, "Asia/Almaty"),
        (24.94, 60.17, "Europe/Helsinki"),
        (2.34, 48.89, "Europe/Paris"),
        (-70.6, -33.4, "America/Santiago"),
    ],
)
def test_time_zone_is_that_of_the_nearest_city(longitude: float, latitude: float, zone: str) -> None:
    """Good enough for a start; the profile file has the last word."""
    assert nearest_timezone(longitude, latitude) == zone


@pytest.mark.parametrize("day", [date.min, date(999, 12, 31), date(3000, 1, 1), date.max])
def test_no_day_begins_in_a_year_that_nobody_means(day: date) -> None:
    """At the ends of the calendar no zone's clock can be read; the refusal says which years there are."""
    for city in ("almaty", "redmond"):
        with pytest.raises(BadRequest, match="2999"):
            profiles.find(city).midnight(day)
