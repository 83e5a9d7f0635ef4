"""The addresses of parcels, buildings and flats at a reading, as documents spell them in each language."""

from collections.abc import Iterable, Mapping
from typing import Any

from cadastres.address.model import ADDRESS, ADMIN_UNIT, NAMED_PLACE, STREET
from cadastres.real_estate.model import ADDRESSING
from cadastres.real_estate.sheets import Content, Sight
from gis.record import Version
from gis.text import LANGUAGES, Language

_PLACES = {"admin_unit_id": ADMIN_UNIT, "named_place_id": NAMED_PLACE, "street_id": STREET}

Known = Mapping[int, Version]


def addresses(sight: Sight, object_ids: Iterable[int]) -> dict[int, list[Content]]:
    """Return the addresses given to objects, by object, the primary one first."""
    ties = sight.at(ADDRESSING, object_ids, "object_id")
    given = _by_id(sight.at(ADDRESS, [tie.attributes["address_id"] for tie in ties]))
    known = given | _by_id(sight.at(ADDRESS, [v.attributes.get("parent_address_id") for v in given.values()]))
    for key, layer in _PLACES.items():
        known |= _by_id(sight.at(layer, [v.attributes.get(key) for v in known.values()]))
    found: dict[int, list[Content]] = {}
    for tie in sorted(ties, key=lambda t: (not t.attributes["is_primary"], t.feature_id)):
        address = given.get(tie.attributes["address_id"])
        if address is not None:
            content = _content(sight, address, known, primary=tie.attributes["is_primary"])
            found.setdefault(tie.attributes["object_id"], []).append(content)
    return found


def _by_id(versions: Iterable[Version]) -> dict[int, Version]:
    return {version.feature_id: version for version in versions}


def _content(sight: Sight, address: Version, known: Known, *, primary: bool) -> Content:
    text = {language: _spelled(sight, address, known, language) for language in LANGUAGES}
    return {"id": address.feature_id, "rka": address.attributes.get("rka"), "primary": primary, "text": text}


def _spelled(sight: Sight, address: Version, known: Known, language: Language) -> str:
    house = known.get(address.attributes.get("parent_address_id") or 0)
    parts = [
        *_place(sight, house or address, known, language),
        *([_locator(house.attributes, language)] if house else []),
        _locator(address.attributes, language),
    ]
    return ", ".join(part for part in parts if part)


def _place(sight: Sight, address: Version, known: Known, language: Language) -> list[str]:
    """Return city, district, microdistrict and street, from the wide to the narrow."""
    named = {key: known.get(address.attributes.get(key) or 0) for key in _PLACES}
    names = {key: _name(version.attributes, language) for key, version in named.items() if version is not None}
    street = names.get("street_id") or str(address.attributes.get("thoroughfare_name") or "")
    city = sight.profile.name.in_language(language)
    district = names.get("admin_unit_id", "")
    return [city, district if district != city else "", names.get("named_place_id", ""), street]


def _name(values: Mapping[str, Any], language: Language) -> str:
    wanted = (f"name_{language}", "name", "name_ru", "name_kk", "name_en")
    return str(next((values[name] for name in wanted if values.get(name)), ""))


def _locator(values: Mapping[str, Any], language: Language) -> str:
    number, block = str(values["locator_designator"]), values.get("locator_block")
    words = _FLAT if values.get("locator_level") == "unitLevel" else _SITE
    shown = words[language].format(number)
    return shown + (f", {_BLOCK[language].format(block)}" if block else "")


_SITE: dict[Language, str] = {"kk": "{}", "ru": "{}", "en": "{}"}
_FLAT: dict[Language, str] = {"kk": "{}-пәтер", "ru": "кв. {}", "en": "flat {}"}
_BLOCK: dict[Language, str] = {"kk": "{}-корпус", "ru": "корп. {}", "en": "block {}"}
