"""Features of the register's layers out of an OpenStreetMap extract.

A row is an element that means a feature of a layer; an element can be a row of several. Each row is accepted, accepted
with a defect (mended, or cut at the extract's edge), or refused with its reason, and the counts add up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import networkx as nx
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cadastres.address.model import ADDRESS, NAMED_PLACE, STREET
from cadastres.environment.model import GREEN_AREA, PROTECTED_SITE, WATER_BODY, WATER_REACH
from cadastres.real_estate.model import BUILDING
from cadastres.urban_planning.model import LAND_USE
from cadastres.urban_planning.network_model import NETWORK_LINE, NETWORK_NODE, NETWORK_STRUCTURE
from data.loaders import network_tagging, tagging
from data.loaders.defects import Defect, Kind, Outcome, Weight
from data.loaders.osm_networks import connect
from data.loaders.pbf import Element, Extract, read_extract
from data.loaders.source import BadFile
from gis.crs import System, transformer
from gis.layer import GeometryKind, Layer
from gis.text import Text

READERS: Final[Mapping[Layer, tagging.Reader]] = {
    NAMED_PLACE: tagging.named_place,
    STREET: tagging.street,
    ADDRESS: tagging.address,
    BUILDING: tagging.building,
    LAND_USE: tagging.land_use,
    WATER_BODY: tagging.water_body,
    GREEN_AREA: tagging.green_area,
    WATER_REACH: tagging.water_reach,
    PROTECTED_SITE: tagging.protected_site,
    NETWORK_STRUCTURE: network_tagging.structure,
    NETWORK_NODE: network_tagging.node,
    NETWORK_LINE: network_tagging.line,
}
"""What each layer that an extract fills makes of an element's tags."""

GRID: Final = 0.001
"""Coordinates are rounded to millimetres, finer than any source: the same on every machine."""

SAME_STREET: Final = 500.0
"""Stretches of one name farther apart than this [m] are different streets."""

SAME_ADDRESS: Final = 200.0
"""Elements with one street and number nearer to each other than this [m] tell one address."""

_MARKS: Final = ("building", "entrance", "addressArea")
"""What an address's point marks, the best first."""

_RANKS: Final = STREET.field("functional_class").values


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature to be.

    Attributes:
        geometry: in the city's projected system, x east, y north, metres.
        rows: how many rows of the source it is made of.
        flawed: how many of them were accepted with a defect.
    """

    geometry: BaseGeometry
    attributes: Mapping[str, Any]
    rows: int = 1
    flawed: int = 0


@dataclass
class LayerRows:
    """What became of one layer's rows: ``read == accepted + accepted_with_defect + refused``, always."""

    layer: Layer
    features: list[Feature] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    read: int = 0
    accepted: int = 0
    accepted_with_defect: int = 0
    refused: int = 0

    def count(self) -> dict[str, int]:
        """Return the counts, features last."""
        return {
            "read": self.read,
            "accepted": self.accepted,
            "accepted_with_defect": self.accepted_with_defect,
            "refused": self.refused,
            "features": len(self.features),
        }


@dataclass(frozen=True)
class OsmCity:
    """What an extract says of a city, in its projected system.

    Attributes:
        layers: rows of each layer that an extract fills, by its name.
        railways, coastlines: lines that bound blocks.
        streets: every stretch of carriageway with its functional class.
        day: when the newest element was edited.
    """

    layers: Mapping[str, LayerRows]
    streets: tuple[tuple[BaseGeometry, str], ...]
    railways: tuple[BaseGeometry, ...]
    coastlines: tuple[BaseGeometry, ...]
    day: datetime | None


def read_osm(path: Path, system: System) -> OsmCity:
    """Read an extract into the city's projected system.

    Raises:
        BadFile: it is no extract, or has nothing that a city has.
        NoTransformation: only a ballpark transformation leads from WGS 84 to the city's system.
    """
    extract = read_extract(path, tagging.KEYS)
    if not extract.elements:
        raise BadFile(_EMPTY.filled(file=path.name), file=path.name)
    extract = _projected(extract, system)
    layers = {layer.name: _rows(layer, extract.elements, system) for layer in READERS}
    streets = tuple(
        (feature.geometry, str(feature.attributes["functional_class"])) for feature in layers[STREET.name].features
    )
    layers[STREET.name].features = _joined(layers[STREET.name].features)
    layers[ADDRESS.name].features = _told_once(layers[ADDRESS.name].features)
    connect(layers)
    lines = [e for e in extract.elements if e.geometry is not None and e.geometry.geom_type == "LineString"]
    return OsmCity(
        layers=layers,
        streets=streets,
        railways=tuple(e.geometry for e in lines if e.tags.get("railway") == "rail" and e.geometry),
        coastlines=tuple(e.geometry for e in lines if e.tags.get("natural") == "coastline" and e.geometry),
        day=extract.day,
    )


def _projected(extract: Extract, system: System) -> Extract:
    """Return the elements in the city's system, rounded to :data:`GRID`."""
    to_city = transformer(4326, system)

    def project(points: Any) -> Any:
        return np.round(np.column_stack(to_city.transform(points[:, 0], points[:, 1])), 3)

    shapes = np.array([e.geometry for e in extract.elements], dtype=object)
    present = shapely.is_geometry(shapes)
    shapes[present] = shapely.transform(shapes[present], project)
    elements = (
        Element(e.reference, e.tags, shape, e.lacking) for e, shape in zip(extract.elements, shapes, strict=True)
    )
    return Extract(tuple(elements), extract.day)


def _rows(layer: Layer, elements: Iterable[Element], system: System) -> LayerRows:
    rows = LayerRows(layer)
    to_wgs84 = transformer(system, 4326)
    for element in elements:
        odd: tagging.Odd = {}
        attributes = READERS[layer](element.tags, odd)
        if attributes is not None:
            rows.read += 1
            shape, flaws = _shape(layer, element)
            if attributes.get("utility_network_type", "") is None:
                shape, flaws = None, [*flaws, (NO_NETWORK, {})]
            flaws += [(ODD_VALUE, {"key": key, "value": value[:80]}) for key, value in sorted(odd.items())]
            place = None if element.geometry is None else _point(element.geometry, to_wgs84)
            _settle(rows, str(element.reference), attributes, shape, (flaws, place))
    return rows


_Flaws = list[tuple[Kind, dict[str, object]]]


def _settle(
    rows: LayerRows,
    reference: str,
    attributes: tagging.Attributes,
    shape: BaseGeometry | None,
    found: tuple[_Flaws, BaseGeometry | None],
) -> None:
    flaws, place = found
    outcome = _outcome(shape, flaws)
    rows.accepted += outcome is Outcome.ACCEPTED
    rows.accepted_with_defect += outcome is Outcome.ACCEPTED_WITH_DEFECT
    rows.refused += outcome is Outcome.REFUSED
    rows.defects += [Defect.of(rows.read, reference, kind, facts, outcome, place) for kind, facts in flaws]
    if shape is not None:
        said = {f.name: attributes.get(f.name) for f in rows.layer.fields} | {"external_reference": reference}
        rows.features.append(Feature(shape, said, flawed=int(outcome is Outcome.ACCEPTED_WITH_DEFECT)))


def _outcome(shape: BaseGeometry | None, flaws: _Flaws) -> Outcome:
    if shape is None:
        return Outcome.REFUSED
    return Outcome.ACCEPTED_WITH_DEFECT if flaws else Outcome.ACCEPTED


def _point(shape: BaseGeometry, to_wgs84: Any) -> BaseGeometry:
    middle = shape.representative_point()
    longitude, latitude = to_wgs84.transform(middle.x, middle.y)
    return shapely.Point(round(longitude, 7), round(latitude, 7))


def _shape(layer: Layer, element: Element) -> tuple[BaseGeometry | None, _Flaws]:
    """Return an element's geometry as the layer takes it, and what is wrong with it."""
    if element.geometry is None:
        return None, [(UNBUILT, {"count": element.lacking})]
    cut: _Flaws = [(CUT, {"count": element.lacking})] if element.lacking else []
    match layer.geometry:
        case GeometryKind.POINT:
            return _as_point(element.geometry), cut
        case GeometryKind.LINESTRING | GeometryKind.MULTILINESTRING:
            shape, flaws = _as_lines(element.geometry)
        case _:
            shape, flaws = _as_areas(element.geometry)
    return shape, cut + flaws


def _as_point(shape: BaseGeometry) -> BaseGeometry:
    point = shape if isinstance(shape, shapely.Point) else shape.representative_point()
    return shapely.Point(round(point.x, 3), round(point.y, 3))


def _as_lines(shape: BaseGeometry) -> tuple[BaseGeometry | None, _Flaws]:
    if shape.geom_type not in {"LineString", "MultiLineString"}:
        return None, [(NO_LINE, {"found": shape.geom_type})]
    lines = [line for line in shapely.get_parts(shape) if line.length > GRID]
    return (shapely.MultiLineString(lines), []) if lines else (None, [(NOTHING_LEFT, {})])


def _as_areas(shape: BaseGeometry) -> tuple[BaseGeometry | None, _Flaws]:
    if shape.geom_type not in {"Polygon", "MultiPolygon"}:
        return None, [(NO_AREA, {"found": shape.geom_type})]
    flaws: _Flaws = []
    if not shape.is_valid:
        flaws = [(MENDED, {"reason": shapely.is_valid_reason(shape)})]
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > GRID]
    if not parts:
        return None, [*flaws, (NOTHING_LEFT, {})]
    return shapely.MultiPolygon(parts), flaws


def _joined(stretches: Sequence[Feature]) -> list[Feature]:
    """Join the stretches of each named street into one feature; nameless ones stay as they are."""
    by_name: dict[str, list[Feature]] = defaultdict(list)
    streets = [s for s in stretches if s.attributes["name"] is None]
    for stretch in stretches:
        if stretch.attributes["name"] is not None:
            by_name[str(stretch.attributes["name"])].append(stretch)
    streets += [_street(group) for named in by_name.values() for group in near_each_other(named, SAME_STREET)]
    return sorted(streets, key=lambda s: _first_reference(s.attributes))


def near_each_other(features: Sequence[Feature], distance: float) -> Iterator[list[Feature]]:
    """Yield groups of features of which each is within a distance [m] of another of its group."""
    shapes = [f.geometry for f in features]
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=distance)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from(zip(*pairs.tolist(), strict=True))
    for group in nx.connected_components(graph):
        yield [features[i] for i in sorted(group)]


def _told_once(told: Sequence[Feature]) -> list[Feature]:
    """Join what a building, its entrances and the shops in it say of one address; those without a street stay."""
    by_address: dict[tuple[str, ...], list[Feature]] = defaultdict(list)
    addresses = [a for a in told if a.attributes["thoroughfare_name"] is None]
    for address in told:
        said = address.attributes
        if said["thoroughfare_name"] is not None:
            spelled = (said["thoroughfare_name"], said["locator_designator"], said["locator_block"] or "")
            by_address[tuple("".join(part.casefold().split()) for part in spelled)].append(address)
    addresses += [_address(group) for same in by_address.values() for group in near_each_other(same, SAME_ADDRESS)]
    return sorted(addresses, key=lambda a: _first_reference(a.attributes))


def _address(same: Sequence[Feature]) -> Feature:
    """Return one address at the best of its points; what that one does not say, the others do."""
    ranked = sorted(same, key=lambda a: _MARKS.index(a.attributes["position_specification"]))
    said = {name: next((a.attributes[name] for a in ranked if a.attributes[name] is not None), None)
            for name in ranked[0].attributes}  # fmt: skip
    said["external_reference"] = ";".join(str(a.attributes["external_reference"]) for a in ranked)
    return _made_of(ranked[0].geometry, said, same)


def _made_of(shape: BaseGeometry, said: Mapping[str, Any], parts: Sequence[Feature]) -> Feature:
    return Feature(shape, said, sum(p.rows for p in parts), sum(p.flawed for p in parts))


def _street(stretches: Sequence[Feature]) -> Feature:
    said = dict(stretches[0].attributes)
    for name in ("name_kk", "name_ru", "name_en"):
        said[name] = next((s.attributes[name] for s in stretches if s.attributes[name]), None)
    said["functional_class"] = min((s.attributes["functional_class"] for s in stretches), key=_RANKS.index)
    said["external_reference"] = ";".join(str(s.attributes["external_reference"]) for s in stretches)
    merged = shapely.line_merge(shapely.union_all([s.geometry for s in stretches]))
    lines = shapely.MultiLineString(list(shapely.get_parts(merged)))
    return _made_of(shapely.normalize(lines), said, stretches)


def _first_reference(attributes: Mapping[str, Any]) -> tuple[str, int]:
    kind, _, number = str(attributes["external_reference"]).split(";")[0].partition("/")
    return kind, int(number)


def _kind(code: str, weight: Weight, kk: str, ru: str, en: str) -> Kind:
    return Kind(code, weight, Text(kk=kk, ru=ru, en=en))


UNBUILT: Final = _kind(
    "geometry-not-built",
    Weight.REFUSAL,
    "Геометрия құрылмады: нүктелері мен бөліктерінің {count} данасы үзіндіден тыс қалған.",
    "Геометрия не строится: вне выгрузки остались точки или части, числом {count}.",
    "No geometry can be built: {count} of its points or parts lie outside the extract.",
)
NO_AREA: Final = _kind(
    "not-an-area",
    Weight.REFUSAL,
    "Нысанның түрі {found}; бұл қабатқа тұйық аумақ керек.",
    "Объект имеет вид {found}; этому слою нужна замкнутая площадь.",
    "The element is a {found}; this layer takes a closed area.",
)
NO_LINE: Final = _kind(
    "not-a-line",
    Weight.REFUSAL,
    "Нысанның түрі {found}; бұл қабатқа осьтік сызық керек.",
    "Объект имеет вид {found}; этому слою нужна осевая линия.",
    "The element is a {found}; this layer takes a centre line.",
)
NOTHING_LEFT: Final = _kind(
    "nothing-left",
    Weight.REFUSAL,
    "Геометрия нүктеге немесе сызыққа айналып кеткен: аумағы да, ұзындығы да жоқ.",
    "Геометрия вырождена: у неё нет ни площади, ни длины.",
    "The geometry has collapsed: it has neither area nor length.",
)
NO_NETWORK: Final = _kind(
    "network-not-told",
    Weight.REFUSAL,
    "Құбырдың не құдықтың не тасымалдайтыны айтылмаған: ол қай желіге жататыны белгісіз.",
    "Не сказано, что несёт труба или колодец: неизвестно, к какой сети они относятся.",
    "It is not told what the pipe or manhole carries: to which network it belongs is unknown.",
)
CUT: Final = _kind(
    "cut-at-edge",
    Weight.ACCEPTABLE,
    "Нысан үзіндінің шетінде қиылған: нүктелері мен бөліктерінің {count} данасы жоқ.",
    "Объект обрезан краем выгрузки: недостаёт точек или частей, числом {count}.",
    "The element is cut at the extract's edge: {count} of its points or parts are missing.",
)
MENDED: Final = _kind(
    "geometry-mended",
    Weight.ACCEPTABLE,
    "Геометрия қате еді ({reason}); ол түзетіліп алынды.",
    "Геометрия была неверна ({reason}); принята исправленной.",
    "The geometry was not valid ({reason}); it was taken mended.",
)
ODD_VALUE: Final = _kind(
    "value-not-understood",
    Weight.ACCEPTABLE,
    "{key} = «{value}» мәні түсініксіз; ол толтыратын өріс бос немесе «белгісіз» күйінде қалды.",
    "Значение {key} = «{value}» непонятно; его поле осталось пустым или «неизвестно».",
    "The value {key} = '{value}' is not understood; its field stays empty or unknown.",
)
_EMPTY = Text(
    kk="{file} файлында ғимарат та, көше де, мекенжай да жоқ; қаланың толық үзіндісі керек.",
    ru="В файле {file} нет ни зданий, ни улиц, ни адресов; нужна полная выгрузка города.",
    en="{file} has no buildings, streets or addresses; a full extract of a city is needed.",
)
