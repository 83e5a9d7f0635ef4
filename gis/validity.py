"""Does a write fit its layer's declaration? Types, required fields, closed lists, classifiers on the date, geometry."""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final, TypeGuard

import shapely

from gis.classifier import Classifier
from gis.errors import BadGeometry, BadRequest
from gis.layer import Field, FieldType, Layer
from gis.profile import CityProfile
from gis.record import Write
from gis.text import Text

LONGEST: Final = 4000
"""Characters in a text that an act says; the longest that the body of any act has room for."""


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a finite number that a float holds; a whole number may have more digits than that."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


_IS: Mapping[FieldType, Callable[[object], bool]] = {
    FieldType.STRING: lambda v: isinstance(v, str) and "\x00" not in v,
    FieldType.INTEGER: lambda v: isinstance(v, int) and not isinstance(v, bool),
    FieldType.NUMBER: is_number,
    FieldType.BOOLEAN: lambda v: isinstance(v, bool),
    FieldType.DATE: lambda v: isinstance(v, date) and not isinstance(v, datetime),
    FieldType.INSTANT: lambda v: isinstance(v, datetime) and v.tzinfo is not None,
}


def require_fit(layer: Layer, write: Write, profile: CityProfile) -> None:
    """Refuse a write that the layer's declaration does not allow.

    Raises:
        BadRequest: an attribute that is unknown, missing, of another type, or not in its list on the date.
        BadGeometry: a geometry of another kind, empty, not valid, or with coordinates that are no numbers.
    """
    unknown = sorted(set(write.attributes) - {f.name for f in layer.fields})
    if unknown:
        known = ", ".join(f.name for f in layer.fields)
        raise BadRequest(_UNKNOWN.filled(layer=layer.name, field=unknown[0], known=known), field=unknown[0])
    for declared in layer.fields:
        _require_value(layer, declared, write, profile)
    _require_geometry(layer, write)


def _require_value(layer: Layer, declared: Field, write: Write, profile: CityProfile) -> None:
    value = write.attributes.get(declared.name)
    facts = {"layer": layer.name, "field": declared.name, "value": value}
    if value is None:
        if declared.required:
            raise BadRequest(_REQUIRED.filled(**facts), **facts)
        return
    if not _IS[declared.type](value):
        raise BadRequest(_TYPE.filled(**facts, type=declared.type.name.lower()), **facts)
    if isinstance(value, str):
        _require_text(declared, value, facts)
    if declared.values and value not in declared.values:
        raise BadRequest(_LIST.filled(**facts, known=", ".join(declared.values)), **facts)
    if declared.codes and write.valid.start is not None and not write.abolished:
        _require_code(profile.classifier(declared.codes), str(value), profile.legal_day(write.valid.start))


def _require_text(declared: Field, text: str, facts: Mapping[str, object]) -> None:
    """Refuse a text without end, unless it is a document, and one of blanks where there has to be something to read."""
    if not declared.document and len(text) > LONGEST:
        shown = {"layer": facts["layer"], "field": facts["field"], "length": len(text), "longest": LONGEST}
        raise BadRequest(_LONG.filled(**shown), **shown)
    if declared.required and not text.strip():
        raise BadRequest(_REQUIRED.filled(**facts), **facts)


def _require_code(classifier: Classifier, code: str, day: date) -> None:
    """Refuse a code that its classifier does not know on the day (invariant 33)."""
    classifier.entry(code, on=day)


def _require_geometry(layer: Layer, write: Write) -> None:
    geometry = write.geometry
    if not layer.spatial and geometry.is_empty:
        return
    facts = {"layer": layer.name, "kind": layer.geometry.wkt, "found": geometry.geom_type}
    if geometry.geom_type != layer.geometry.wkt or geometry.is_empty:
        raise BadGeometry(_KIND.filled(**facts), **facts)
    if not all(math.isfinite(bound) for bound in geometry.bounds):
        raise BadGeometry(_FINITE.filled(**facts), **facts)
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        raise BadGeometry(_VALID.filled(**facts, reason=reason), **facts, reason=reason)


_UNKNOWN = Text(
    kk="{layer} қабатында «{field}» өрісі жоқ. Бар өрістер: {known}.",
    ru="В слое {layer} нет поля «{field}». Есть поля: {known}.",
    en="Layer {layer} has no field '{field}'. Its fields are: {known}.",
)
_REQUIRED = Text(
    kk="{layer} қабатының «{field}» өрісі міндетті.",
    ru="Поле «{field}» слоя {layer} обязательно.",
    en="The field '{field}' of {layer} is required.",
)
_TYPE = Text(
    kk="{layer} қабатының «{field}» өрісіне {value!r} жарамайды; {type} түріндегі мән керек.",
    ru="Полю «{field}» слоя {layer} не подходит {value!r}; нужно значение типа {type}.",
    en="The field '{field}' of {layer} can't be {value!r}; it takes a value of type {type}.",
)
_LONG = Text(
    kk="{layer} қабатының «{field}» өрісінде {length} таңба бар; ең көбі {longest}.",
    ru="В поле «{field}» слоя {layer} {length} знаков; самое большее {longest}.",
    en="The field '{field}' of {layer} has {length} characters; the most is {longest}.",
)
_LIST = Text(
    kk="{layer} қабатының «{field}» өрісіне «{value}» жарамайды; мыналардың бірі керек: {known}.",
    ru="Полю «{field}» слоя {layer} не подходит «{value}»; нужно одно из: {known}.",
    en="The field '{field}' of {layer} can't be '{value}'; it takes one of: {known}.",
)
_KIND = Text(
    kk="{layer} қабаты {kind} геометриясын қабылдайды, {found} емес және бос емес.",
    ru="Слой {layer} принимает геометрию {kind}, непустую, а не {found}.",
    en="Layer {layer} takes a non-empty {kind}, not a {found}.",
)
_FINITE = Text(
    kk="{layer} қабаты: координаталар сан болуы тиіс.",
    ru="Слой {layer}: координаты должны быть числами.",
    en="Layer {layer}: coordinates must be finite numbers.",
)
_VALID = Text(
    kk="{layer} қабаты: геометрия жарамсыз ({reason}); оны түзетіп, қайта жіберіңіз.",
    ru="Слой {layer}: геометрия неверна ({reason}); исправьте её и пришлите снова.",
    en="Layer {layer}: the geometry is not valid ({reason}); mend it and send it again.",
)
