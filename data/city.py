"""A city's register out of its OpenStreetMap extract: everything in one changeset, all or nothing.

Buildings, streets and the ways along them, addresses, land use, waters and green areas are the map's. Quarters, parcels
and zones are derived from it, marked as derived, and have no legal meaning.
"""

import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

import shapely
from psycopg import Connection

from cadastres.address.model import STREET
from cadastres.land.model import PARCEL
from data.derivation import Features, complete_city
from data.loaders.defects import Defect
from data.loaders.osm import Feature, read_osm
from data.loaders.osm_streets import read_streets
from data.loaders.pbf import read_extent
from data.loaders.report import PLACES, REPORT
from data.profiles import for_extract
from gis import staging
from gis.act import Act, Source
from gis.bulk import Bulk, bulk
from gis.layer import Layer
from gis.profile import CityProfile, slug_of
from gis.record import Period
from gis.register import Register
from gis.rules import Violation, refuse
from gis.store import new_ids
from gis.text import LANGUAGES, Text

Tell = Callable[[str, float], None]
"""Told what is being done, and the share done from 0 to 1."""

VERB: Final = "city.build"
ACTOR: Final = "qala"
_NEW: Final = "new"


def quiet(_step: str, _share: float) -> None:
    """Tell nobody."""


@dataclass
class BuildReport:
    """What a build did.

    Attributes:
        city: id of the profile.
        source: name of the extract.
        valid_from: legal day from which everything is so: that of the extract.
        changeset: the one that recorded it.
        acts: how many acts followed it, in the demo city.
        rows: of each layer that the map fills: rows read, accepted, accepted with a defect, refused.
        features: features recorded, by layer.
        derived: the layers that were derived and have no legal meaning.
        warnings: what the rules found without forbidding it, by rule.
        on_record: defects of the map taken on record as open violations, by rule.
        defects: what was wrong with single rows.
    """

    city: str
    source: str
    valid_from: date
    rows: Mapping[str, Mapping[str, int]]
    features: Mapping[str, int]
    derived: Sequence[str]
    changeset: int = 0
    acts: int = 0
    warnings: Mapping[str, int] = field(default_factory=dict)
    on_record: Mapping[str, int] = field(default_factory=dict)
    defects: Sequence[Defect] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON members, its defects last."""
        return {
            "city": self.city,
            "source": self.source,
            "valid_from": self.valid_from.isoformat(),
            "changeset": self.changeset,
            "acts": self.acts,
            "rows": {name: dict(counts) for name, counts in self.rows.items()},
            "features": dict(self.features),
            "derived": list(self.derived),
            "warnings": dict(self.warnings),
            "on_record": dict(self.on_record),
            "defects": [defect.as_json() for defect in self.defects],
        }

    def write(self, folder: Path) -> None:
        """Write ``report.json``, and ``defects.geojson`` (lon/lat, RFC 7946) with the place of each defect."""
        folder.mkdir(parents=True, exist_ok=True)
        defects = [{**defect.as_json(), "text": defect.text.en} for defect in self.defects]
        places = [{"type": "Feature", "geometry": defect.pop("place"), "properties": defect} for defect in defects]
        collection = {"type": "FeatureCollection", "features": places}
        for name, content in ((REPORT, self.as_json()), (PLACES, collection)):
            (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def told(self) -> Text:
        """Return the report in a few sentences."""
        sums = Counter[str]()
        for counts in self.rows.values():
            sums.update(counts)
        parcels, total = self.features.get(PARCEL.name, 0), sum(self.features.values())
        told = _TOLD.filled(**sums, total=total, parcels=parcels, day=self.valid_from)
        return (
            told
            if not self.acts
            else Text(
                **{one: f"{told.in_language(one)} {_ACTS.filled(acts=self.acts).in_language(one)}" for one in LANGUAGES}
            )
        )


def profile_of_extract(pbf: Path) -> CityProfile:
    """Return the profile of the city that an extract shows: a bundled one, or one made for the place.

    Raises:
        BadFile: it is no extract.
        BadProfile: it lies beyond UTM.
    """
    slug = slug_of(pbf.name)
    return for_extract(slug, slug.replace("_", " ").title(), read_extent(pbf))


def build_city(register: Register, pbf: Path, tell: Tell = quiet) -> BuildReport:
    """Fill an empty register from an extract.

    Args:
        register: of the city that the extract shows.
        pbf: the extract.
        tell: told of each step.

    Raises:
        BadFile: it is no extract, or has nothing that a city has.
        RuleBroken: what was derived breaks a rule; nothing was written.
        QalaError: what the database refuses; nothing was written.
    """
    tell("reading the map", 0.0)
    osm = read_osm(pbf, register.profile.system)
    ways = read_streets(pbf, register.profile.system, osm.layers[STREET.name].features)
    osm = replace(osm, layers={**osm.layers, **ways})
    tell("deriving parcels from streets and buildings", 0.1)
    features = complete_city(osm, register.profile)
    day = _legal_day(osm.day, register.profile)
    report = BuildReport(
        city=register.profile.id,
        source=pbf.name,
        valid_from=day,
        rows={name: rows.count() for name, rows in osm.layers.items()},
        features={name: len(features.get(name, ())) for name in register.layers},
        derived=sorted(features.keys() - osm.layers.keys()),
        defects=[defect for rows in osm.layers.values() for defect in rows.defects],
    )
    act = Act(
        actor=ACTOR,
        role="operator",
        reason=REASON.en,
        source=_source(pbf, day),
        valid_from=register.profile.midnight(day),
    )
    _record(register, act, features, report, tell)
    return report


def _legal_day(newest: datetime | None, profile: CityProfile) -> date:
    """Return the day of the extract; today where it keeps no times, or times to come."""
    now = datetime.now(UTC)
    return profile.legal_day(now if newest is None or newest > now else newest)


def _source(pbf: Path, day: date) -> Source:
    with pbf.open("rb") as file:
        digest = file_digest(file, "sha256").digest()
    return Source(
        kind="map-derivation", number=pbf.name, acceptance=day, submission=day, recordation=day, file_hash=digest
    )


def _record(register: Register, act: Act, features: Features, report: BuildReport, tell: Tell) -> None:
    layers = [layer for name, layer in register.layers.items() if features.get(name)]
    with bulk(register, act, [layer.name for layer in layers]) as under_way:
        tell("loading", 0.8)
        staged: dict[str, _Identified] = {}
        for layer, rows in _identified(under_way.connection, layers, features):
            staged[layer.name] = rows
            _stage(under_way, layer, rows)
        tell("checking the rules", 0.9)
        found = under_way.check()
        defects = _of_the_map(register, found, report.rows)
        tell("recording", 0.95)
        recorded = under_way.record(VERB, defects=defects, warnings=found)
    if register.heads is not None:
        register.heads.append(recorded.number, recorded.hash)
    report.changeset = recorded.number
    report.warnings = _by_rule(v for v in found if v.severity == "warning")
    report.on_record = _by_rule(defects)
    report.rows = {name: _recounted(counts, staged.get(name, ()), defects) for name, counts in report.rows.items()}


def _by_rule(violations: Iterable[Violation]) -> dict[str, int]:
    return dict(sorted(Counter(violation.rule for violation in violations).items()))


def _recounted(counts: Mapping[str, int], rows: "_Identified", defects: Sequence[Violation]) -> dict[str, int]:
    """Return a layer's counts, its rows that break a rule counted as accepted with a defect."""
    broken = {v.feature_id for v in defects}
    moved = sum(feature.rows - feature.flawed for feature_id, feature in rows if feature_id in broken)
    told = {"accepted": counts["accepted"] - moved, "accepted_with_defect": counts["accepted_with_defect"] + moved}
    return {**counts, **told}


_Identified = Sequence[tuple[int, Feature]]


def _identified(
    connection: Connection, layers: Sequence[Layer], features: Features
) -> Iterator[tuple[Layer, _Identified]]:
    """Give every feature its id, in order of layers; what refers to a feature names it by id."""
    ids: dict[str, list[int]] = {}
    for layer in layers:
        ids[layer.name] = new_ids(connection, len(features[layer.name]))
        rows = [_referring(layer, row, ids) for row in features[layer.name]]
        yield layer, list(zip(ids[layer.name], rows, strict=True))


def _referring(layer: Layer, row: Feature, ids: Mapping[str, Sequence[int]]) -> Feature:
    """Return a feature whose references by index are references by id."""
    named = {f.name: f.refers_to[0] for f in layer.fields if f.refers_to and row.attributes[f.name] is not None}
    if not named:
        return row
    return replace(row, attributes={**row.attributes, **{n: ids[to][row.attributes[n]] for n, to in named.items()}})


def _stage(under_way: Bulk, layer: Layer, rows: _Identified) -> None:
    srid = under_way.register.profile.srid
    valid = staging.range_of(Period(under_way.act.valid_from, None))
    shapes = shapely.set_srid([feature.geometry for _, feature in rows], srid)
    written = shapely.to_wkb(shapes, hex=True, include_srid=True, output_dimension=2)
    names = [f.name for f in layer.fields]
    with under_way.copying(layer) as copy:
        for (feature_id, feature), wkb in zip(rows, written.tolist(), strict=True):
            copy.write_row((feature_id, 1, valid, False, wkb, *(feature.attributes[n] for n in names), _NEW))


def _of_the_map(register: Register, found: Sequence[Violation], read: Container[str]) -> list[Violation]:
    """Return the map's own defects, which are taken on record.

    Raises:
        RuleBroken: what was derived breaks a rule.
    """
    derived = [violation for violation in found if violation.severity == "error" and violation.layer not in read]
    if derived:
        raise refuse(derived, register.rules)
    return [violation for violation in found if violation.severity != "warning"]


REASON: Final = Text(
    kk="Картадан құрылған тізілім; учаскелер, орамдар мен аймақтар есептеліп алынған, заңды маңызы жоқ",
    ru="Регистр построен по карте; участки, кварталы и зоны получены расчётом и юридического значения не имеют",
    en="Register built from a map; parcels, quarters and zones are derived and have no legal meaning",
)
_TOLD: Final = Text(
    kk="{day} күнгі картадан оқылған жол: {read}; қабылданды: {accepted}, ақаумен қабылданды: {accepted_with_defect}, "
    "қабылданбады: {refused}. Тізілімдегі нысандар: {total}, оның ішінде картадан есептелген, заңды маңызы жоқ "
    "учаскелер: {parcels}.",
    ru="С карты на {day} прочитано строк: {read}; принято: {accepted}, принято с дефектом: {accepted_with_defect}, "
    "отклонено: {refused}. Объектов в регистре: {total}, из них расчётных участков без юридического значения: "
    "{parcels}.",
    en="Rows read from the map of {day}: {read}; accepted: {accepted}, accepted with a defect: "
    "{accepted_with_defect}, refused: {refused}. Features in the register: {total}, of them derived parcels without "
    "legal meaning: {parcels}.",
)
_ACTS: Final = Text(
    kk="Оған қоса {acts} мысал акт тіркелді.",
    ru="Сверх того записаны примерные акты, числом {acts}.",
    en="On top of it {acts} sample acts were recorded.",
)
