"""What OpenStreetMap's tags mean in the register's layers.

Each function looks at an element's tags and returns what a feature of its layer would say, or ``None`` where the
element is none. Tag values that it can't make sense of go to ``odd``, by key; what they would have filled stays empty.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

Tags = Mapping[str, str]
Odd = dict[str, str]
Attributes = dict[str, Any]
Reader = Callable[[Tags, Odd], Attributes | None]
_Value = TypeVar("_Value", int, float)

KEYS: Final = (
    "addr:housenumber", "boundary", "building", "emergency", "highway", "landuse", "leisure", "man_made", "manhole",
    "natural", "place", "power", "railway", "water", "waterway",
)  # fmt: skip
"""Elements with none of these are passed over."""

_CARRIAGEWAYS: Final = {
    "motorway": "mainRoad", "trunk": "mainRoad", "primary": "firstClass", "secondary": "secondClass",
    "tertiary": "thirdClass", "unclassified": "fourthClass", "residential": "fifthClass",
    "living_street": "sixthClass", "pedestrian": "seventhClass", "road": "eighthClass",
}  # fmt: skip
_BYWAYS: Final = {"service", "track", "footway", "cycleway", "path", "steps", "bridleway", "unsurfaced"}
"""Streets only where they have a name."""

_LINK: Final = "_link"

_PLACES: Final = {"neighbourhood": "microdistrict", "quarter": "quarter", "square": "square", "suburb": None}
"""Places by whose names addresses are given, and their kinds."""

_BLOCK: Final = re.compile(r"(?P<number>\S+?)[\s,]*(?:к|корп\.?|корпус|блок)[\s.]*(?P<block>\d+\w?)", re.IGNORECASE)
"""A house number with a block: 12 к2, 12/1 корпус 3."""

_USES: Final = {
    "apartments": "collectiveResidence", "block": "collectiveResidence", "dormitory": "residenceForCommunities",
    "residential": "residential", "house": "individualResidence", "detached": "individualResidence",
    "semidetached_house": "twoDwellings", "terrace": "individualResidence", "bungalow": "individualResidence",
    "farm": "agriculture", "barn": "agriculture", "greenhouse": "agriculture", "farm_auxiliary": "agriculture",
    "industrial": "industrial", "warehouse": "industrial", "factory": "industrial", "hangar": "industrial",
    "commercial": "commerceAndServices", "hotel": "commerceAndServices", "office": "office", "retail": "trade",
    "supermarket": "trade", "store": "trade", "shop": "trade", "kiosk": "trade", "public": "publicServices",
    "school": "publicServices", "university": "publicServices", "college": "publicServices",
    "kindergarten": "publicServices", "hospital": "publicServices", "church": "publicServices",
    "cathedral": "publicServices", "chapel": "publicServices", "mosque": "publicServices",
    "museum": "publicServices", "civic": "publicServices", "government": "publicServices",
    "train_station": "publicServices", "garage": "ancillary", "garages": "ancillary", "shed": "ancillary",
    "roof": "ancillary", "utility": "ancillary", "service": "ancillary", "shelter": "ancillary",
}  # fmt: skip
_CONDITIONS: Final = {"construction": "underConstruction", "ruins": "ruin", "collapsed": "ruin"}
_NO_BUILDING: Final = {"no", "entrance"}

_LAND_USES: Final = {
    "farmland": "1_1_Agriculture", "farm": "1_1_Agriculture", "farmyard": "1_1_Agriculture",
    "orchard": "1_1_Agriculture", "vineyard": "1_1_Agriculture", "meadow": "1_1_Agriculture",
    "greenhouse_horticulture": "1_1_Agriculture", "allotments": "1_1_Agriculture", "plant_nursery": "1_1_Agriculture",
    "forest": "1_2_Forestry", "quarry": "1_3_MiningAndQuarrying", "salt_pond": "1_3_MiningAndQuarrying",
    "aquaculture": "1_4_AquacultureAndFishing", "industrial": "2_SecondaryProduction",
    "commercial": "3_1_CommercialServices", "retail": "3_1_CommercialServices", "civil": "3_3_CommunityServices",
    "civic_admin": "3_3_CommunityServices", "institutional": "3_3_CommunityServices",
    "education": "3_3_CommunityServices", "religious": "3_3_CommunityServices", "cemetery": "3_3_CommunityServices",
    "military": "3_3_CommunityServices",
    "recreation_ground": "3_4_4_OpenAirRecreationalAreas", "village_green": "3_4_4_OpenAirRecreationalAreas",
    "grass": "3_4_4_OpenAirRecreationalAreas", "flowerbed": "3_4_4_OpenAirRecreationalAreas",
    "winter_sports": "3_4_3_SportsInfrastructure",
    "railway": "4_1_2_RailwayTransport", "garages": "4_1_5_OtherTransportNetwork",
    "road": "4_1_TransportNetworks", "highway": "4_1_TransportNetworks", "lane": "4_1_TransportNetworks",
    "lanes": "4_1_TransportNetworks", "lane;parking": "4_1_TransportNetworks", "cycleway": "4_1_TransportNetworks",
    "steps": "4_1_TransportNetworks", "bus_stop": "4_1_TransportNetworks", "port": "4_1_5_OtherTransportNetwork",
    "depot": "4_1_5_OtherTransportNetwork", "landfill": "4_3_Utilities", "residential": "5_ResidentialUse",
    "construction": "6_1_TransitionalAreas", "greenfield": "6_1_TransitionalAreas", "brownfield": "6_2_AbandonedAreas",
    "reservoir": "4_3_Utilities", "basin": "4_3_Utilities", "pond": "6_3_2_WaterAreasNotInOtherEconomicUse",
}  # fmt: skip
_UNKNOWN_LAND_USE: Final = "6_6_NotKnownUse"

_GREEN: Final = {
    ("leisure", "park"): "park", ("leisure", "common"): "park", ("leisure", "garden"): "garden",
    ("leisure", "nature_reserve"): "protectedArea", ("landuse", "recreation_ground"): "park",
    ("landuse", "village_green"): "park", ("landuse", "forest"): "wood", ("natural", "wood"): "wood",
    ("landuse", "grass"): "grass", ("landuse", "meadow"): "grass", ("natural", "grassland"): "grass",
    ("natural", "scrub"): "scrub", ("natural", "heath"): "scrub", ("landuse", "cemetery"): "cemetery",
    ("landuse", "allotments"): "allotments", ("landuse", "orchard"): "orchard", ("landuse", "vineyard"): "orchard",
    ("landuse", "flowerbed"): "garden",
}  # fmt: skip

_RESERVOIRS: Final = {"reservoir", "basin", "pond", "salt_pond"}
_RUNNING: Final = {"river", "stream", "canal", "drain", "ditch", "riverbank", "rapids"}
_STANDING: Final = {"lake", "pond", "reservoir", "basin", "lagoon", "oxbow", "fountain", "moat", "pool", "wastewater"}
_MADE: Final = {"canal", "drain", "ditch", "reservoir", "basin", "fountain", "moat", "wastewater", "pool"}


def names(tags: Tags) -> Attributes:
    """Return the name as the place has it, and in the register's languages where the map has them."""
    return {
        "name": _text(tags, "name"),
        "name_kk": _text(tags, "name:kk"),
        "name_ru": _text(tags, "name:ru"),
        "name_en": _text(tags, "name:en") or _text(tags, "int_name"),
    }


def building(tags: Tags, odd: Odd) -> Attributes | None:
    """Return what a building says (real_estate.building)."""
    kind = tags.get("building")
    if kind is None or kind in _NO_BUILDING:
        return None
    return {
        **names(tags),
        "current_use": _USES.get(kind),
        "condition_of_construction": _CONDITIONS.get(kind, "functional"),
        "number_of_floors_above_ground": _whole(tags, "building:levels", odd),
        "height_above_ground": _metres(tags, "height", odd),
        "year_of_construction": _year(tags, "start_date", odd),
    }


def street(tags: Tags, odd: Odd) -> Attributes | None:  # noqa: ARG001 - a Reader
    """Return what a stretch of street says (address.street): any carriageway, and byways that have a name."""
    kind = tags.get("highway", "").removesuffix(_LINK)
    if kind not in _CARRIAGEWAYS and not (kind in _BYWAYS and _text(tags, "name")):
        return None
    return {**names(tags), "functional_class": _CARRIAGEWAYS.get(kind, "ninthClass")}


def named_place(tags: Tags, odd: Odd) -> Attributes | None:  # noqa: ARG001 - a Reader
    """Return what a named place says (address.named_place)."""
    kind = tags.get("place", "")
    if kind not in _PLACES or not _text(tags, "name"):
        return None
    return {**names(tags), "place_type": _PLACES[kind]}


def address(tags: Tags, odd: Odd) -> Attributes | None:  # noqa: ARG001 - a Reader
    """Return what an address says (address.address)."""
    number = _text(tags, "addr:housenumber")
    if number is None:
        return None
    block = _BLOCK.fullmatch(number)
    entrance = tags.get("building") == "entrance" or "entrance" in tags
    is_building = tags.get("building", "no") not in _NO_BUILDING
    return {
        "locator_designator": block["number"] if block else number,
        "locator_block": block["block"] if block else None,
        "locator_name": _text(tags, "addr:housename"),
        "thoroughfare_name": _text(tags, "addr:street") or _text(tags, "addr:place"),
        "street_id": None,
        "post_code": _text(tags, "addr:postcode"),
        "position_specification": "entrance" if entrance else "building" if is_building else "addressArea",
    }


def land_use(tags: Tags, odd: Odd) -> Attributes | None:
    """Return what an area says of its use (urban_planning.land_use)."""
    kind = _text(tags, "landuse")
    if kind is None:
        return None
    if kind not in _LAND_USES:
        odd["landuse"] = kind
    return {
        **names(tags),
        "hilucs_land_use": _LAND_USES.get(kind, _UNKNOWN_LAND_USE),
        "specific_land_use": f"landuse={kind}",
    }


def water_body(tags: Tags, odd: Odd) -> Attributes | None:  # noqa: ARG001 - a Reader
    """Return what a water's surface says (environment.water_body)."""
    held = tags.get("landuse") if tags.get("landuse") in _RESERVOIRS else None
    if tags.get("natural") != "water" and tags.get("waterway") != "riverbank" and held is None:
        return None
    kind = tags.get("water") or held or tags.get("waterway") or ""
    running, standing = kind in _RUNNING, kind in _STANDING
    return {
        **names(tags),
        "water_type": "watercourse" if running else "standingWater" if standing or held else "unknown",
        "origin": "manMade" if kind in _MADE else None,
    }


def green_area(tags: Tags, odd: Odd) -> Attributes | None:  # noqa: ARG001 - a Reader
    """Return what a green area says (environment.green_area)."""
    kinds = (_GREEN.get((key, tags.get(key, ""))) for key in ("leisure", "landuse", "natural"))
    kind = next((k for k in kinds if k), None)
    return None if kind is None else {**names(tags), "green_area_type": kind}


_WATERCOURSES: Final = {
    "river": "river", "stream": "small_river", "canal": "canal", "ditch": "canal", "drain": "canal",
}  # fmt: skip
_CLASSES: Final = {
    "1": "nature_reserve", "1a": "nature_reserve", "1b": "nature_reserve", "2": "national_park",
    "3": "natural_monument", "4": "zakaznik",
}  # fmt: skip
"""IUCN categories as the map tells them, and the kinds of the law that come nearest."""


def water_reach(tags: Tags, odd: Odd) -> Attributes | None:
    """Return what a watercourse's axis says (environment.water_reach)."""
    water_class = _WATERCOURSES.get(tags.get("waterway", ""))
    if water_class is None:
        return None
    width = _metres(tags, "width", odd)
    return {
        **names(tags),
        "water_class": water_class,
        "measured_from": "axis",
        "half_width": None if width is None else width / 2,
    }


def protected_site(tags: Tags, odd: Odd) -> Attributes | None:  # noqa: ARG001 - a Reader
    """Return what a protected area says (environment.protected_site); a class without a kind in the law is none."""
    bounded, reserve = tags.get("boundary"), tags.get("leisure") == "nature_reserve"
    if bounded not in {"national_park", "protected_area"} and not reserve:
        return None
    kind = _CLASSES.get(tags.get("protect_class", ""))
    kind = kind or ("national_park" if bounded == "national_park" else "zakaznik" if reserve else None)
    return None if kind is None else {**names(tags), "site_kind": kind}


def _text(tags: Tags, key: str) -> str | None:
    text = tags.get(key, "").strip()
    return text or None


def _whole(tags: Tags, key: str, odd: Odd) -> int | None:
    """Read a count; half storeys are let fall."""
    return _matched(tags, key, odd, r"(\d{1,3})(?:[.,]\d+)?", int)


def _metres(tags: Tags, key: str, odd: Odd) -> float | None:
    return _matched(tags, key, odd, r"(\d{1,3}(?:\.\d+)?) ?m?", float)


def _year(tags: Tags, key: str, odd: Odd) -> int | None:
    return _matched(tags, key, odd, r"~?(\d{4})(?:-\d\d){0,2}", int)


def _matched(tags: Tags, key: str, odd: Odd, pattern: str, convert: Callable[[str], _Value]) -> _Value | None:
    text = _text(tags, key)
    if text is None:
        return None
    match = re.fullmatch(pattern, text, re.ASCII)
    if match is None:
        odd[key] = text
        return None
    return convert(match[1])
