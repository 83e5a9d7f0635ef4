"""Coordinate reference systems, and the one place where axis order is settled.

Inside the engine coordinates are always ``x, y``: easting before northing, longitude before latitude. What stands on
the wire depends on how the system was named (the table that GeoServer and QGIS agree on):

====================================================  =====================================
name                                                  order of its coordinates
====================================================  =====================================
``http://www.opengis.net/def/crs/EPSG/0/4326``        as the authority says (latitude first)
``urn:ogc:def:crs:EPSG::4326``                        as the authority says
``[EPSG:4326]`` (safe CURIE, short for the first)     as the authority says
``EPSG:4326``                                         x, y
``http://www.opengis.net/gml/srs/epsg.xml#4326``      x, y
``http://www.opengis.net/def/crs/OGC/1.3/CRS84``      longitude, latitude, whatever its form
====================================================  =====================================

A city whose system the EPSG list lacks describes it by WKT2 (:class:`OwnSystem`); a *system* below is either an EPSG
code or such a description.
"""

import re
import warnings
from collections.abc import Container
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from pyproj import CRS, Transformer
from pyproj.crs import BoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup
from shapely import MultiPolygon, Polygon

from gis.errors import BadRequest
from gis.text import Text

OWN_AUTHORITY: Final = "QALA"
"""Authority under which a city's own systems are named."""

OWN_SRIDS: Final = range(990_000, 998_999 + 1)
"""SRIDs for a city's own systems: above every EPSG code, below those that PostGIS keeps for itself."""

LONGEST_WKT: Final = 2048
"""Characters that ``spatial_ref_sys.srtext`` holds."""

KNOWN_SRIDS: Final = "SELECT srid FROM spatial_ref_sys"
"""The systems in which the database can deliver."""

_OGC = "http://www.opengis.net/def/crs/OGC/1.3/"


class UnknownCrs(BadRequest):
    """A name of a coordinate system that can't be read, or of a system that is not known."""

    code = "unknown-crs"


class NoTransformation(BadRequest):
    """Between two systems only a ballpark transformation exists, wrong by up to hundreds of metres."""

    code = "no-transformation"


class BadSystem(BadRequest):
    """A description of a city's own system that the engine can't work in."""

    code = "bad-system"


@dataclass(frozen=True, slots=True)
class OwnSystem:
    """A projected system that the EPSG list lacks, described by WKT2 (ISO 19162).

    Attributes:
        srid: number in the database, one of :data:`OWN_SRIDS`.
        name: how people call it.
        wkt2: projected system in metres; a BOUNDCRS may carry its tie to WGS 84.
        to_wgs84: that tie where the WKT has none: 3 translations [m], or these with 3 rotations [arc seconds, position
            vector convention] and a scale difference [ppm]. Without any tie no exact transformation exists.

    Raises:
        BadSystem: the srid is out of its range; the WKT is broken, too long, not projected, not in metres or untied.
    """

    srid: int
    name: str
    wkt2: str = field(repr=False)
    to_wgs84: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check all of it at once, so that no later reader has to."""
        if self.srid not in OWN_SRIDS:
            raise BadSystem(_BAD_SRID.filled(srid=self.srid, low=OWN_SRIDS[0], high=OWN_SRIDS[-1]), srid=self.srid)
        if len(self.to_wgs84) not in {0, 3, 7}:
            raise BadSystem(_BAD_TIE.filled(count=len(self.to_wgs84)))
        length = max(len(self.compact_wkt), len(srtext(self)))
        if length > LONGEST_WKT:
            raise BadSystem(_LONG_WKT.filled(name=self.name, length=length, longest=LONGEST_WKT), length=length)
        require_projected_metre(self)
        _require_tie(self)

    @property
    def compact_wkt(self) -> str:
        """The WKT without the blanks between its tokens."""
        parts = re.split(r'("(?:[^"]|"")*")', self.wkt2)
        return "".join(part if part.startswith('"') else re.sub(r"\s+", "", part) for part in parts)


System = int | OwnSystem
"""An EPSG code, or the description of a city's own system."""


@dataclass(frozen=True, slots=True)
class Crs:
    """A coordinate system as somebody named it, with the axis order that this name stands for.

    Attributes:
        srid: number in the database.
        swap: on the wire y stands before x (latitude before longitude, northing before easting).
        srs_name: the name in its canonical spelling; answers repeat it, so that the order in them is plain.
        uri: the system's URI (OGC API ``crs``, header ``Content-Crs``).
        own: description of a city's own system.
    """

    srid: int
    swap: bool
    srs_name: str
    uri: str
    own: OwnSystem | None = field(default=None, compare=False, repr=False)

    @property
    def system(self) -> System:
        """What transformations take."""
        return self.own or self.srid

    @property
    def urn(self) -> str:
        """Name as a URN (WFS 2.0, GML 3.2); always in the authority's axis order."""
        return _urn(self.uri)

    @property
    def is_geographic(self) -> bool:
        """Coordinates are longitudes and latitudes in degrees."""
        return pyproj_crs(self.system).is_geographic

    @property
    def is_northing_first(self) -> bool:
        """The authority puts y first, however this name orders it."""
        return "CRS84" not in self.uri and northing_first(self.system)


CRS84: Final = Crs(4326, swap=False, srs_name=_OGC + "CRS84", uri=_OGC + "CRS84")
"""WGS 84, longitude before latitude: what OGC API answers unless asked otherwise."""


def parse_crs(name: str, own: OwnSystem | None = None) -> Crs:
    """Read the name of a coordinate system in any of the forms in the module's table.

    Args:
        name: URI, URN, safe CURIE, ``EPSG:n`` or GML 2 name.
        own: the city's own system, known by the authority ``QALA``.

    Raises:
        UnknownCrs: no such form or system; the message lists the forms.

    >>> parse_crs("urn:ogc:def:crs:EPSG::4326").swap, parse_crs("EPSG:4326").swap
    (True, False)
    """
    text = name.strip()
    if found := _CRS84_NAME.fullmatch(text):
        return _crs84(text, height="h" if found["height"] else "")
    for form, authority_order, spelling in _FORMS:
        if found := form.fullmatch(text):
            return _named(found["authority"].upper(), int(found["code"]), authority_order, spelling, own)
    raise _unknown(name)


def system_crs(system: System) -> Crs:
    """Name a system by its URI, in the authority's axis order."""
    if isinstance(system, OwnSystem):
        return _named(OWN_AUTHORITY, system.srid, authority_order=True, spelling=_URI, own=system)
    return _named("EPSG", system, authority_order=True, spelling=_URI, own=None)


def offered(system: System) -> tuple[Crs, ...]:
    """Return the systems that every collection advertises: CRS84, WGS 84, Web Mercator, and the city's own."""
    listed = (CRS84, system_crs(4326), system_crs(3857), system_crs(system))
    return tuple(dict.fromkeys(listed))


def require_deliverable(crs: Crs, known_srids: Container[int]) -> Crs:
    """Return a system that the database can deliver in.

    Args:
        crs: what was asked for.
        known_srids: what :data:`KNOWN_SRIDS` answers.

    Raises:
        UnknownCrs: the database's ``spatial_ref_sys`` lacks it.
    """
    if crs.srid in known_srids:
        return crs
    raise UnknownCrs(_UNDELIVERABLE.filled(name=crs.srs_name), crs=crs.srs_name)


@lru_cache(maxsize=4096)
def known_epsg(code: int) -> bool:
    """Tell whether EPSG lists a system under this code in which things on the map have coordinates."""
    try:
        crs = CRS.from_epsg(code)
    except CRSError:
        return False
    return crs.is_geographic or crs.is_projected


@lru_cache(maxsize=1024)
def pyproj_crs(system: System) -> CRS:
    """Return PROJ's object for a system, tied to WGS 84 where its description says how.

    Raises:
        UnknownCrs: EPSG has no such code.
        BadSystem: the WKT can't be read.
    """
    if isinstance(system, OwnSystem):
        return _own_crs(system)
    try:
        return CRS.from_epsg(system)
    except CRSError:
        raise _unknown(f"EPSG:{system}") from None


def unbound_crs(system: System) -> CRS:
    """Return PROJ's object for a system without its tie to WGS 84: the projection alone."""
    crs = pyproj_crs(system)
    return crs.source_crs if crs.is_bound and crs.source_crs else crs


@lru_cache(maxsize=1024)
def northing_first(system: System) -> bool:
    """Tell whether the authority puts northing (or latitude) before easting (or longitude)."""
    axes = pyproj_crs(system).axis_info[:2]
    directions = tuple(axis.direction for axis in axes)
    if directions in {("north", "east"), ("south", "west")}:
        return True
    # Around the poles both axes point north (or south): only their names tell them apart.
    return directions[0] == directions[1] and axes[0].name.lower().startswith("northing")


def require_projected_metre(system: System) -> CRS:
    """Return PROJ's object for a system in which lengths and areas can be measured.

    Raises:
        BadSystem: it is not projected, or not in metres, or Web Mercator, whose areas mean nothing.
    """
    crs = pyproj_crs(system)
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if not crs.is_projected or units != {"metre"} or _web_mercator(crs):
        raise BadSystem(_NOT_METRIC.filled(name=crs.name, unit=", ".join(sorted(units))), name=crs.name)
    return crs


@lru_cache(maxsize=256)
def transformer(source: System, target: System) -> Transformer:
    """Return the best transformation between two systems; ``x, y`` in and out.

    Grids are used where PROJ finds them; :func:`transformation` tells the accuracy and what is missing.

    Raises:
        NoTransformation: only a ballpark one exists.
    """
    before, after = pyproj_crs(source), pyproj_crs(target)
    try:
        return Transformer.from_crs(before, after, always_xy=True, allow_ballpark=False)
    except ProjError:
        raise NoTransformation(_BALLPARK.filled(source=before.name, target=after.name)) from None


class Transformation(NamedTuple):
    """How well one system goes over into another: accuracy [m] (``None`` when unknown), and the grids that lack."""

    accuracy: float | None
    missing_grids: tuple[str, ...]


def transformation(source: System, target: System) -> Transformation:
    """Tell how accurate the transformation is here, and which grid files would make it better.

    Raises:
        NoTransformation: only a ballpark one exists.
    """
    transformer(source, target)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of the very grids that we report
        group = TransformerGroup(pyproj_crs(source), pyproj_crs(target), always_xy=True, allow_ballpark=False)
    accuracy = max((t.accuracy for t in group.transformers[:1]), default=-1.0)
    grids = {grid.short_name for op in group.unavailable_operations for grid in op.grids if not grid.available}
    return Transformation(accuracy if accuracy >= 0 else None, tuple(sorted(grids)))


def geodesic_area(geometry: Polygon | MultiPolygon, system: System) -> float:
    """Return an area on the system's ellipsoid [m²]; ``geometry`` is in ``x, y`` of the system.

    No datum shift takes part: the plane figure goes back to the ellipsoid that it was projected from.
    """
    crs = unbound_crs(system)
    ellipsoid = crs.get_geod()
    geodetic = crs.geodetic_crs
    if ellipsoid is None or geodetic is None:
        raise BadSystem(_NOT_METRIC.filled(name=crs.name, unit="?"), name=crs.name)
    to_degrees = Transformer.from_crs(crs, geodetic, always_xy=True)

    def ring_area(coordinates: list[tuple[float, ...]]) -> float:
        x, y = zip(*(point[:2] for point in coordinates), strict=True)
        longitudes, latitudes = to_degrees.transform(x, y)
        return abs(ellipsoid.polygon_area_perimeter(longitudes, latitudes)[0])

    polygons = geometry.geoms if isinstance(geometry, MultiPolygon) else (geometry,)
    return sum(
        ring_area(list(part.exterior.coords)) - sum(ring_area(list(hole.coords)) for hole in part.interiors)
        for part in polygons
        if not part.is_empty
    )


class SpatialRefRow(NamedTuple):
    """A row of PostGIS's ``spatial_ref_sys``, in the order of the table's columns."""

    srid: int
    auth_name: str
    auth_srid: int
    srtext: str
    proj4text: str


class Projected(Protocol):
    """Whoever has a projected system: the city's profile."""

    @property
    def system(self) -> System:
        """The system in which everything is stored."""


def spatial_ref_sys_row(profile: Projected) -> SpatialRefRow | None:
    """Return the row that the database needs to know the city's system; none for an EPSG code, which PostGIS lists."""
    return None if isinstance(profile.system, int) else system_row(profile.system)


def system_row(system: System) -> SpatialRefRow:
    """Return the row of any system: PROJ's list of EPSG codes may be newer than PostGIS's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PROJ strings lose the datum's name; PostGIS looks at srtext first
        proj4text = pyproj_crs(system).to_proj4()
    if isinstance(system, OwnSystem):
        return SpatialRefRow(system.srid, OWN_AUTHORITY, system.srid, srtext(system), proj4text)
    return SpatialRefRow(system, "EPSG", system, srtext(system), proj4text)


def srtext(system: System) -> str:
    """Return the WKT that PostGIS reads; a tie to WGS 84 given apart goes in as ``TOWGS84``."""
    if isinstance(system, OwnSystem) and not system.to_wgs84:
        return system.compact_wkt
    return pyproj_crs(system).to_wkt("WKT1_GDAL")


def _own_crs(system: OwnSystem) -> CRS:
    try:
        crs = CRS.from_wkt(system.wkt2)
    except CRSError as error:
        reason = str(error).removeprefix("Invalid projection: ")[-300:]
        raise BadSystem(_BAD_WKT.filled(name=system.name, reason=reason), name=system.name) from None
    if not system.to_wgs84 or crs.geodetic_crs is None:
        return crs
    return BoundCRS(crs, CRS.from_epsg(4326), ToWGS84Transformation(crs.geodetic_crs, *system.to_wgs84))


def _require_tie(system: OwnSystem) -> None:
    try:
        transformer(system, 4326)
    except NoTransformation:
        raise BadSystem(_NO_TIE.filled(name=system.name), name=system.name) from None


def _web_mercator(crs: CRS) -> bool:
    operation = crs.coordinate_operation
    return operation is not None and "Pseudo Mercator" in operation.method_name


_URI = "http://www.opengis.net/def/crs/{authority}/0/{code}"
_AUTHORITY = rf"(?P<authority>EPSG|{OWN_AUTHORITY})"
_CODE = r"(?P<code>[0-9]{1,9})"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


_FORMS: Final = (
    (_form(rf"https?://www\.opengis\.net/def/crs/{_AUTHORITY}/[0-9.]+/{_CODE}"), True, _URI),
    (_form(rf"urn:(?:x-)?ogc:def:crs:{_AUTHORITY}:[0-9.]*:{_CODE}"), True, "urn:ogc:def:crs:{authority}::{code}"),
    (_form(rf"\[{_AUTHORITY}:{_CODE}\]"), True, _URI),
    (_form(rf"{_AUTHORITY}:{_CODE}"), False, "{authority}:{code}"),
    (
        _form(rf"http://www\.opengis\.net/gml/srs/(?P<authority>epsg)\.xml#{_CODE}"),
        False,
        "http://www.opengis.net/gml/srs/epsg.xml#{code}",
    ),
)
"""(form, whether its coordinates stand in the authority's order, canonical spelling)."""

_CRS84_NAME = _form(
    r"(?:https?://www\.opengis\.net/def/crs/OGC/[0-9.]+/|urn:(?:x-)?ogc:def:crs:OGC:[0-9.]*:|\[?OGC:)"
    r"CRS84(?P<height>h)?\]?|CRS:84"
)

ACCEPTED_FORMS: Final = (
    "http://www.opengis.net/def/crs/EPSG/0/4326",
    "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    "urn:ogc:def:crs:EPSG::4326",
    "urn:ogc:def:crs:OGC:1.3:CRS84",
    "[EPSG:4326]",
    "EPSG:4326",
    "http://www.opengis.net/gml/srs/epsg.xml#4326",
)
"""One example of each accepted form."""


def _crs84(text: str, height: str) -> Crs:
    uri = f"{_OGC}CRS84{height}"
    return Crs(4326, swap=False, srs_name=_urn(uri) if text.lower().startswith("urn") else uri, uri=uri)


def _named(authority: str, code: int, authority_order: bool, spelling: str, own: OwnSystem | None) -> Crs:  # noqa: FBT001 - a column of _FORMS
    known = own is not None and own.srid == code if authority == OWN_AUTHORITY else known_epsg(code)
    if not known:
        raise _unknown(f"{authority}:{code}")
    described = own if authority == OWN_AUTHORITY else None
    swap = authority_order and northing_first(described or code)
    name = spelling.format(authority=authority, code=code)
    return Crs(code, swap, name, _URI.format(authority=authority, code=code), described)


def _urn(uri: str) -> str:
    authority, version, code = uri.split("/")[-3:]
    return f"urn:ogc:def:crs:{authority}:{version if version != '0' else ''}:{code}"


def _unknown(name: str) -> UnknownCrs:
    forms = ", ".join(ACCEPTED_FORMS)
    return UnknownCrs(_UNKNOWN.filled(name=name[:200], forms=forms), crs=name[:200], accepted=list(ACCEPTED_FORMS))


_UNKNOWN = Text(
    kk="«{name}» координаттар жүйесі белгісіз. Қабылданатын жазылу түрлері: {forms}.",
    ru="Система координат «{name}» неизвестна. Принимаются записи вида: {forms}.",
    en="The coordinate system '{name}' is not known. Accepted forms are: {forms}.",
)
_UNDELIVERABLE = Text(
    kk="{name} жүйесінде деректер берілмейді: дерекқордың координаттар жүйелерінің тізімінде ол жоқ.",
    ru="В системе {name} данные не выдаются: её нет в списке систем координат базы данных.",
    en="Data are not delivered in {name}: the database's list of coordinate systems lacks it.",
)
_BALLPARK = Text(
    kk="{source} жүйесінен {target} жүйесіне дәл түрлендіру белгісіз; болжалды түрлендіру қолданылмайды.",
    ru="Точное преобразование из {source} в {target} неизвестно; приблизительное не применяется.",
    en="No exact transformation from {source} to {target} is known; a ballpark one is not used.",
)
_BAD_SRID = Text(
    kk="Меншікті жүйенің SRID нөмірі {srid}; ол {low}–{high} аралығында болуы тиіс.",
    ru="SRID собственной системы {srid}; он должен быть в пределах {low}–{high}.",
    en="The SRID of an own system is {srid}; it must lie within {low}–{high}.",
)
_BAD_TIE = Text(
    kk="to_wgs84 ішінде {count} сан бар; 3 (ығысулар, м) немесе 7 (ығысулар, бұрылыстар, масштаб) болуы тиіс.",
    ru="В to_wgs84 чисел: {count}; должно быть 3 (сдвиги, м) или 7 (сдвиги, повороты, масштаб).",
    en="to_wgs84 has {count} numbers; it takes 3 (translations, m) or 7 (translations, rotations, scale).",
)
_LONG_WKT = Text(
    kk="«{name}» жүйесінің WKT сипаттамасы {length} таңба; дерекқорға ең көбі {longest} таңба сыяды.",
    ru="Описание WKT системы «{name}» — {length} знаков; база данных вмещает не более {longest}.",
    en="The WKT of '{name}' has {length} characters; the database holds {longest} at most.",
)
_BAD_WKT = Text(
    kk="«{name}» жүйесінің WKT сипаттамасы оқылмайды: {reason}. Дұрысы — ISO 19162 бойынша WKT2 (PROJCRS[…]).",
    ru="Описание WKT системы «{name}» не читается: {reason}. Верно — WKT2 по ISO 19162 (PROJCRS[…]).",
    en="The WKT of '{name}' can't be read: {reason}. Right is WKT2 by ISO 19162 (PROJCRS[…]).",
)
_NOT_METRIC = Text(
    kk="«{name}» жүйесінде ({unit}) ұзындық пен аудан өлшенбейді; метрлік проекциялық жүйе керек, Web Mercator емес.",
    ru="В системе «{name}» ({unit}) нельзя мерить длины и площади; нужна проекция в метрах, не Web Mercator.",
    en="Lengths and areas can't be measured in '{name}' ({unit}); a projected system in metres, not Web Mercator, can.",
)
_NO_TIE = Text(
    kk="«{name}» жүйесінің WGS 84 жүйесімен байланысы белгісіз: to_wgs84 беріңіз немесе WKT-ны BOUNDCRS етіп жазыңыз.",
    ru="Связь системы «{name}» с WGS 84 неизвестна: задайте to_wgs84 или запишите WKT как BOUNDCRS.",
    en="How '{name}' is tied to WGS 84 is not known: give to_wgs84, or write the WKT as a BOUNDCRS.",
)
