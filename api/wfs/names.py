"""XML names of feature types and features, and what they stand for in the register."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api.wfs.errors import InvalidParameterValue, OptionNotSupported, unknown_value
from gis.gml import namespace
from gis.layer import Layer
from gis.text import Text

WFS: Final = "http://www.opengis.net/wfs/2.0"
FES: Final = "http://www.opengis.net/fes/2.0"

_DECLARATION = re.compile(r"xmlns\(\s*(?:(?P<prefix>[^,=()]*)[,=])?\s*(?P<uri>[^()]*?)\s*\)")
_RESOURCE_ID = re.compile(r"(?P<layer>[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)\.(?P<id>[0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ResourceId:
    """A feature named by its ``gml:id``."""

    layer: Layer
    feature_id: int


def qualified(layer: Layer) -> str:
    """Return a feature type's name with the prefix that the service declares: ``land:parcel``."""
    return f"{layer.schema}:{layer.table}"


def declared_prefixes(text: str) -> dict[str, str]:
    """Read ``NAMESPACES=xmlns(p,uri),…`` (WFS 2.0, 7.6.6): prefix → URI; the default namespace has the prefix ''."""
    found = {m["prefix"] or "": m["uri"] for m in _DECLARATION.finditer(text)}
    if _DECLARATION.sub("", text).strip(", "):
        raise unknown_value("NAMESPACES", text, "xmlns(land,urn:x-qala:land:1)")
    return found


def feature_types(text: str, prefixes: Mapping[str, str], layers: Mapping[str, Layer]) -> tuple[Layer, ...]:
    """Read a list of feature type names.

    Raises:
        InvalidParameterValue: a name that no layer has; the message lists those there are.
    """
    return tuple(feature_type(name.strip(), prefixes, layers) for name in text.split(","))


def feature_type(name: str, prefixes: Mapping[str, str], layers: Mapping[str, Layer]) -> Layer:
    """Return the layer of a feature type named with a declared prefix, or with the service's own."""
    if name.startswith("schema-element("):
        raise OptionNotSupported(_NO_INHERITANCE.filled(name=name[:200]), parameter="TYPENAMES")
    prefix, _, local = name.rpartition(":")
    uri = prefixes.get(prefix) or namespace(prefix)
    for layer in layers.values():
        if (namespace(layer.schema), layer.table) == (uri, local):
            return layer
    raise unknown_value("TYPENAMES", name, ", ".join(qualified(layer) for layer in layers.values()))


def resource_ids(texts: Iterable[str], layers: Mapping[str, Layer]) -> list[ResourceId]:
    """Read feature ids; those that no feature could have are left out, for they name nothing."""
    found = (_RESOURCE_ID.fullmatch(text.strip()) for text in texts)
    return [ResourceId(layers[m["layer"]], int(m["id"])) for m in found if m and m["layer"] in layers]


def refuse_foreign(ids: Iterable[ResourceId], types: Iterable[Layer]) -> None:
    """Refuse ids of features that are of none of the asked types (WFS 2.0, 7.9.2.4.1)."""
    types = list(types)
    for each in ids:
        if each.layer not in types:
            named = ", ".join(qualified(layer) for layer in types)
            text = _FOREIGN.filled(id=f"{each.layer.name}.{each.feature_id}", types=named)
            raise InvalidParameterValue(text, parameter="RESOURCEID")


_NO_INHERITANCE = Text(
    kk="«{name}»: бұл қызмет түрлердің мұралануын жүргізбейді; түрдің атын жазыңыз, мысалы land:parcel.",
    ru="«{name}»: эта служба не ведёт наследования типов; назовите сам тип, например land:parcel.",
    en="'{name}': this service has no inheritance of types; name the type itself, for example land:parcel.",
)
_FOREIGN = Text(
    kk="{id} объектісі сұралған {types} түріне жатпайды.",
    ru="Объект {id} не относится к запрошенным типам {types}.",
    en="The feature {id} is of none of the requested types {types}.",
)
