"""What a registrar does with parcels: form, split, merge, move boundaries, archive.

Children of a split or a merge are new parcels with new numbers, issued in series in their quarter; their parents are
abolished from the act's legal date. A moved boundary keeps the numbers. No verb ever makes a version of a parcel that
the act doesn't name: neighbours may get a T-junction, never a vertex.

Official areas are the registrar's to give. Where a split gives none, the parent's official area is apportioned by the
parts' computed areas, so that the sum stays what the documents said; a merge adds them up; a moved boundary leaves
them. No computed area ever replaces one.

Geometries are in the city's projected system, x east, y north, metres.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from cadastres.land import number, partition, story
from cadastres.land.model import PARCEL
from gis.act import Case, Needs, Outcome, Succession
from gis.errors import BadRequest
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import Version, Write
from gis.text import Text

Attributes = Mapping[str, Any]

INHERITED: Final = ("category", "permitted_use", "purpose_kk", "purpose_ru", "divisible", "address", "derived")
"""What a parcel's children take over unless the act says otherwise; label and foreign number stay the parent's own."""

_NUMBER: Final = "cadastral_number"


class NotDivided(BadRequest):
    """A line that doesn't divide the parcel, or fewer than two parts."""

    code = "not-divided"


class NotAdjoining(BadRequest):
    """Parcels that don't hang together along edges."""

    code = "not-adjoining"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One parcel to be: its area, and what the act says of it; the rest it inherits."""

    geometry: Polygon
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Form a parcel on land where there was none.

    Attributes:
        quarter: compact code of the quarter in which its number is issued.
        geometry: its area; vertices within the tolerance of a neighbour's are drawn to them.
    """

    quarter: str
    geometry: Polygon
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "land.parcel.form"

    def needs(self, profile: CityProfile) -> Needs:
        """Return the neighbours and the quarter's numbers."""
        around = self.geometry.buffer(profile.tolerances.linear)
        return Needs(areas=((PARCEL.name, around),), numbers=(series(self.quarter),))

    def decide(self, case: Case) -> Outcome:
        """Return the new parcel."""
        neighbours = [v.geometry for v in case.all_current(PARCEL.name)]
        area = partition.snapped(self.geometry, neighbours, case.profile.tolerances.linear)
        said = {**complete(PARCEL, self.attributes), _NUMBER: next_numbers(case, self.quarter, 1)[0]}
        return Outcome((Write(PARCEL.name, -1, case.act.period, area, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Split a parcel, either along a line or into given parts.

    Attributes:
        parcel: its feature id.
        quarter: compact code of the quarter in which the children's numbers are issued.
        line: where to cut: a LineString or MultiLineString.
        parts: instead of a line, the children; vertices within the tolerance of the parent's are drawn to them.
        attributes: what the act says of every child.
    """

    parcel: int
    quarter: str
    line: BaseGeometry | None = None
    parts: tuple[Part, ...] = ()
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "land.parcel.split"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the parcel and the quarter's numbers."""
        return Needs(features={PARCEL.name: frozenset({self.parcel})}, numbers=(series(self.quarter),))

    def decide(self, case: Case) -> Outcome:
        """Return the parent's end and the children.

        Raises:
            BadRequest: the parcel is not in force on the legal date.
            NotDivided: fewer than two parts come of it.
            LaterChange: the parcel's boundary changes, or the parcel ends, after the legal date.
        """
        told = story.chapters(case, PARCEL.name, [self.parcel])
        parent = told[0].versions[0]
        parts = self._parts(parent, case.profile.tolerances.linear)
        if len(parts) < 2:
            raise NotDivided(_NOT_DIVIDED.filled(number=shown(parent)), parcel=self.parcel, parts=len(parts))
        numbers = next_numbers(case, self.quarter, len(parts))
        return succeed(case, "split", told, [self._said(p, n) for p, n in zip(parts, numbers, strict=True)])

    def _said(self, part: Part, cadastral_number: str) -> Part:
        return Part(
            geometry=part.geometry, attributes={**self.attributes, **part.attributes, _NUMBER: cadastral_number}
        )

    def _parts(self, parent: Version, tolerance: float) -> list[Part]:
        if self.line is not None:
            whole = _polygon(parent)
            cut = [Part(geometry=area) for area in partition.cut(whole, self.line, tolerance)]
            return with_official_areas(cut, parent)
        drawn: list[Polygon] = []
        for part in self.parts:
            drawn.append(partition.snapped(part.geometry, [parent.geometry, *drawn], tolerance))
        placed = [Part(geometry=g, attributes=p.attributes) for g, p in zip(drawn, self.parts, strict=True)]
        return with_official_areas(placed, parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Merge parcels that adjoin along edges into one.

    Attributes:
        parcels: feature ids, two or more.
        quarter: compact code of the quarter in which the child's number is issued.
        attributes: what the act says of the child; where parents differ in category, permitted use or purpose, the act
            must say which holds.
    """

    parcels: tuple[int, ...]
    quarter: str
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "land.parcel.merge"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the parcels and the quarter's numbers."""
        return Needs(features={PARCEL.name: frozenset(self.parcels)}, numbers=(series(self.quarter),))

    def decide(self, case: Case) -> Outcome:
        """Return the parents' end and the child.

        Raises:
            BadRequest: fewer than two parcels, or one is not in force on the legal date.
            NotAdjoining: they don't hang together along edges.
            LaterChange: the boundary of one changes, or it ends, after the legal date.
        """
        require_several(self.parcels)
        told = story.chapters(case, PARCEL.name, self.parcels)
        parents = told[0].versions
        whole = partition.joined([_polygon(v) for v in parents], case.profile.tolerances.linear)
        if not isinstance(whole, Polygon):
            raise NotAdjoining(_NOT_ADJOINING.filled(numbers=", ".join(shown(v) for v in parents)))
        said = {"official_area": _sum_of_official(parents), **self.attributes}
        said[_NUMBER] = next_numbers(case, self.quarter, 1)[0]
        return succeed(case, "merge", told, [Part(geometry=whole, attributes=said)])


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustBoundary:
    """Move the boundary between parcels; each keeps its number.

    Attributes:
        parcels: each parcel's new area and what else the act says of it (its new official area, say), by feature id.
        allocation: a land-allocation act is attached: the affected set may gain or lose land, and one parcel is enough.
    """

    parcels: Mapping[int, Part]
    allocation: bool = False
    verb: ClassVar[str] = "land.parcel.adjust"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the parcels."""
        return Needs(features={PARCEL.name: frozenset(self.parcels)})

    def decide(self, case: Case) -> Outcome:
        """Return the parcels with their new boundaries.

        Raises:
            BadRequest: fewer than two parcels and no allocation act, or one is not in force on the legal date.
            LaterChange: the boundary of one changes again, or it ends, after the legal date.
        """
        ids = sorted(self.parcels)
        if not self.allocation:
            require_several(ids)
        told = story.chapters(case, PARCEL.name, ids)
        areas = self._areas([v.geometry for v in told[0].versions], case.profile.tolerances.linear)
        writes = tuple(
            Write(PARCEL.name, v.feature_id, chapter.period, areas[v.feature_id], self._said(v))
            for chapter in told
            for v in chapter.versions
        )
        kind = "allocation" if self.allocation else "boundary"
        return Outcome(writes, tuple(Succession(PARCEL.name, kind, (i,), (i,)) for i in ids))

    def _said(self, version: Version) -> dict[str, Any]:
        return {**version.attributes, **self.parcels[version.feature_id].attributes}

    def _areas(self, before: Sequence[BaseGeometry], tolerance: float) -> dict[int, Polygon]:
        """Return the new areas, drawn to the old boundaries and to each other."""
        drawn: dict[int, Polygon] = {}
        for feature_id in sorted(self.parcels):
            references = [*before, *drawn.values()]
            drawn[feature_id] = partition.snapped(self.parcels[feature_id].geometry, references, tolerance)
        return drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """End a feature in law without a successor.

    Attributes:
        feature: its id.
        layer: a parcel's unless said otherwise.
    """

    feature: int
    layer: str = PARCEL.name

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``land.parcel.archive``."""
        return f"{self.layer}.archive"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the feature."""
        return Needs(features={self.layer: frozenset({self.feature})})

    def decide(self, case: Case) -> Outcome:
        """Return the feature's end.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: its boundary changes, or it ends, after the legal date.
        """
        told = story.chapters(case, self.layer, [self.feature])
        return Outcome((ended(case, self.layer, told[0].versions[0]),))


def series(quarter: str) -> tuple[str, str, str]:
    """Return the series of numbers of a quarter, as :class:`gis.act.Needs` asks for it."""
    return PARCEL.name, _NUMBER, quarter


def next_numbers(case: Case, quarter: str, count: int) -> list[str]:
    """Return so many numbers that follow the last one ever issued in a quarter."""
    issued = case.issued.get(series(quarter), ())
    last = number.parse(issued[-1]).serial if issued else 0
    return [number.next_number(quarter, last + i) for i in range(count)]


def succeed(case: Case, kind: str, told: Sequence[story.Chapter], children: Sequence[Part]) -> Outcome:
    """Return the parents' end and the children's beginning; what the parents become later, the children become too."""
    parents = told[0].versions
    ends = tuple(ended(case, PARCEL.name, v) for v in parents)
    ids = tuple(range(-1, -1 - len(children), -1))
    births = tuple(
        Write(PARCEL.name, i, c.period, child.geometry, {**inherited(c.versions), **child.attributes})
        for i, child in zip(ids, children, strict=True)
        for c in told
    )
    succession = Succession(PARCEL.name, kind, tuple(v.feature_id for v in parents), ids)
    return Outcome(ends + births, (succession,))


def inherited(parents: Sequence[Version]) -> dict[str, Any]:
    """Return what children take over: that in which all parents agree."""
    said = complete(PARCEL, {})
    for name in INHERITED:
        values = [v.attributes.get(name) for v in parents]
        said[name] = values[0] if all(value == values[0] for value in values) else None
    return said


def ended(case: Case, layer: str, version: Version) -> Write:
    """Return the end of a feature from the act's legal date on."""
    return Write(layer, version.feature_id, case.act.period, version.geometry, version.attributes, abolished=True)


def complete(layer: Layer, attributes: Attributes) -> dict[str, Any]:
    """Return a layer's attributes with those given; the rest are unknown."""
    return {**dict.fromkeys(f.name for f in layer.fields), **attributes}


def with_official_areas(parts: Sequence[Part], parent: Version) -> list[Part]:
    """Give parts without an official area their share of what the parent's official area has left, by computed area.

    Shares are rounded to 0.01 m²; the largest part takes what rounding leaves, so that the sum is exact.
    """
    whole = parent.attributes.get("official_area")
    bare = [p for p in parts if p.attributes.get("official_area") is None]
    if whole is None or not bare:
        return list(parts)
    left = whole - sum(p.attributes["official_area"] for p in parts if p not in bare)
    shares = _apportioned(left, [p.geometry.area for p in bare])
    given = {id(p): share for p, share in zip(bare, shares, strict=True)}
    return [
        Part(geometry=p.geometry, attributes={**p.attributes, "official_area": given[id(p)]}) if id(p) in given else p
        for p in parts
    ]


def _apportioned(whole: float, areas: Sequence[float]) -> list[float]:
    shares = [round(whole * area / sum(areas), 2) for area in areas]
    largest = areas.index(max(areas))
    shares[largest] = round(whole - sum(shares[:largest]) - sum(shares[largest + 1 :]), 6)
    return shares


def _sum_of_official(parents: Sequence[Version]) -> float | None:
    areas = [v.attributes.get("official_area") for v in parents]
    known = [area for area in areas if area is not None]
    return round(sum(known), 6) if len(known) == len(areas) else None


def require_several(parcels: Sequence[int]) -> None:
    """Refuse fewer than two different parcels."""
    if len(set(parcels)) < 2 or len(set(parcels)) != len(parcels):
        raise BadRequest(_SEVERAL.filled(count=len(set(parcels))), parcels=list(parcels))


def shown(version: Version) -> str:
    """Return a parcel's number as people read it."""
    return number.format(str(version.attributes[_NUMBER]))


def _polygon(version: Version) -> Polygon:
    return version.geometry if isinstance(version.geometry, Polygon) else Polygon()


_NOT_DIVIDED = Text(
    kk="{number} учаскесі бөлінбейді: кемінде екі бөлік керек; сызық учаскені шекарадан шекараға дейін кесуі тиіс.",
    ru="Участок {number} не делится: нужны хотя бы две части; линия должна пересекать его от границы до границы.",
    en="Parcel {number} is not divided: it takes two parts at least; a line must cross it from edge to edge.",
)
_NOT_ADJOINING = Text(
    kk="{numbers} учаскелері қабырғаларымен жанаспайды; тек іргелес учаскелер біріктіріледі.",
    ru="Участки {numbers} не смежны по сторонам; объединяются только смежные участки.",
    en="Parcels {numbers} do not adjoin along edges; only adjoining parcels can be merged.",
)
_SEVERAL = Text(
    kk="Акт кемінде екі түрлі учаскені атауы тиіс; аталғаны: {count}.",
    ru="Акт должен называть не меньше двух разных участков; названо: {count}.",
    en="The act must name at least two different parcels; it names {count}.",
)
