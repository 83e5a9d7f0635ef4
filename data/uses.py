"""What land is used for, as far as a map tells it: codes of the city profile's classifiers."""

from collections.abc import Mapping
from typing import Any, Final

from gis.profile import CityProfile

SETTLEMENT: Final = "2"
"""Land of settlements (Land Code, art. 1): the category of all that is derived from a city's map."""

_ZONES: Final = {
    "5_ResidentialUse": "residential",
    "2_SecondaryProduction": "industrial",
    "2_4_EnergyProduction": "industrial",
    "1_3_MiningAndQuarrying": "industrial",
    "3_1_CommercialServices": "public_business",
    "3_3_CommunityServices": "public_business",
    "3_4_3_SportsInfrastructure": "recreation",
    "3_4_4_OpenAirRecreationalAreas": "recreation",
    "1_2_Forestry": "recreation",
    "1_1_Agriculture": "agricultural",
    "4_1_TransportNetworks": "transport_engineering",
    "4_1_2_RailwayTransport": "transport_engineering",
    "4_1_5_OtherTransportNetwork": "transport_engineering",
    "4_3_Utilities": "transport_engineering",
    "6_1_TransitionalAreas": "reserve",
    "6_3_2_WaterAreasNotInOtherEconomicUse": "water",
}
_SPECIAL: Final = {"landuse=cemetery", "landuse=military", "landuse=landfill"}
_PARKS: Final = {"park", "garden", "wood", "protectedArea"}

_BY_BUILDING: Final = {
    "individualResidence": "individual_housing",
    "twoDwellings": "individual_housing",
    "collectiveResidence": "apartment_housing",
    "residential": "apartment_housing",
    "residenceForCommunities": "apartment_housing",
    "agriculture": "agriculture",
    "industrial": "industry",
    "commerceAndServices": "public_business",
    "office": "public_business",
    "trade": "retail",
    "publicServices": "public_business",
}
_BY_ZONE: Final = {
    "residential": "apartment_housing",
    "industrial": "industry",
    "public_business": "public_business",
    "recreation": "recreation",
    "agricultural": "agriculture",
    "transport_engineering": "transport",
    "special": "special",
    "water": "water",
}
_LARGEST_HOUSE: Final = 300.0
"""Footprint [m²] up to which a building in a residential zone is a house of its own."""
_HOUSE_FLOORS: Final = 3


def zone_of_land_use(said: Mapping[str, Any]) -> str | None:
    """Return the functional zone that a land use amounts to."""
    if said["specific_land_use"] in _SPECIAL:
        return "special"
    return _ZONES.get(said["hilucs_land_use"])


def zone_of_green_area(said: Mapping[str, Any]) -> str | None:
    """Return the functional zone that a green area amounts to."""
    return "recreation" if said["green_area_type"] in _PARKS else None


def permitted_use(zone: str | None, building: Mapping[str, Any] | None, footprint: float) -> str | None:
    """Return the use of a parcel by its main building, or else by its zone; ``None`` where the map does not tell.

    Args:
        zone: functional zone in which it lies.
        building: attributes of the largest building that stands on it.
        footprint: that building's area, m².
    """
    if building is None:
        return _BY_ZONE.get(zone or "", "vacant") if zone not in {"residential", "reserve"} else "vacant"
    told = _BY_BUILDING.get(building["current_use"] or "")
    if told is None and zone == "residential" and _is_house(building, footprint):
        return "individual_housing"
    return told or _BY_ZONE.get(zone or "")


def _is_house(building: Mapping[str, Any], footprint: float) -> bool:
    return footprint <= _LARGEST_HOUSE and (building["number_of_floors_above_ground"] or 0) < _HOUSE_FLOORS


def known(profile: CityProfile, classifier: str, code: str | None) -> str | None:
    """Return a code where the city's classifier has it."""
    listed = profile.classifiers.get(classifier)
    return code if code is not None and listed is not None and listed.holds(code) else None
