"""What is found, as GeoJSON in the asker's language."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, Final

from cadastres.address.finder import Answer, Surroundings
from cadastres.address.reverse import Nearby, Unit
from cadastres.address.search import Found
from gis.instant import Reading
from gis.text import LANGUAGES, Language, Text

Document = dict[str, Any]

_COLLECTIONS: Final = "/ogc/collections"


def search_document(answer: Answer, text: str, language: Language, origin: str) -> Document:
    """Return what a search found, likeliest first."""
    features = [_found(each, language, origin) for each in answer.found]
    return {**_collection(features, answer.reading), "query": text}


def surroundings_document(around: Surroundings, language: Language, origin: str) -> Document:
    """Return the nearest addresses, the nearest street, and the units and places around the point."""
    features = [_nearby(each, language, origin) for each in around.addresses]
    units = [_unit(each, language, origin) for each in around.units]
    street = around.street and {
        "distance": round(around.street.distance, 3),
        "label": _name(around.street.names, language),
        **_place("address.street", around.street.feature_id, around.street.names, origin),
    }
    return {**_collection(features, around.reading), "street": street, "within": units}


def label(names: Sequence[str | None], house: str | None, flat: str | None, language: Language) -> str:
    """Return an address as people of the city read it; a name that the language lacks stands as on the place.

    >>> label(("Абай даңғылы", "Абай даңғылы", "проспект Абая", None), "12", "7", "ru")
    'проспект Абая, 12, кв. 7'
    """
    shown_flat = _FLAT.filled(flat=flat).in_language(language) if flat else None
    return ", ".join(part for part in (_name(names, language), house, shown_flat) if part)


def dumped(document: Document) -> bytes:
    """Return a document as JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")


def _collection(features: Sequence[Document], reading: Reading) -> Document:
    times = {"datetime": reading.valid.astimezone(UTC).isoformat()}
    if not reading.present or reading.changeset:
        times["recorded_at"] = reading.recorded.astimezone(UTC).isoformat()
    return {"type": "FeatureCollection", "numberReturned": len(features), **times, "features": features}


def _found(each: Found, language: Language, origin: str) -> Document:
    properties: Document = {
        "score": each.score,
        "label": label(each.names, each.house, each.flat, language),
        "kind": _KINDS[each.layer] if each.address_id is None else "address",
        "complete": each.complete,
        "matched": {
            "name": each.matched,
            "likeness": each.likeness,
            "standing": each.standing,
            "former": each.standing == "former",
        },
        "address_id": each.address_id,
        "rka": each.rka,
        "place": _place(each.layer, each.place_id, each.names, origin),
        "house": each.house,
        "flat": each.flat,
    }
    if each.distance is not None:
        properties["distance"] = round(each.distance, 2)
    if each.address_id is not None:
        properties["href"] = _href(origin, "address.address", each.address_id)
    return _feature(each.address_id or each.place_id, each.longitude, each.latitude, properties)


def _nearby(each: Nearby, language: Language, origin: str) -> Document:
    properties = {
        "distance": round(each.distance, 3),
        "label": label(each.names, each.house, None, language),
        "rka": each.rka,
        "place": {"id": each.place_id, **_named(each.names)},
        "house": each.house,
        "href": _href(origin, "address.address", each.address_id),
    }
    return _feature(each.address_id, each.longitude, each.latitude, properties)


def _unit(each: Unit, language: Language, origin: str) -> Document:
    facts = {"level": each.level, "kato": each.kato, "label": _name(each.names, language)}
    return {"kind": _KINDS[each.layer], **_place(each.layer, each.feature_id, each.names, origin), **facts}


def _feature(feature_id: int, longitude: float | None, latitude: float | None, properties: Document) -> Document:
    point = None if longitude is None else {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "id": feature_id, "geometry": point, "properties": properties}


def _place(layer: str, place_id: int, names: Sequence[str | None], origin: str) -> Document:
    if not place_id:
        return {"id": None, **_named(names)}
    return {"id": place_id, "layer": layer, **_named(names), "href": _href(origin, layer, place_id)}


def _named(names: Sequence[str | None]) -> Mapping[str, str | None]:
    return dict(zip(("name", "name_kk", "name_ru", "name_en"), names, strict=True))


def _name(names: Sequence[str | None], language: Language) -> str | None:
    return names[LANGUAGES.index(language) + 1] or names[0] or next((name for name in names if name), None)


def _href(origin: str, layer: str, feature_id: int) -> str:
    return f"{origin}{_COLLECTIONS}/{layer}/items/{feature_id}"


_KINDS: Final = {
    "address.street": "street",
    "address.named_place": "place",
    "address.admin_unit": "unit",
    "address.address": "street",
}
_FLAT = Text(kk="{flat}-пәтер", ru="кв. {flat}", en="apt {flat}")
