"""The changes feed: whole, in order, the same in batches of any size, and as fast at its end as at its beginning."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from gis.database import connect
from gis.feed import CHANGESETS, Feed, View
from gis.record import NOWHERE
from tests.cadastres.land.registrar import Registrar, box, line
from tests.city import City
from tests.mirror import Mirror, on_record


def _changesets(feed: Feed, after: int = 0) -> list[dict[str, Any]]:
    """Return what the feed tells as a client parses it."""
    return [
        {
            **json.loads(json.dumps(entry.facts, default=str)),
            "changes": [json.loads(t) for b in entry.events for t in b],
        }
        for entry in feed.entries(after, feed.head())
    ]


def _public(city: City, *, exact: bool = False) -> Feed:
    return Feed(city.register.reading, View(city.register.layers.public, exact))


@pytest.fixture(scope="module")
def land(fresh_city: Callable[[str], City]) -> Iterator[City]:
    """A register with splits, merges, an archived parcel, and a person."""
    city = fresh_city("helsinki")
    registrar = Registrar(city)
    registrar.quarter()
    parcel = registrar.form(box(0, 0, 40, 40))
    neighbour = registrar.form(box(40, 0, 80, 40))
    children = registrar.split(parcel, line((20, -5), (20, 45)))
    merged = registrar.merge(children[1], neighbour)
    lawless = City(replace(city.register, rules=(), followers=()), city.profile)
    lawless.put("personal.party", NOWHERE, party_type="naturalPerson", iin_bin="990101300015", name="Сериков Асан")
    lawless.register.close()
    registrar.archive(merged, "2021-01-01")
    yield city
    city.register.close()


def test_a_mirror_rebuilds_every_instant(land: City) -> None:
    """From nothing but the feed: every version of every public layer at every recorded instant, and the lineage."""
    mirror = Mirror()
    register = land.register
    told = _changesets(Feed(register.reading, View(register.layers.public), attest=register.writing))
    assert told[0]["actor"] == "registrar-1"
    mirror.take(told)
    with connect(land.register.database.owner) as connection:
        instants = [row[0] for row in connection.execute("SELECT recorded FROM qala.changeset ORDER BY number")]
        lineage = connection.execute("SELECT kind, parent, child FROM qala.lineage ORDER BY lineage_id").fetchall()
    assert len(instants) == mirror.number == 7
    for instant in instants:
        for layer in land.register.layers.public:
            assert mirror.at(instant, layer) == on_record(land, instant, layer)
    assert [(d["kind"], d["parent"], d["child"]) for d in mirror.lineage] == lineage
    assert mirror.withheld == 1 == sum(each["withheld"] for each in told)


def test_nothing_personal_is_told(land: City) -> None:
    """The whole text holds no name, no number, not even which layer the person is of."""
    told = _changesets(_public(land))
    party = told[5]
    assert party["changes"] == [{"event": "opened", "hash": party["changes"][0]["hash"], "withheld": True}]
    text = json.dumps([each["changes"] for each in told], ensure_ascii=False)
    assert "Сериков" not in text
    assert "990101300015" not in text
    assert "personal." not in text
    assert not {"actor", "line", "ordered"} & told[0].keys()


def test_exact_geometries(land: City) -> None:
    """The WKB is the stored geometry, to the last bit."""
    mirror = Mirror()
    mirror.take(_changesets(_public(land, exact=True)))
    with connect(land.register.database.owner) as connection:
        for feature_id, version, wkb in connection.execute(
            "SELECT feature_id, version, encode(ST_AsBinary(geom, 'NDR'), 'hex') FROM land.parcel"
        ):
            assert mirror.versions["land.parcel", feature_id, version].wkb == wkb


@pytest.mark.parametrize("batch", [1, 2, 3, 5])
def test_batches_change_nothing(land: City, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    """Changesets larger than a batch are told piece by piece, with the same events in the same order."""
    whole = _changesets(_public(land))
    monkeypatch.setattr("gis.feed.BATCH", batch)
    monkeypatch.setattr("gis.feed._HEADERS", batch)
    assert _changesets(_public(land)) == whole
    assert _changesets(_public(land), after=3) == whole[3:]


def test_page_by_page_without_slowing(fresh_city: Callable[[str], City]) -> None:
    """Of 10 000 changesets the last page costs at most three times what the first does, which touches as much."""
    city = fresh_city("almaty")
    with connect(city.register.database.owner) as connection:
        connection.execute(_MANY)
        connection.execute("ANALYZE qala.changeset, qala.ledger")
    feed = _public(city)

    def cost(after: int) -> float:
        start = time.perf_counter()
        assert sum(1 for _ in feed.entries(after, after + 100)) == 100
        return time.perf_counter() - start

    first, last = ([cost(after) for _ in range(7)] for after in (0, 9_900))
    assert min(last) <= 3 * min(first)
    assert _plan_reads_by_key(city)


def _plan_reads_by_key(city: City) -> bool:
    """Tell whether a page deep in the feed is planned without a scan of the ledger or of the changesets."""
    with connect(city.register.database.reader) as connection:
        told: Mapping[str, Any] = {"after": 9_900, "until": 10_000, "shown": ["environment.green_area"]}
        plan = "\n".join(row[0] for row in connection.execute("EXPLAIN " + CHANGESETS, told))
    return "Seq Scan on changeset" not in plan and "Seq Scan on ledger" not in plan


_MANY = """
WITH made AS (
  INSERT INTO qala.changeset (number, recorded, verb, actor, role, reason, source_kind, source_number,
    source_acceptance, source_submission, source_recordation, layers, form, digest, previous_hash, hash)
  SELECT n, '2020-01-01Z'::timestamptz + n * interval '1 second', 'register.put', 'a', 'registrar', 'r', 'k', n::text,
    '2020-01-01', '2020-01-01', '2020-01-01', '{personal.party}', 1, '', '', ''
  FROM generate_series(1, 10000) AS n RETURNING number
)
INSERT INTO qala.ledger
SELECT number, 'personal.party', number * 3 + e, 1, 'o', 1, '' FROM made, generate_series(0, 2) AS e
"""
