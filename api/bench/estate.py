"""A made-up city of flats with owners and pledges, the same on every machine: what ``qala bench rights`` acts on.

Each flat has two owners by halves; on every other flat the first half is pledged. All goes in through the bulk door, as
one changeset; no rule is run, for nothing is wrong by construction.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import shapely
from psycopg.types.range import Range

from cadastres.real_estate.identity_number import check_digit
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.rights_model import HOLDER, PARTY, RIGHT, UNIT, UNIT_PART
from data.installation import Installation
from data.profiles import find
from gis import staging
from gis.act import Act, Source
from gis.bulk import Bulk, bulk
from gis.cluster import default_home
from gis.database import connect
from gis.layer import Layer
from gis.profile import CityProfile
from gis.register import Register
from gis.store import new_ids

Tell = Callable[[str], None]
Row = Mapping[str, Any]

SINCE: Final = date(2015, 1, 1)
"""Everything is in force since this day."""

FLATS: Final = 100
"""Flats to a building."""

_OWNERS: Final = 2
_BANKS: Final = 20
_ORIGIN: Final = (25_480_000.0, 6_660_000.0)
LAYERS: Final = (BUILDING, PREMISES, UNIT, UNIT_PART, RIGHT, PARTY, HOLDER)
"""What the city is made of, in the order in which it is written."""
_COMPLETE: Final = "SELECT to_regclass('public.bench_complete') IS NOT NULL"


@dataclass(frozen=True)
class Estate:
    """A made-up city of about so many rights, in a database of its own under ``QALA_HOME/bench``."""

    rights: int
    home: Path

    @classmethod
    def of(cls, rights: int, home: Path | None = None) -> "Estate":
        """Return the city of a size."""
        return cls(rights, home or default_home() / "bench")

    @cached_property
    def installation(self) -> Installation:
        """Its installation: a cluster apart from the one that serves."""
        return Installation(self.home, None)

    @cached_property
    def profile(self) -> CityProfile:
        """Helsinki's, under a name of its own."""
        return find("helsinki").model_copy(update={"id": f"rights_{self.rights}"})

    @cached_property
    def register(self) -> Register:
        """Its register. The cluster must be running."""
        return self.installation.open(self.profile)

    @property
    def flats(self) -> int:
        """Flats: of each five rights three lie on one flat and two on another."""
        return self.rights * 2 // 5

    def ensure(self, tell: Tell) -> None:
        """Build the city unless it stands already."""
        with connect(self.register.database.owner) as connection:
            if connection.execute(_COMPLETE).fetchone() == (True,):
                return
        tell(f"making {self.rights} rights on {self.flats} flats")
        with bulk(self.register, act_of(self.profile, SINCE, "operator"), [layer.name for layer in LAYERS]) as loading:
            Builder(self, loading).fill()
            loading.record("bench.fill")
        with connect(self.register.database.owner) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CREATE TABLE public.bench_complete ()")


def act_of(profile: CityProfile, day: date, role: str) -> Act:
    """Return an act of a day."""
    number = secrets.token_hex(6)
    source = Source(kind="contract", number=number, acceptance=day, submission=day, recordation=day)
    return Act(actor="bench", role=role, reason="bench", source=source, valid_from=profile.midnight(day))


@dataclass
class Builder:
    """Writes the city's rows into staging, layer by layer."""

    estate: Estate
    loading: Bulk
    first: dict[Layer, int] = field(default_factory=dict)

    def fill(self) -> None:
        """Stage every layer; ids run in blocks, so that each row can name the others."""
        flats = self.estate.flats
        counts = {BUILDING: -(-flats // FLATS), PREMISES: flats, UNIT: flats, UNIT_PART: flats}
        counts |= {RIGHT: sum(_rights_on(flat) for flat in range(flats)), PARTY: flats + _BANKS}
        ids = new_ids(self.loading.connection, sum(counts.values()) + counts[RIGHT])
        start = ids[0]
        for layer, count in (*counts.items(), (HOLDER, counts[RIGHT])):
            self.first[layer] = start
            start += count
        rows = (self._buildings, self._premises, self._units, self._parts, self._rights, self._parties, self._holders)
        for layer, made in zip(LAYERS, rows, strict=True):
            self._stage(layer, made())

    def _stage(self, layer: Layer, rows: Iterator[Row]) -> None:
        names = staging.columns(layer)
        since = Range(self.estate.profile.midnight(SINCE).astimezone(UTC), None, "[)")
        fixed = {"version": 1, "valid": since, "abolished": False}
        with self.loading.copying(layer) as copy:
            for number, row in enumerate(rows):
                said = {**fixed, "feature_id": self.first[layer] + number, **row}
                if layer.salted:
                    said["salt"] = secrets.token_bytes(16)
                copy.write_row((*(said.get(name) for name in names), "new"))

    def _buildings(self) -> Iterator[Row]:
        west, south = _ORIGIN
        for number in range(-(-self.estate.flats // FLATS)):
            x, y = west + 60.0 * (number % 100), south + 60.0 * (number // 100)
            shape = shapely.set_srid(
                shapely.MultiPolygon([shapely.box(x, y, x + 40, y + 20)]), self.estate.profile.srid
            )
            geometry = shapely.to_wkb(shape, hex=True, include_srid=True)
            yield {"geom": geometry, "condition_of_construction": "functional", "building_number": _number(number)}

    def _premises(self) -> Iterator[Row]:
        for flat in range(self.estate.flats):
            building = self.first[BUILDING] + flat // FLATS
            yield {"premises_number": _flat(flat), "building_id": building, "current_use": "residential"}

    def _units(self) -> Iterator[Row]:
        for flat in range(self.estate.flats):
            yield {"unit_number": _flat(flat), "type": "basicPropertyUnit"}

    def _parts(self) -> Iterator[Row]:
        for flat in range(self.estate.flats):
            yield {
                "unit_id": self.first[UNIT] + flat,
                "object_id": self.first[PREMISES] + flat,
                "object_kind": "premises",
            }

    def _rights(self) -> Iterator[Row]:
        number = self.first[RIGHT]
        for flat in range(self.estate.flats):
            unit = {"unit_id": self.first[UNIT] + flat}
            yield from ({**_OWNERSHIP, **unit} for _ in range(_OWNERS))
            if _rights_on(flat) > _OWNERS:
                yield {**_PLEDGE, **unit, "on_right_id": number}
            number += _rights_on(flat)

    def _parties(self) -> Iterator[Row]:
        born = datetime(1950, 1, 1, tzinfo=UTC)
        for number in range(self.estate.flats + _BANKS):
            day = (born + timedelta(days=number % 15_000)).date()
            digits = f"{day:%y%m%d}3{number // 15_000 % 10_000:04d}"
            check = check_digit(digits)
            bank = number >= self.estate.flats
            yield {
                "party_type": "nonNaturalPerson" if bank else "naturalPerson",
                "iin_bin": None if bank or check is None else f"{digits}{check}",
                "name": f"Тест {number}",
                "birth_date": None if bank else day,
            }

    def _holders(self) -> Iterator[Row]:
        right = self.first[RIGHT]
        for flat in range(self.estate.flats):
            bank = self.estate.flats + flat % _BANKS
            for holder in (flat, (flat + 1) % self.estate.flats, bank)[: _rights_on(flat)]:
                yield {"right_id": right, "party_id": self.first[PARTY] + holder}
                right += 1


_OWNERSHIP: Final[Row] = {
    "category": "right",
    "kind": "ownership",
    "share_numerator": 1,
    "share_denominator": 2,
    "share_check": True,
    "holding": "shared",
    "party_required": True,
    "registered": True,
    "excludes_others": False,
}
_PLEDGE: Final[Row] = {
    "category": "restriction",
    "kind": "pledge",
    "share_check": False,
    "rank": 1,
    "party_required": True,
    "registered": True,
    "excludes_others": False,
}


def _rights_on(flat: int) -> int:
    return _OWNERS if flat % 2 else _OWNERS + 1


def _number(building: int) -> str:
    return f"91001{building // 900 + 1:03d}{building % 900 + 1:03d}:1/А"


def _flat(flat: int) -> str:
    return f"{_number(flat // FLATS)}:{flat % FLATS + 1}"
