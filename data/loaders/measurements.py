"""Files of measurements: one row a measurement, its station named and, if the register lacks it, located.

The file goes in whole: stations that the register lacks are entered and every row becomes an observation with its
quality, in one transaction; rows that are no measurement are refused with their reason. Counts add up to the rows.
"""

import csv
import gzip
import hashlib
import io
import math
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import shapely
from pydantic import ValidationError

from cadastres.environment.monitoring_model import MONITORING_STATION
from data.loaders.mapping import BadMapping
from data.loaders.source import BadFile
from gis import staging, store
from gis.act import Act
from gis.bulk import bulk
from gis.classifier import Settings
from gis.crs import transformer
from gis.record import Period, Version
from gis.register import Register
from gis.rules import refuse
from gis.text import Text
from sensors.observations import Delivery, Observation, Parcel, deliver

TOLD: Final = 100
"""So many refused rows are told one by one; the rest are counted."""


class Layout(Settings):
    """Which column tells what.

    Attributes:
        time: instant with its offset.
        station: code of the station.
        value: the measured value, in ``unit``.
        observed_property: what is measured.
        unit: its unit (UCUM).
        media: what the stations watch.
        longitude, latitude: columns that locate a station (WGS 84, degrees).
        name, operator: columns that describe one.
    """

    time: str
    station: str
    value: str
    observed_property: str
    unit: str
    media: str = "air"
    longitude: str | None = None
    latitude: str | None = None
    name: str | None = None
    operator: str | None = None

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which nothing can be read."""
        return (self.time, self.station, self.value)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is no measurement: its number in the file, why, and the value in question."""

    row: int
    code: str
    value: str


@dataclass
class MeasurementReport:
    """What became of a file: ``read == sum(kept) + refused``, always.

    Attributes:
        stations: codes of the stations that were entered.
        kept: rows by quality.
        refusals: how many rows were refused, by reason; ``told`` has the first of them.
    """

    file: str
    read: int = 0
    stations: list[str] = field(default_factory=list)
    kept: Mapping[str, int] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    told: list[Refusal] = field(default_factory=list)
    delivery: int | None = None

    @property
    def refused(self) -> int:
        """Rows that were refused."""
        return self.refusals.total()

    def summary(self) -> dict[str, Any]:
        """Return the counts."""
        return {
            "file": self.file,
            "delivery": self.delivery,
            "read": self.read,
            "kept": dict(self.kept),
            "refused": dict(self.refusals),
            "stations_entered": self.stations,
            "told": [{"row": r.row, "code": r.code, "value": r.value} for r in self.told],
        }

    def refuse(self, row: int, code: str, value: object) -> None:
        """Count a refused row."""
        self.refusals[code] += 1
        if len(self.told) < TOLD:
            self.told.append(Refusal(row, code, str(value)[:80]))


@dataclass(frozen=True, slots=True)
class Station:
    """A station to be entered: where it stands in the city's projected system, and since which measurement."""

    feature_id: int
    place: shapely.Point
    attributes: Mapping[str, Any]


def read_layout(path: Traversable) -> Layout:
    """Read a mapping file.

    Raises:
        BadMapping: no TOML, or not what a file of measurements needs.
    """
    try:
        return Layout.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise BadMapping(_BAD_LAYOUT.filled(file=path.name, reason=reason), file=path.name) from None


def load_measurements(register: Register, file: Path, layout: Layout, act: Act) -> MeasurementReport:
    """Take a file of measurements in.

    Args:
        register: the city's.
        file: CSV, plain or gzipped, in UTF-8.
        layout: its columns.
        act: under which stations that the register lacks are entered; they are in service from its legal date.

    Raises:
        BadFile: it can't be read, or lacks a column; nothing is written.
        TakenAlready: the same bytes came before.
        OtherUnit: a series is kept in another unit.
        RuleBroken: a station can't be entered.
    """
    content = _content(file)
    report = MeasurementReport(file.name)
    with bulk(register, act, [MONITORING_STATION.name]) as under_way:
        reading = _Reading(register, layout, report, _known(under_way.connection))
        observations = list(reading.observations(_rows(file, content, layout)))
        parcel = Parcel(
            file=file.name,
            hash=hashlib.sha256(content).digest(),
            actor=act.actor,
            read=report.read,
            refused=report.refused,
        )
        _settle(report, deliver(under_way.connection, parcel, observations))
        if reading.entered:
            timelines = {s.feature_id: (_version(s, act),) for s in reading.entered.values()}
            staging.stage(under_way.connection, MONITORING_STATION, register.profile.srid, {}, timelines, {})
            broken = [v for v in under_way.check() if v.severity == "error"]
            if broken:
                raise refuse(broken, register.rules)
            under_way.record("environment.monitoring_station.load")
    return report


def _settle(report: MeasurementReport, done: Delivery) -> None:
    report.kept, report.delivery = done.kept, done.number


def _version(station: Station, act: Act) -> Version:
    return Version(station.feature_id, Period(act.valid_from, None), station.place, station.attributes)


def _known(connection: Any) -> dict[str, int]:
    """Return the stations that the register has ever had, by code; of several the one in force longest."""
    rows = connection.execute(
        "SELECT station_code, feature_id FROM environment.monitoring_station "
        "WHERE upper_inf(recorded) AND NOT abolished ORDER BY upper(valid) NULLS LAST, feature_id DESC"
    )
    return dict(rows.fetchall())


def _content(file: Path) -> bytes:
    try:
        content = file.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError) as error:
        raise BadFile(_UNREADABLE.filled(file=file.name, reason=str(error)[:120]), file=file.name) from None


def _rows(file: Path, content: bytes, layout: Layout) -> Iterator[Mapping[str, str | None]]:
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError as error:
        raise BadFile(_UNREADABLE.filled(file=file.name, reason=str(error)[:120]), file=file.name) from None
    rows = csv.DictReader(text)
    lacking = [name for name in layout.required if name not in (rows.fieldnames or ())]
    if lacking:
        facts = {"file": file.name, "columns": ", ".join(lacking)}
        raise BadFile(_NO_COLUMN.filled(**facts, known=", ".join(rows.fieldnames or ())), **facts)
    return rows


@dataclass
class _Reading:
    """Rows becoming observations; ``entered`` are the stations that the register lacks, by code."""

    register: Register
    layout: Layout
    report: MeasurementReport
    known: Mapping[str, int]
    entered: dict[str, Station] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._to_city = transformer(4326, self.register.profile.system)

    def observations(self, rows: Iterator[Mapping[str, str | None]]) -> Iterator[Observation]:
        """Yield what rows tell, refusing those that tell nothing."""
        layout = self.layout
        for row in rows:
            self.report.read += 1
            number = self.report.read + 1  # the header is the first line
            moment, result = _moment(row.get(layout.time)), _number(row.get(layout.value))
            if moment is None:
                self.report.refuse(number, "time-without-offset", row.get(layout.time))
            elif result is None:
                self.report.refuse(number, "no-number", row.get(layout.value))
            else:
                thing = self._station(row, number)
                if thing is not None:
                    yield Observation(thing, layout.observed_property, layout.unit, moment, result, number)

    def _station(self, row: Mapping[str, str | None], number: int) -> int | None:
        code = (row.get(self.layout.station) or "").strip()
        if code in self.known:
            return self.known[code]
        if code and code not in self.entered:
            self._enter(code, row)
        if code not in self.entered:
            self.report.refuse(number, "station-unknown", code)
            return None
        return self.entered[code].feature_id

    def _enter(self, code: str, row: Mapping[str, str | None]) -> None:
        place = self._place(row)
        if place is None:
            return
        with self.register.writing() as connection:
            feature_id = store.new_ids(connection, 1)[0]
        said: dict[str, Any] = dict.fromkeys(f.name for f in MONITORING_STATION.fields)
        said |= {"station_code": code, "media_monitored": self.layout.media, "external_reference": self.report.file}
        said |= {name: row.get(column) for name, column in self._described if row.get(column)}
        self.entered[code] = Station(feature_id, place, said)
        self.report.stations.append(code)

    @property
    def _described(self) -> Sequence[tuple[str, str]]:
        named = (("name", self.layout.name), ("operator", self.layout.operator))
        return [(name, column) for name, column in named if column is not None]

    def _place(self, row: Mapping[str, str | None]) -> shapely.Point | None:
        """Return where a row's station stands, if it says so and that is in the city."""
        longitude, latitude = (_number(row.get(c or "")) for c in (self.layout.longitude, self.layout.latitude))
        west, south, east, north = self.register.profile.extent
        if longitude is None or latitude is None or not (west <= longitude <= east and south <= latitude <= north):
            return None
        x, y = self._to_city.transform(longitude, latitude)
        return shapely.Point(round(x, 3), round(y, 3))


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment


def _number(text: str | None) -> float | None:
    try:
        number = float((text or "").strip())
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_BAD_LAYOUT = Text(
    kk="{file} сипаттама файлы жарамсыз: {reason}",
    ru="Файл соответствия {file} не годится: {reason}",
    en="The mapping file {file} won't do: {reason}",
)
_UNREADABLE = Text(
    kk="{file} файлын оқу мүмкін емес ({reason}); UTF-8 кодындағы CSV немесе оның gzip-архиві керек.",
    ru="Файл {file} не читается ({reason}); нужен CSV в UTF-8, можно сжатый gzip.",
    en="The file {file} can't be read ({reason}); it must be CSV in UTF-8, plain or gzipped.",
)
_NO_COLUMN = Text(
    kk="{file} файлында {columns} бағаны жоқ; бар бағандар: {known}.",
    ru="В файле {file} нет столбцов {columns}; есть: {known}.",
    en="The file {file} lacks the columns {columns}; it has {known}.",
)
