"""CityJSON 2.0 (and 1.1) in: the document, its coordinate systems, and each object as a row of the register.

What can't be stored as it is makes its object refused, with the reason; what is left out or written otherwise is told
by name. Solids are taken as they are: their flaws stand beside them, and the register's rules speak of them.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from cadastres.urban_planning.city3d_model import LODS, OBJECT_TYPES
from cadastres.urban_planning.city3d_shape import DEPTHS, Shape, numbers_in
from data.loaders.defects import Kind, Weight
from data.loaders.source import BadFile, MissingCrs, UnknownFileCrs, refused_file
from gis.crs import System, transformer
from gis.errors import BadRequest
from gis.solid import Points
from gis.text import Text

VERSIONS: Final = ("1.1", "2.0")
SUFFIXES: Final = (".city.json", ".cityjson")

_OWN: Final = frozenset({"type", "attributes", "geometry", "parents", "children", "geographicalExtent"})
"""Members of a city object that the register has fields for, or that follow from others."""

_CODE: Final = re.compile(r"(?:https?://www\.opengis\.net/def/crs/EPSG/[^/]+/|urn:ogc:def:crs:EPSG:[^:]*:|EPSG:)(\d+)")


class BadObject(BadRequest):
    """A city object that can't be stored as it is."""

    code = "bad-city-object"


@dataclass(frozen=True)
class CityObject:
    """One object of a document.

    Attributes:
        shape: in the city's system.
        parents: objects of which it is a part.
        notes: what was left out or written otherwise.
    """

    gml_id: str
    object_type: str
    shape: Shape
    parents: tuple[str, ...]
    attributes: Mapping[str, Any] | None
    members: Mapping[str, Any]
    notes: tuple[tuple[Kind, Mapping[str, object]], ...] = ()


@dataclass(frozen=True)
class Systems:
    """Coordinate systems of a document: of its plane, and the name of its heights' where it says so."""

    plane: System
    vertical: str | None


@dataclass
class CityDocument:
    """A CityJSON document.

    Attributes:
        said: as parsed.
        name: of the file, for refusals.
        systems: as it says, or the operator.
        vertices: in the city's system, the heights as the document has them.
    """

    said: Mapping[str, Any]
    name: str
    systems: Systems
    vertices: Points
    move: Callable[[Points], Points]
    children: dict[str, list[str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many objects it has."""
        return len(self.said["CityObjects"])

    def objects(self) -> Iterator[tuple[str, CityObject | BadObject]]:
        """Yield each object by its identifier, or why it can't be stored."""
        for gml_id, said in self.said["CityObjects"].items():
            try:
                yield gml_id, _object(self, gml_id, said)
            except BadObject as refusal:
                yield gml_id, refusal

    def outline(self, shape: Shape, gml_id: str) -> shapely.MultiPolygon:
        """Return an object's footprint; where it has no faces of its own, that of its parts."""
        own = shape.footprint()
        if not own.is_empty:
            return own
        parts = self.said["CityObjects"][gml_id].get("children") or ()
        shapes = [
            _object(self, part, self.said["CityObjects"][part]).shape
            for part in parts
            if part in self.said["CityObjects"]
        ]
        whole = shapely.union_all([part.footprint() for part in shapes], grid_size=0.001)
        return shapely.MultiPolygon([p for p in shapely.get_parts(whole) if p.geom_type == "Polygon"])


def read_document(path: Path, city: System, crs: str | None = None) -> CityDocument:
    """Read a document.

    Args:
        path: the file.
        city: the city's projected system, to which the coordinates are carried; heights are left as they are.
        crs: what the operator says of the file's system (``EPSG:n``), where it does not say or says wrong.

    Raises:
        BadFile: no JSON, no CityJSON, another version, no vertices, a transform that is none.
        MissingCrs, UnknownFileCrs: the coordinate system.
        NoTransformation: only a ballpark transformation leads to the city's system.
    """
    said = _parsed(path)
    systems = _systems(said, path, crs)
    move = _mover(systems.plane, city)
    return CityDocument(said, path.name, systems, move(_vertices(said, path)), move)


def object_of(said: Mapping[str, Any], gml_id: str, systems: Systems, city: System) -> CityObject:
    """Return one object whose vertices are real coordinates (x, y, z in ``systems``), as an act sends it.

    Args:
        said: ``type``, ``vertices``, ``geometry``.
        gml_id: its identifier.
        systems: of the vertices.
        city: the city's projected system.

    Raises:
        BadObject: it can't be stored as it is.
    """
    try:
        vertices = np.array(said["vertices"], dtype=float).reshape(-1, 3)
    except (KeyError, TypeError, ValueError):
        raise BadObject(_NO_POINTS) from None
    if not np.isfinite(vertices).all():
        raise BadObject(_NO_POINTS)
    move = _mover(systems.plane, city)
    document = CityDocument({"CityObjects": {}}, gml_id, systems, move(vertices), move)
    if not np.isfinite(document.vertices).all():
        raise BadObject(_NO_POINTS)
    return _object(document, gml_id, {"type": said.get("type"), "geometry": said.get("geometry")})


def _parsed(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise refused_file(path, "no such file")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refused_file(path, error) from None
    if not isinstance(said, dict) or said.get("type") != "CityJSON" or not isinstance(said.get("CityObjects"), dict):
        raise BadFile(_NO_CITYJSON.filled(file=path.name), file=path.name)
    if said.get("version") not in VERSIONS:
        facts = {"file": path.name, "version": str(said.get("version"))[:20], "known": ", ".join(VERSIONS)}
        raise BadFile(_VERSION.filled(**facts), **facts)
    return said


def _vertices(said: Mapping[str, Any], path: Path) -> Points:
    """Return the vertices in the file's own system, decompressed to as many decimals as the file has."""
    try:
        raw = _numbers(said["vertices"]).reshape(-1, 3)
        scale, shift = (_numbers(said["transform"][name]).reshape(3) for name in ("scale", "translate"))
    except (KeyError, TypeError, ValueError) as error:
        raise BadFile(_NO_VERTICES.filled(file=path.name), file=path.name) from error
    decimals = max(_decimals(v) for v in (*scale.tolist(), *shift.tolist()))
    vertices: Points = np.round(raw * scale + shift, decimals)
    if not np.isfinite(vertices).all():
        raise BadFile(_NO_VERTICES.filled(file=path.name), file=path.name)
    return vertices


def _numbers(said: Any) -> Points:
    return np.array(said, dtype=np.float64)


def _decimals(value: float) -> int:
    """Return how many decimals a number is written with.

    >>> _decimals(0.001), _decimals(84616.468), _decimals(2e-07), _decimals(5.0)
    (3, 3, 7, 1)
    """
    mantissa, _, exponent = repr(value).partition("e")
    return max(
        len(mantissa.partition(".")[2]) - int(exponent or 0) - (1 if mantissa.endswith(".0") and exponent else 0), 0
    )


def _systems(said: Mapping[str, Any], path: Path, crs: str | None) -> Systems:
    name = crs or (said.get("metadata") or {}).get("referenceSystem")
    if not name:
        raise MissingCrs(_NO_CRS.filled(file=path.name), file=path.name)
    found = _CODE.fullmatch(name if ":" in str(name) else f"EPSG:{name}")
    try:
        whole = CRS.from_epsg(int(found[1])) if found else None
    except CRSError:
        whole = None
    if whole is None:
        raise UnknownFileCrs(_BAD_CRS.filled(file=path.name, crs=str(name)[:100]), crs=str(name)[:100])
    return _split(whole)


def _split(whole: CRS) -> Systems:
    """Return the plane part of a system and the name of its vertical one."""
    if whole.is_compound:
        plane, vertical = whole.sub_crs_list
        return Systems(int(plane.to_epsg() or 0), f"EPSG:{vertical.to_epsg()}")
    vertical_name = f"EPSG:{whole.to_epsg()}" if len(whole.axis_info) > 2 else None
    return Systems(int(whole.to_2d().to_epsg() or whole.to_epsg() or 0), vertical_name)


def _mover(source: System, city: System) -> Callable[[Points], Points]:
    if source == city:
        return lambda points: points
    way = transformer(source, city)

    def move(points: Points) -> Points:
        x, y = way.transform(points[:, 0], points[:, 1])
        moved: Points = np.column_stack([np.round(x, 4), np.round(y, 4), points[:, 2]])
        return moved

    return move


def _object(document: CityDocument, gml_id: str, said: Any) -> CityObject:
    if not isinstance(said, dict) or said.get("type") not in OBJECT_TYPES:
        told = str(said.get("type") if isinstance(said, dict) else said)[:60]
        raise BadObject(_TYPE.filled(type=told))
    notes: list[tuple[Kind, Mapping[str, object]]] = []
    found = [_geometry(document, i, g, notes) for i, g in enumerate(said.get("geometry") or ())]
    members = {name: value for name, value in said.items() if name not in _OWN}
    if members:
        notes.append((KEPT, {"members": ", ".join(sorted(members))}))
    parents = tuple(str(p) for p in said.get("parents") or ())
    if len(parents) > 1:
        raise BadObject(_PARENTS.filled(count=len(parents)))
    return CityObject(gml_id, said["type"], _joined(found), parents, said.get("attributes"), members, tuple(notes))


_Placed = tuple[Points, Mapping[str, Any]]


def _joined(found: Sequence[_Placed]) -> Shape:
    """Put geometries over one list of vertices, each with those that it uses."""
    lists, geometries, start = [np.zeros((0, 3))], [], 0
    for vertices, geometry in found:
        used = list(dict.fromkeys(numbers_in(geometry["boundaries"])))
        order = {number: start + i for i, number in enumerate(used)}
        geometries.append({**geometry, "boundaries": _renumbered(geometry["boundaries"], order)})
        lists.append(vertices[used])
        start += len(used)
    return Shape(np.concatenate(lists), tuple(geometries))


def _renumbered(boundaries: Any, order: Mapping[int, int]) -> Any:
    return [_renumbered(b, order) for b in boundaries] if isinstance(boundaries, list) else order[boundaries]


def _geometry(
    document: CityDocument, number: int, said: Any, notes: list[tuple[Kind, Mapping[str, object]]]
) -> _Placed:
    if isinstance(said, dict) and said.get("type") == "GeometryInstance":
        notes.append((RESOLVED, {"geometry": number}))
        vertices, said = _instance(document, number, said)
    else:
        vertices = document.vertices
    _require_sound(said, number, len(vertices))
    dropped = [name for name in ("material", "texture") if name in said]
    if dropped:
        notes.append((LEFT_OUT, {"geometry": number, "members": ", ".join(dropped)}))
    strange = sorted(set(said) - {"type", "lod", "boundaries", "semantics", "material", "texture"})
    if strange:
        raise BadObject(_STRANGE.filled(geometry=number, members=", ".join(strange)[:100]))
    return vertices, {name: said[name] for name in ("type", "lod", "boundaries", "semantics") if name in said}


def _instance(document: CityDocument, number: int, said: Mapping[str, Any]) -> _Placed:
    """Put a template's vertices where the instance says."""
    templates = document.said.get("geometry-templates") or {}
    try:
        template = templates["templates"][said["template"]]
        matrix = np.array(said["transformationMatrix"], dtype=float).reshape(4, 4)
        points = np.array(templates["vertices-templates"], dtype=float).reshape(-1, 3)
        (place,) = said["boundaries"]
        anchor = document.vertices[_vertex(place, len(document.vertices))]
    except (KeyError, IndexError, TypeError, ValueError):
        raise BadObject(_TEMPLATE.filled(geometry=number)) from None
    turned = points @ matrix[:3, :3].T + matrix[:3, 3]
    return np.round(turned + anchor, 4), template


def _vertex(number: Any, count: int) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < count:
        raise ValueError(number)
    return number


def _require_sound(said: Any, number: int, count: int) -> None:
    """Refuse a geometry of unknown type, with a wrong level of detail, wrong depth, or vertices that there are not."""
    if not isinstance(said, dict) or said.get("type") not in DEPTHS or not isinstance(said.get("boundaries"), list):
        raise BadObject(_GEOMETRY.filled(geometry=number, known=", ".join(DEPTHS)))
    lod = said.get("lod")
    if not isinstance(lod, str) or lod not in LODS:
        raise BadObject(_LOD.filled(geometry=number, lod=repr(lod)[:20], known=", ".join(LODS)))
    wrong = next(_misplaced(said["boundaries"], DEPTHS[said["type"]], count, ()), None)
    if wrong is not None:
        path, value = wrong
        where = "/".join(map(str, path))
        raise BadObject(_INDEX.filled(geometry=number, path=where, value=repr(value)[:20], last=count - 1))
    _require_semantics(said, number)


def _misplaced(part: Any, depth: int, count: int, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield where something else than a vertex number stands at the bottom, or the bottom is not where it should be."""
    if depth == 0:
        if not isinstance(part, int) or isinstance(part, bool) or not 0 <= part < count:
            yield path, part
    elif not isinstance(part, list) or (depth == 1 and len(path) > 1 and len(part) < 2):
        yield path, part
    else:
        for i, inner in enumerate(part):
            yield from _misplaced(inner, depth - 1, count, (*path, i))


def _require_semantics(said: Mapping[str, Any], number: int) -> None:
    semantics = said.get("semantics")
    if semantics is None:
        return
    try:
        count = len(semantics["surfaces"])
        values = list(numbers_in(semantics["values"]))
        fits = all(v is None or 0 <= int(v) < count for v in values)
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise BadObject(_SEMANTICS.filled(geometry=number))


def _kind(code: str, kk: str, ru: str, en: str) -> Kind:
    return Kind(code, Weight.WARNING, Text(kk=kk, ru=ru, en=en))


KEPT: Final = _kind(
    "member-kept",
    "Тізілімде өрісі жоқ мүшелер сол күйінде сақталды: {members}.",
    "Члены, для которых в регистре нет поля, сохранены как есть: {members}.",
    "Members that the register has no field for are kept as they are: {members}.",
)
LEFT_OUT: Final = _kind(
    "appearance-left-out",
    "{geometry}-геометрияның безендірілуі алынбады: {members}.",
    "Оформление геометрии {geometry} не взято: {members}.",
    "The appearance of geometry {geometry} was left out: {members}.",
)
RESOLVED: Final = _kind(
    "template-resolved",
    "{geometry}-геометрия үлгінің көшірмесі еді; ол өз нүктелерімен жазылды.",
    "Геометрия {geometry} была экземпляром шаблона; она записана собственными точками.",
    "Geometry {geometry} was an instance of a template; it is written with points of its own.",
)
_NO_CITYJSON = Text(
    kk="{file} файлы CityJSON емес: «type»: «CityJSON» және «CityObjects» керек.",
    ru="Файл {file} не CityJSON: нужны «type»: «CityJSON» и «CityObjects».",
    en="The file {file} is no CityJSON: it needs 'type': 'CityJSON' and 'CityObjects'.",
)
_VERSION = Text(
    kk="{file} файлының нұсқасы {version}; қабылданатындары: {known}.",
    ru="Версия файла {file} — {version}; принимаются: {known}.",
    en="The file {file} is of version {version}; accepted are: {known}.",
)
_NO_VERTICES = Text(
    kk="{file} файлында «vertices» не «transform» (scale, translate — үш саннан) жоқ немесе жарамсыз.",
    ru="В файле {file} нет верных «vertices» и «transform» (scale и translate по три числа).",
    en="The file {file} lacks sound 'vertices' and 'transform' (scale and translate, three numbers each).",
)
_NO_CRS = Text(
    kk="{file} файлында metadata.referenceSystem жоқ; жүйені айтыңыз, мысалы --crs EPSG:7415.",
    ru="В файле {file} нет metadata.referenceSystem; назовите систему, например --crs EPSG:7415.",
    en="The file {file} has no metadata.referenceSystem; say the system, for example --crs EPSG:7415.",
)
_BAD_CRS = Text(
    kk="{file} файлының координаттар жүйесі белгісіз: {crs}. Дұрысын айтыңыз, мысалы --crs EPSG:7415.",
    ru="Система координат файла {file} неизвестна: {crs}. Назовите верную, например --crs EPSG:7415.",
    en="The coordinate system of the file {file} is not known: {crs}. Say the right one, for example --crs EPSG:7415.",
)
_NO_POINTS = Text(
    kk="нүктелер (vertices) — әрқайсысы үш саннан тұратын тізім: x, y және биіктік",
    ru="точки (vertices) — список троек чисел: x, y и высота",
    en="the points (vertices) are a list of three numbers each: x, y and the height",
)
_TYPE = Text(
    kk="нысан түрі «{type}» CityJSON 2.0 негізгі түрлерінің қатарында жоқ",
    ru="типа объекта «{type}» нет среди основных типов CityJSON 2.0",
    en="the object type '{type}' is none of CityJSON 2.0's core",
)
_PARENTS = Text(
    kk="нысан {count} нысанның бөлігі делінген; тізілімде тек біреуі болады",
    ru="объект назван частью {count} объектов; в регистре может быть только один",
    en="the object is said to be part of {count} objects; the register keeps one",
)
_GEOMETRY = Text(
    kk="{geometry}-геометрияның түрі не шекаралары жарамсыз; түрлері: {known}",
    ru="у геометрии {geometry} неверный тип или границы; типы: {known}",
    en="geometry {geometry} has no sound type and boundaries; the types are: {known}",
)
_LOD = Text(
    kk="{geometry}-геометрияның lod мәні {lod}; жол керек, мыналардың бірі: {known}",
    ru="lod геометрии {geometry} — {lod}; нужна строка, одна из: {known}",
    en="the lod of geometry {geometry} is {lod}; it must be a string, one of: {known}",
)
_INDEX = Text(
    kk="{geometry}-геометрия, {path} орны: {value} нүкте нөмірі емес; 0–{last} аралығындағы бүтін сан керек",
    ru="геометрия {geometry}, место {path}: {value} — не номер точки; нужно целое от 0 до {last}",
    en="geometry {geometry}, at {path}: {value} is no vertex number; it must be an integer from 0 to {last}",
)
_SEMANTICS = Text(
    kk="{geometry}-геометрияның semantics мәні беттеріне сай емес",
    ru="semantics геометрии {geometry} не соответствует её граням",
    en="the semantics of geometry {geometry} do not fit its faces",
)
_STRANGE = Text(
    kk="{geometry}-геометрияда белгісіз мүшелер бар: {members}",
    ru="у геометрии {geometry} неизвестные члены: {members}",
    en="geometry {geometry} has unknown members: {members}",
)
_TEMPLATE = Text(
    kk="{geometry}-геометрия үлгіге не нүктеге дұрыс сілтемейді",
    ru="геометрия {geometry} неверно ссылается на шаблон или точку",
    en="geometry {geometry} does not refer soundly to its template and point",
)
