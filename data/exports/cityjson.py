"""CityJSON 2.0 out: the objects of the city, and blocks of the buildings that have none, as of a reading.

Coordinates are those of the city's projected system, compressed to tenths of a millimetre; nothing else is changed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from cadastres.urban_planning.city3d_scene import Body, Scene
from data.exports.vector import BadExport
from gis.instant import Instant, Reading, read_head, settle
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Text

SCALE: Final = 0.0001
"""Metres of the last digit: finer than any source, and what keeps stored coordinates exact."""


@dataclass(frozen=True, slots=True)
class CityJsonRequest:
    """What to write: as of which point of both axes, over which draft, where (envelope in the city's system)."""

    instant: Instant = field(default_factory=Instant)
    place: BaseGeometry | None = None
    blocks: bool = True


def export_cityjson(register: Register, file: Path, request: CityJsonRequest) -> tuple[int, Reading]:
    """Write the city into a file; return how many objects it holds, and as of when.

    Raises:
        BadExport: the folder can't be written.
    """
    with register.reading() as connection:
        reading = settle(request.instant, read_head(connection))
        scene = Scene(connection, reading, register.profile)
        found = scene.bodies(request.place) if request.blocks else list(scene.objects(request.place))
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(json.dumps(document(found, register.profile, reading), ensure_ascii=False), encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise BadExport(_UNWRITABLE.filled(file=file, reason=error.strerror or error), file=str(file)) from None
    return len(found), reading


def document(bodies: Iterable[Body], profile: CityProfile, reading: Reading) -> dict[str, Any]:
    """Return bodies as one CityJSON object."""
    known = list(bodies)
    lists = [body.shape.vertices for body in known if len(body.shape.vertices)]
    vertices = np.concatenate(lists) if lists else np.zeros((0, 3))
    corner = np.floor(vertices.min(axis=0)) if len(vertices) else np.zeros(3)
    whole = np.rint((vertices - corner) / SCALE).astype(np.int64)
    unique, numbers = np.unique(whole, axis=0, return_inverse=True)
    objects: dict[str, dict[str, Any]] = {}
    start = 0
    for body in known:
        own = numbers[start : start + len(body.shape.vertices)].reshape(-1).tolist()
        start += len(own)
        objects[body.gml_id] = _object(body, own)
    _linked(objects, known)
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [SCALE] * 3, "translate": corner.tolist()},
        "metadata": _metadata(vertices, profile, reading),
        "CityObjects": objects,
        "vertices": unique.tolist(),
    }


def _metadata(vertices: np.ndarray[Any, Any], profile: CityProfile, reading: Reading) -> dict[str, Any]:
    told: dict[str, Any] = {"referenceDate": profile.legal_day(reading.valid).isoformat(), "title": profile.name.en}
    if len(vertices):
        told["geographicalExtent"] = [*vertices.min(axis=0).tolist(), *vertices.max(axis=0).tolist()]
    if isinstance(profile.system, int):
        told["referenceSystem"] = f"https://www.opengis.net/def/crs/EPSG/0/{profile.system}"
    return told


def _object(body: Body, numbers: list[int]) -> dict[str, Any]:
    told: dict[str, Any] = {"type": body.object_type, "attributes": _attributes(body)}
    if body.shape.geometry:
        told["geometry"] = [
            {**geometry, "boundaries": _renumbered(geometry["boundaries"], numbers)} for geometry in body.shape.geometry
        ]
    if body.said is not None and body.said["members"]:
        told |= json.loads(body.said["members"])
    return told


def _renumbered(boundaries: Any, numbers: list[int]) -> Any:
    return [_renumbered(b, numbers) for b in boundaries] if isinstance(boundaries, list) else numbers[boundaries]


def _attributes(body: Body) -> dict[str, Any]:
    """Return the attributes as the source gave them; of a block, what it was derived from."""
    if body.said is not None:
        return dict(json.loads(body.said["attributes"])) if body.said["attributes"] else {}
    return {
        "qala_feature_id": body.feature_id,
        "qala_derived": True,
        "qala_height_from": body.origin,
        "qala_ground_known": body.ground_known,
    }


def _linked(objects: Mapping[str, dict[str, Any]], bodies: Iterable[Body]) -> None:
    """Join parts and wholes both ways; a part whose whole is not in the document says so itself."""
    for body in bodies:
        parent = None if body.said is None else body.said["parent_id"]
        if parent is None:
            continue
        objects[body.gml_id]["parents"] = [parent]
        if parent in objects:
            objects[parent].setdefault("children", []).append(body.gml_id)


_UNWRITABLE = Text(
    kk="{file} файлы жазылмады: {reason}.",
    ru="Файл {file} не записан: {reason}.",
    en="The file {file} was not written: {reason}.",
)
