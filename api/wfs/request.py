"""GetFeature and GetPropertyValue as values: what a query string asks for, checked (WFS 2.0, clauses 7, 10 and 11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from api.moments import parse_moment
from api.wfs.capabilities import COUNT_DEFAULT, GML_FORMAT, JSON_FORMAT, coordinate_systems
from api.wfs.errors import OptionNotSupported, located, missing, unknown_value
from api.wfs.filter import Filter, parse_filter
from api.wfs.kvp import Parameters
from api.wfs.names import ResourceId, declared_prefixes, feature_types, refuse_foreign, resource_ids
from gis.bbox import Window, parse_bbox, storage_windows
from gis.crs import CRS84, Crs, OwnSystem, parse_crs
from gis.draft import Overlay
from gis.gml import GEOMETRY
from gis.instant import Instant
from gis.layer import Layer
from gis.profile import CityProfile
from gis.text import Text

GML_FORMATS: Final = (GML_FORMAT, "text/xml; subtype=gml/3.2", "text/xml; subtype=gml/3.2.1", "gml32", "gml3")
JSON_FORMATS: Final = (JSON_FORMAT, "application/geo+json", "geojson", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureQuery:
    """What GetFeature asks for.

    Attributes:
        layer: of the wanted features.
        ids: of the only wanted features; ``None`` wants all.
        windows: places in storage, any of which a feature must meet; ``None`` wants them everywhere.
        crs: system and axis order of the answer.
        count: the most features wanted.
        start: features to leave out before the first.
        after: feature id behind which to go on, where an earlier page told it.
        hits: only the number is wanted.
        json: GeoJSON instead of GML.
        only: wanted properties beside those that no feature may lack; ``None`` wants all.
        instant: on both axes of time.
    """

    layer: Layer
    ids: tuple[int, ...] | None = None
    windows: tuple[Window, ...] | None = None
    crs: Crs
    count: int = COUNT_DEFAULT
    start: int = 0
    after: int | None = None
    hits: bool = False
    json: bool = False
    only: frozenset[str] | None = None
    instant: Instant = field(default_factory=Instant)


class Reader:
    """Reads query strings for one city.

    Args:
        profile: the city's.
        layers: those that may be asked for.
    """

    def __init__(self, profile: CityProfile, layers: Mapping[str, Layer]) -> None:
        self.profile = profile
        self.layers = layers
        self._own = profile.system if isinstance(profile.system, OwnSystem) else None
        self._default = coordinate_systems(profile)[0]

    def types(self, parameters: Parameters) -> tuple[Layer, ...]:
        """Return the named feature types; none where none are named."""
        if "TYPENAMES" not in parameters:
            return ()
        prefixes = declared_prefixes(parameters.get("NAMESPACES", ""))
        return feature_types(parameters["TYPENAMES"], prefixes, self.layers)

    def query(self, parameters: Parameters, draft: Overlay | None = None) -> FeatureQuery:
        """Read an ad hoc query of the register, or with a draft laid over it."""
        chosen = self._filter(parameters)
        ids = self._ids(parameters, chosen)
        layer = self._layer(parameters, ids)
        count = parameters.number("COUNT")
        json = output_format(parameters, (*GML_FORMATS, *JSON_FORMATS)) in JSON_FORMATS
        return FeatureQuery(
            layer=layer,
            ids=None if ids is None else tuple(each.feature_id for each in ids),
            windows=self._windows(parameters.get("BBOX") or chosen.bbox),
            crs=self._x_first(parameters) if json else self.crs(parameters),
            count=COUNT_DEFAULT if count is None else count,
            start=parameters.number("STARTINDEX") or 0,
            after=parameters.number("AFTER"),
            hits=parameters.one_of("RESULTTYPE", ("results", "hits")) == "hits",
            json=json,
            only=_only(parameters, layer),
            instant=self.instant(parameters, draft),
        )

    def crs(self, parameters: Parameters) -> Crs:
        """Return the system of the answer; the city's own where none is asked for."""
        with located("SRSNAME"):
            return parse_crs(parameters.get("SRSNAME") or self._default, self._own)

    def _x_first(self, parameters: Parameters) -> Crs:
        """Return the system of GeoJSON, where x stands before y (RFC 7946, 3.1.1); CRS84 unless asked otherwise."""
        return replace(self.crs(parameters), swap=False) if "SRSNAME" in parameters else CRS84

    def instant(self, parameters: Parameters, draft: Overlay | None = None) -> Instant:
        """Return the point on both axes of time."""
        valid, recorded = (self._moment(parameters, name) for name in ("DATETIME", "RECORDED-AT"))
        with located("DATETIME"):
            return Instant(valid, recorded, draft)

    def _moment(self, parameters: Parameters, name: str) -> datetime | None:
        text = parameters.get(name)
        return None if text is None else parse_moment(name, text, self.profile)

    def _filter(self, parameters: Parameters) -> Filter:
        predicates = [name for name in ("FILTER", "BBOX", "RESOURCEID") if name in parameters]
        if len(predicates) > 1:
            raise OptionNotSupported(_EXCLUSIVE.filled(given=", ".join(predicates)), parameter=predicates[0])
        for name in ("SORTBY", "ALIASES"):
            if name in parameters:
                raise OptionNotSupported(_NO_OPTION.filled(option=name), parameter=name)
        with located("FILTER"):
            return parse_filter(parameters["FILTER"]) if "FILTER" in parameters else Filter()

    def _ids(self, parameters: Parameters, chosen: Filter) -> list[ResourceId] | None:
        if "RESOURCEID" in parameters:
            return resource_ids(parameters.listed("RESOURCEID"), self.layers)
        return resource_ids(chosen.resource_ids, self.layers) if chosen.resource_ids else None

    def _layer(self, parameters: Parameters, ids: list[ResourceId] | None) -> Layer:
        named = self.types(parameters)
        if not named and ids is None:
            raise missing("TYPENAMES", "land:parcel")
        refuse_foreign(ids or (), named or [each.layer for each in ids or ()])
        layers = list(dict.fromkeys(named or [each.layer for each in ids or ()]))
        if len(layers) > 1:
            raise OptionNotSupported(_ONE_TYPE, parameter="TYPENAMES")
        return layers[0] if layers else next(iter(self.layers.values()))

    def _windows(self, text: str | None) -> tuple[Window, ...] | None:
        if text is None:
            return None
        parts = text.split(",")
        named = parts[-1] if len(parts) in {5, 7} else self._default
        with located("BBOX"):
            crs = parse_crs(named, self._own)
            numbers = parts[: len(parts) // 2 * 2] if len(parts) in {5, 7} else parts
            return storage_windows(parse_bbox(",".join(numbers), crs), crs, self.profile.system)


def output_format(parameters: Parameters, allowed: Sequence[str] = GML_FORMATS) -> str:
    """Return the asked format; a plus sign that its sender forgot to encode has arrived as a blank."""
    sent = parameters.get("OUTPUTFORMAT", allowed[0]).replace("gml xml", "gml+xml").replace("geo json", "geo+json")
    return Parameters(OUTPUTFORMAT=sent).one_of("OUTPUTFORMAT", allowed)


def _only(parameters: Parameters, layer: Layer) -> frozenset[str] | None:
    if "PROPERTYNAME" not in parameters:
        return None
    known = [*(declared.name for declared in layer.properties), GEOMETRY]
    asked = [name.strip("()").rpartition(":")[2] for name in parameters.listed("PROPERTYNAME")]
    for name in asked:
        if name not in {*known, "*"}:
            raise unknown_value("PROPERTYNAME", name, ", ".join(known))
    return None if "*" in asked else frozenset(asked)


_EXCLUSIVE = Text(
    kk="{given}: бұлардың біреуін ғана беруге болады (WFS 2.0, 7.9.2.3).",
    ru="{given}: можно задать лишь одно из этого (WFS 2.0, 7.9.2.3).",
    en="{given}: only one of these may be given (WFS 2.0, 7.9.2.3).",
)
_NO_OPTION = Text(
    kk="{option} параметрін бұл қызмет әзірше қолдамайды; оны алып тастаңыз.",
    ru="Параметр {option} эта служба пока не поддерживает; уберите его.",
    en="This service does not support the parameter {option} yet; leave it out.",
)
_ONE_TYPE = Text(
    kk="Бір сұрауда бір ғана түрді сұраңыз: бұл қызмет түрлерді біріктірмейді (ImplementsStandardJoins = FALSE).",
    ru="Запрашивайте один тип за раз: эта служба не соединяет типы (ImplementsStandardJoins = FALSE).",
    en="Ask for one type at a time: this service does not join types (ImplementsStandardJoins = FALSE).",
)
