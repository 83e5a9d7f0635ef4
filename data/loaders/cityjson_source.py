"""``qala import city.city.json``: the objects of a CityJSON document as rows of the generic load.

So they are compared with earlier editions, checked by the register's rules, refused or taken with their defects on
record, and counted, like the rows of any other file.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely

from cadastres.urban_planning.city3d_model import CITY_OBJECT
from cadastres.urban_planning.city3d_shape import measured
from data.columns import ARROW
from data.loaders.cityjson import BadObject, CityDocument, CityObject, read_document
from data.loaders.defects import Flaw
from data.loaders.importing import bring_in
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest, Progress, quiet
from data.loaders.source import Batch, SourceOptions, no_rows
from gis.crs import pyproj_crs
from gis.register import Register
from gis.text import Text

_FILLED: Final = tuple(f for f in CITY_OBJECT.fields if f.name not in {"building_id", "derived"})

_NOTHING: Final[Mapping[str, Any]] = {"object_type": "GenericCityObject", "shape": "{}"}
"""In place of what a refused object lacks, so that one reason is told and not several."""


@dataclass
class CityJsonSource:
    """An open document as a source of rows; coordinates are in the city's system already."""

    document: CityDocument
    city: str
    tolerance: float
    encoding: str = "utf-8"
    columns: tuple[str, ...] = field(default=tuple(f.name for f in _FILLED))

    @property
    def crs(self) -> str:
        """The city's own system."""
        return self.city

    @property
    def count(self) -> int:
        """How many objects there are."""
        return self.document.count

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield the objects in the order of the document."""
        rows: list[tuple[str, CityObject | BadObject]] = []
        start = 1
        for row in self.document.objects():
            rows.append(row)
            if len(rows) == size:
                yield self._batch(start, rows)
                start, rows = start + size, []
        if rows:
            yield self._batch(start, rows)

    def _batch(self, start: int, rows: list[tuple[str, CityObject | BadObject]]) -> Batch:
        broken: dict[int, str | Text] = {}
        flaws: list[Flaw] = []
        values: list[Mapping[str, Any]] = []
        outlines: list[shapely.MultiPolygon | None] = []
        for i, (gml_id, found) in enumerate(rows):
            if isinstance(found, BadObject):
                broken[i] = found.message
                values.append({**_NOTHING, "gml_id": gml_id})
                outlines.append(None)
                continue
            outline = self.document.outline(found.shape, gml_id)
            if outline.is_empty:
                broken[i] = _NO_OUTLINE
            values.append(_values(found, self.document, self.tolerance))
            outlines.append(None if outline.is_empty else outline)
            flaws += [Flaw(i, kind, facts) for kind, facts in found.notes]
        columns = {f.name: pa.array([v.get(f.name) for v in values], ARROW[f.type]) for f in _FILLED}
        geometries = np.array([None, *outlines], dtype=object)[1:]
        return Batch(np.arange(start, start + len(rows)), columns, geometries, broken, flaws=tuple(flaws))


def _values(found: CityObject, document: CityDocument, tolerance: float) -> dict[str, Any]:
    return {
        "gml_id": found.gml_id,
        "object_type": found.object_type,
        "parent_id": found.parents[0] if found.parents else None,
        "vertical_system": document.systems.vertical,
        "attributes": _compact(found.attributes),
        "members": _compact(found.members),
        **measured(found.shape, tolerance),
    }


def _compact(said: Mapping[str, Any] | None) -> str | None:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) if said else None


def import_cityjson(
    register: Register, request: ImportRequest, progress: Callable[[Progress], None] = quiet
) -> ImportReport:
    """Bring a CityJSON document in as one changeset, or, for a dry run, report what that would do.

    Raises:
        BadFile, MissingCrs, UnknownFileCrs: the document as a whole can't be used; nothing was written.
        QalaError: as :func:`data.loaders.importing.import_file`.
    """
    profile = register.profile
    document = read_document(request.file, profile.system, request.crs)
    if not document.count:
        raise no_rows(request.file)
    source = CityJsonSource(document, pyproj_crs(profile.system).to_wkt(), profile.tolerances.linear)
    asked = replace(request, layer=CITY_OBJECT.name, crs=None)
    return bring_in(register, asked, source, SourceOptions(), progress)


_NO_OUTLINE: Final = Text(
    kk="нысанның да, бөліктерінің де үстінен көрінетін беті жоқ, сондықтан картада орны жоқ",
    ru="ни у объекта, ни у его частей нет граней, видимых сверху, и на карте ему нет места",
    en="neither the object nor its parts have faces that are seen from above, so that it has no place on the map",
)
