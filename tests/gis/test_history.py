"""What changed between two points of either axis, and the versions behind it."""

import json
from datetime import UTC, date, datetime
from typing import Any

from gis.database import connect
from gis.history import Difference, changed_features, changesets, diff, feature_versions
from gis.instant import Instant, Reading, read_head, settle
from tests.city import City, square

PARCEL = "land.parcel"


def _values(serial: int, address: str) -> dict[str, Any]:
    return {"cadastral_number": f"91001001{serial:03d}", "address": address}


def _differences(city: City, earlier: Instant, later: Instant) -> dict[int, Difference]:
    with connect(city.register.database.reader) as connection:
        head = read_head(connection)
        readings: list[Reading] = [settle(i, head) for i in (earlier, later)]
        found = diff(connection, city.register.layers[PARCEL], *readings)
    return {d.feature_id: d for d in found}


def _head(city: City) -> datetime:
    with connect(city.register.database.reader) as connection:
        return read_head(connection).recorded


def test_diff_on_the_valid_axis(empty_city: City) -> None:
    """Between two legal dates: what was created, changed (and how), retired; what stayed is left out."""
    kept = empty_city.put(PARCEL, square(0, 0), **_values(1, "kept"))
    moved = empty_city.put(PARCEL, square(1, 0), **_values(2, "moved"))
    empty_city.put(PARCEL, square(1, 1), "2021-06-01", moved, **_values(2, "moved on"))
    made = empty_city.put(PARCEL, square(2, 0), "2021-07-01", **_values(3, "made"))
    midnight = empty_city.profile.midnight
    found = _differences(empty_city, Instant(midnight(date(2021, 1, 1))), Instant(midnight(date(2022, 1, 1))))
    assert {i: (d.kind, sorted(d.changed)) for i, d in found.items()} == {
        moved: ("changed", ["address", "geometry"]),
        made: ("created", []),
    }
    assert kept not in found
    assert json.loads(found[moved].before or "")["properties"]["address"] == "moved"
    assert json.loads(found[moved].after or "")["properties"]["address"] == "moved on"
    backwards = _differences(empty_city, Instant(midnight(date(2022, 1, 1))), Instant(midnight(date(2021, 1, 1))))
    assert backwards[made].kind == "retired"


def test_diff_on_the_recorded_axis(empty_city: City) -> None:
    """What the register said of one legal date before and after a retroactive act."""
    parcel = empty_city.put(PARCEL, square(0, 0), **_values(1, "as known then"))
    known_then = _head(empty_city)
    empty_city.put(PARCEL, square(0, 0), "2020-03-01", parcel, **_values(1, "as the court found"))
    day = datetime(2020, 6, 1, tzinfo=UTC)
    found = _differences(empty_city, Instant(day, known_then), Instant(day))
    assert found[parcel].changed == ["address"]
    assert not _differences(empty_city, Instant(day, known_then), Instant(day, known_then))


def test_versions_as_known_then_never_change(empty_city: City) -> None:
    """The versions recorded by an instant read the same for ever, whatever is recorded later."""
    parcel = empty_city.put(PARCEL, square(0, 0), **_values(1, "A"))
    then = _head(empty_city)
    layer = empty_city.register.layers[PARCEL]
    with connect(empty_city.register.database.reader) as connection:
        before = feature_versions(connection, layer, parcel, then)
        empty_city.put(PARCEL, square(0, 0), "2021-01-01", parcel, **_values(1, "B"))
        assert feature_versions(connection, layer, parcel, then) == before
        now = feature_versions(connection, layer, parcel, _head(empty_city))
    assert [(v["version"], v["recorded_to"] is None) for v in now] == [(1, False), (2, True), (3, True)]


def test_changesets_tell_what_they_changed(empty_city: City) -> None:
    """Each changeset names its verb, its source and every version that it opened or closed."""
    parcel = empty_city.put(PARCEL, square(0, 0), **_values(1, "A"))
    empty_city.put(PARCEL, square(0, 0), "2021-01-01", parcel, **_values(1, "B"))
    with connect(empty_city.register.database.reader) as connection:
        told = list(changesets(connection))
        changed = changed_features(connection, 2)
    assert [c["number"] for c in told] == [1, 2]
    assert told[1]["source_acceptance"] == date(2021, 1, 1)
    assert "actor" not in told[1]
    assert [(c["version"], c["event"]) for c in changed] == [(1, "closed"), (2, "opened"), (3, "opened")]
