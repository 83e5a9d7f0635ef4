"""A buildable envelope as documents: GeoJSON in longitude and latitude, blocks as CityJSON in the city's system."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from api.urban_planning.reading import titled
from api.violations import on_globe
from cadastres.land import number as cadastral_number
from cadastres.urban_planning.building_envelope import ParcelEnvelope, Reason, Way
from data.catalogue import LAYERS
from gis.envelope import Block, Taken
from gis.overlay import Overlap
from gis.profile import CityProfile
from gis.solid import prism
from gis.terrain import GroundHeight
from gis.text import Language, Text

SCALE: Final = 0.001
"""Metres of the last digit in CityJSON."""

_GENERICS: Final = {
    "Generic": {"url": "https://www.cityjson.org/extensions/download/generic.ext.json", "version": "1.0"}
}
"""CityJSON 2.0 keeps objects of no type of its own in this extension."""

_INDICATIONS: Final = ("max_floors", "max_coverage", "max_floor_area_ratio", "min_green_share")


@dataclass(frozen=True)
class EnvelopeDocuments:
    """Writes one envelope.

    Attributes:
        compact: the parcel's number, joined.
        ground: height of the ground in the middle of the parcel, where the terrain is known.
    """

    envelope: ParcelEnvelope
    compact: str
    profile: CityProfile
    language: Language
    ground: GroundHeight

    def geojson(self) -> dict[str, Any]:
        """Return the blocks as features, with all that took the rest of the parcel."""
        found = self.envelope.found
        reading = self.envelope.reading
        return {
            "type": "FeatureCollection",
            "features": [self._block(number, block) for number, block in enumerate(found.blocks, start=1)],
            "parcel": {
                "cadastral_number": self.compact,
                "spelled": cadastral_number.format(self.compact),
                "area": round(found.ground.area, 2),
                "geometry": self._on_globe(found.ground),
            },
            "datetime": reading.valid.isoformat(),
            "recorded_at": reading.recorded.isoformat(),
            "buildable_area": round(found.area, 2),
            "buildable_share": found.area / found.ground.area,
            "ground": self.ground._asdict(),
            "edges": {kind: round(edge.length, 2) for kind, edge in self.envelope.edges.items()},
            "taken": [self._taken(taken) for taken in found.taken],
            "zones": [self._zone(zone) for zone in self.envelope.zones],
        }

    def _block(self, number: int, block: Block[Reason]) -> dict[str, Any]:
        return {
            "type": "Feature",
            "id": number,
            "geometry": self._on_globe(block.area),
            "properties": {
                "area": round(block.area.area, 2),
                "max_height": block.height,
                "volume": None if block.height is None else round(block.area.area * block.height, 2),
                "limited_by": None if block.cause is None else self._reason(block.cause),
            },
        }

    def _taken(self, taken: Taken[Reason]) -> dict[str, Any]:
        return {
            **self._reason(taken.cause),
            "area": round(taken.area.area, 2),
            "share": taken.area.area / self.envelope.found.ground.area,
            "alone": round(taken.alone, 2),
            "geometry": self._on_globe(taken.area),
        }

    def _reason(self, reason: Reason) -> dict[str, Any]:
        laid = reason.overlap.laid
        layer = LAYERS[laid.layer]
        return {
            "way": reason.way,
            "statement": _WAYS[reason.way].in_language(self.language),
            "figure": reason.figure,
            "layer": layer.name,
            "layer_title": layer.title.in_language(self.language),
            "feature": laid.feature_id,
            "kind": self._kind(reason.overlap),
            "basis": self._said(reason.overlap, layer.restricting.basis if layer.restricting else None),
            "act": {
                "kind": laid.origin.kind,
                "number": laid.origin.number,
                "date": laid.origin.acceptance and laid.origin.acceptance.isoformat(),
                "changeset": laid.origin.changeset,
            },
        }

    def _kind(self, overlap: Overlap) -> str | None:
        """Return what kind of restriction it is, in the reader's language where the city's classifier has a title."""
        layer = LAYERS[overlap.laid.layer]
        name = layer.restricting.kind if layer.restricting else None
        code = self._said(overlap, name)
        if name is None or code is None:
            return None
        codes = layer.field(name).codes
        return code if codes is None else titled(self.profile, codes, code, self.language)

    def _said(self, overlap: Overlap, name: str | None) -> str | None:
        value = None if name is None else overlap.laid.values.get(name)
        return None if value is None else str(value)

    def _zone(self, zone: Overlap) -> dict[str, Any]:
        """Return a functional zone on the parcel: its figures, and what they come to on its part of the parcel."""
        values: Mapping[str, Any] = zone.laid.values
        figures = {name: values.get(name) for name in _INDICATIONS}
        footprint, floors = values.get("max_coverage"), values.get("max_floor_area_ratio")
        return {
            "feature": zone.laid.feature_id,
            "plan": values["plan_id"],
            "functional_zone": values["functional_zone"],
            "title": self._kind(zone),
            "area": round(zone.amount, 2),
            "share": zone.share,
            **figures,
            "max_footprint": None if footprint is None else round(footprint * zone.amount, 2),
            "max_floor_area": None if floors is None else round(floors * zone.amount, 2),
        }

    def _on_globe(self, geometry: BaseGeometry) -> dict[str, Any]:
        return on_globe(geometry, self.profile.system)

    def cityjson(self) -> dict[str, Any]:
        """Return the blocks whose height is bounded as solids, the others as what they cover on the ground.

        Heights are metres above the zero of the terrain's vertical system, or above the ground where it is not known.
        """
        base = self.ground.height or 0.0
        blocks = list(enumerate(self.envelope.found.blocks, start=1))
        shapes = [(number, block, shape) for number, block in blocks for shape in _shapes(block, base)]
        points = np.concatenate([points for _, _, (points, _) in shapes]) if shapes else np.zeros((0, 3))
        corner = np.floor(points.min(axis=0)) if len(points) else np.zeros(3)
        objects, start = {}, 0
        for serial, (number, block, (own, geometry)) in enumerate(shapes, start=1):
            objects[f"{self.compact}-envelope-{serial}"] = {
                "type": "+GenericCityObject",
                "attributes": self._block(number, block)["properties"],
                "geometry": [{**geometry, "boundaries": _counted(geometry["boundaries"], start)}],
            }
            start += len(own)
        return {
            "type": "CityJSON",
            "version": "2.0",
            "extensions": _GENERICS,
            "transform": {"scale": [SCALE] * 3, "translate": corner.tolist()},
            "metadata": self._metadata(points),
            "CityObjects": objects,
            "vertices": np.rint((points - corner) / SCALE).astype(np.int64).tolist(),
        }

    def _metadata(self, points: np.ndarray[Any, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {
            "referenceDate": self.profile.legal_day(self.envelope.reading.valid).isoformat(),
            "title": cadastral_number.format(self.compact),
        }
        if len(points):
            told["geographicalExtent"] = [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]
        if isinstance(self.profile.system, int):
            told["referenceSystem"] = f"https://www.opengis.net/def/crs/EPSG/0/{self.profile.system}"
        return told


def _shapes(block: Block[Reason], base: float) -> Iterator[tuple[np.ndarray[Any, Any], dict[str, Any]]]:
    """Yield the vertices of a block and its geometry over them; on the grid of the last digit it may fall apart."""
    for solid in prism(_on_grid(block.area), base, base + (block.height or 0.0)):
        shell = [[list(ring) for ring in face] for face in solid.shells[0]]
        if block.height is not None:
            yield solid.vertices, {"type": "Solid", "lod": "1", "boundaries": [shell]}
            continue
        flat = len(solid.vertices) // 2
        roof = [[i - flat for i in ring] for ring in shell[1]]
        yield solid.vertices[:flat], {"type": "MultiSurface", "lod": "0", "boundaries": [roof]}


def _on_grid(area: BaseGeometry) -> MultiPolygon:
    rounded = shapely.set_precision(area, SCALE)
    return MultiPolygon([part for part in shapely.get_parts(rounded).tolist() if isinstance(part, Polygon)])


def _counted(boundaries: Sequence[Any], start: int) -> list[Any]:
    return [_counted(b, start) if isinstance(b, list) else b + start for b in boundaries]


_WAYS: Final[Mapping[Way, Text]] = {
    "no-building": Text(kk="Мұнда құрылыс салуға болмайды.", ru="Здесь строить нельзя.", en="No building here."),
    "line": Text(
        kk="Сызықтың бұл жағында құрылыс салуға болмайды.",
        ru="По эту сторону линии строить нельзя.",
        en="No building on this side of the line.",
    ),
    "setback-front": Text(
        kk="Көше жақтан шегініс сақталады.", ru="Соблюдается отступ от улицы.", en="A setback from the street is kept."
    ),
    "setback-side": Text(
        kk="Бүйір шекарадан шегініс сақталады.",
        ru="Соблюдается отступ от боковой границы.",
        en="A setback from the side edge is kept.",
    ),
    "setback-rear": Text(
        kk="Артқы шекарадан шегініс сақталады.",
        ru="Соблюдается отступ от задней границы.",
        en="A setback from the rear edge is kept.",
    ),
    "height": Text(kk="Биіктік шектелген.", ru="Высота ограничена.", en="The height is limited."),
}
