"""What OpenStreetMap's tags mean in the layers of engineering networks.

As in :mod:`data.loaders.tagging`: a function returns what a feature would say, or ``None`` where the element is none.
An element that does not say what it carries has no kind of network; such a row is refused.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from data.loaders.tagging import Attributes, Odd, Tags, names

_POWER_LINES: Final = {"line": "suspendedOrElevated", "minor_line": "suspendedOrElevated", "cable": "underground"}
_CONTENTS: Final = {
    "water": "water", "rainwater": "stormwater", "drain": "stormwater", "sewage": "sewer", "wastewater": "sewer",
    "sewer": "sewer", "waste_water": "sewer", "heat": "thermal", "hot_water": "thermal", "steam": "thermal",
    "cooling": "thermal", "gas": "gas", "natural_gas": "gas", "lpg": "gas", "oil": "oil", "fuel": "oil",
    "telecom": "telecommunications", "power": "electricity", "electric": "electricity",
}  # fmt: skip
_PLACES: Final = {
    "underground": "underground", "underwater": "underground", "overground": "onGroundSurface",
    "surface": "onGroundSurface", "overhead": "suspendedOrElevated",
}  # fmt: skip
_POWER_NODES: Final = {
    "tower": "tower", "portal": "tower", "pole": "pole", "catenary_mast": "pole", "transformer": "transformer",
    "switch": "switch", "generator": "source", "terminal": "terminal", "connection": "junction", "box": "junction",
    "cable_distribution_cabinet": "junction",
}  # fmt: skip
_POWER_STRUCTURES: Final = {
    "station": "substation", "substation": "substation", "sub_station": "substation", "plant": "powerPlant",
}  # fmt: skip
_STRUCTURES: Final = {
    "pumping_station": ("water", "pumpingStation"), "water_works": ("water", "treatmentPlant"),
    "water_tower": ("water", "waterTower"), "reservoir_covered": ("water", "reservoir"),
    "wastewater_plant": ("sewer", "treatmentPlant"), "gasometer": ("gas", "other"),
}  # fmt: skip


def line(tags: Tags, odd: Odd) -> Attributes | None:
    """Return what a power line, a cable or a pipeline says (urban_planning.network_line)."""
    power = tags.get("power", "")
    if power in _POWER_LINES:
        return {**_line(tags, odd), **_power(tags, odd), "vertical_position": _position(tags) or _POWER_LINES[power]}
    if tags.get("man_made") != "pipeline" or "building" in tags:
        return None
    return {
        **_line(tags, odd),
        "utility_network_type": _content(tags, odd),
        "vertical_position": _position(tags),
        "diameter": _millimetres(tags, odd),
    }


def _line(tags: Tags, odd: Odd) -> Attributes:
    return {
        "current_status": _status(tags),
        "flow_direction": "bothDirections",
        "designation": tags.get("ref") or tags.get("name"),
        "operator": operator(tags, odd),
    }


def _power(tags: Tags, odd: Odd) -> Attributes:
    return {
        "utility_network_type": "electricity",
        "voltage": _volts(tags, odd),
        "circuits": _number(tags, "circuits", odd),
    }


def node(tags: Tags, odd: Odd) -> Attributes | None:
    """Return what a support, a manhole or a hydrant says (urban_planning.network_node)."""
    power, manhole = tags.get("power"), tags.get("manhole") or (tags.get("man_made") == "manhole" and "unknown")
    if power in _POWER_NODES:
        return _node(tags, odd, "electricity", _POWER_NODES[str(power)])
    if tags.get("emergency") == "fire_hydrant":
        return _node(tags, odd, "water", "hydrant")
    if manhole:
        content = str(manhole)
        if content not in {*_CONTENTS, "unknown"}:
            odd["manhole"] = content
        return _node(tags, odd, _CONTENTS.get(content), "manhole")
    return None


def _node(tags: Tags, odd: Odd, network: str | None, kind: str) -> Attributes:
    return {
        "utility_network_type": network,
        "node_kind": kind,
        "lets_through": True if kind == "switch" else None,
        "designation": tags.get("ref") or tags.get("name"),
        "current_status": _status(tags),
        "operator": operator(tags, odd),
    }


def structure(tags: Tags, odd: Odd) -> Attributes | None:
    """Return what a structure's area says (urban_planning.network_structure)."""
    found = _structure(tags, odd)
    if found is None:
        return None
    network, kind = found
    return {
        **names(tags),
        "utility_network_type": network,
        "structure_kind": kind,
        "current_status": _status(tags),
        "operator": operator(tags, odd),
        "voltage": _volts(tags, odd) if network == "electricity" else None,
    }


def _structure(tags: Tags, odd: Odd) -> tuple[str | None, str] | None:
    power, man_made = tags.get("power"), tags.get("man_made")
    if power in _POWER_STRUCTURES:
        return "electricity", _POWER_STRUCTURES[str(power)]
    if man_made in _STRUCTURES:
        return _STRUCTURES[str(man_made)]
    if man_made == "pipeline" and "building" in tags:
        content = _content(tags, odd)
        return content, "gasRegulatorPoint" if content == "gas" else "other"
    return None


_PERSON: Final = re.compile(r"\d{12}|^\s*(ИП|ЖК|жеке кәсіпкер|индивидуальный предприниматель)[\s.\"«]", re.IGNORECASE)


def operator(tags: Tags, odd: Odd) -> str | None:
    """Return the organisation that runs it; a name that is a person's is left out."""
    told = tags.get("operator", "").strip() or None
    if told is not None and _PERSON.search(told):
        odd["operator"] = "…"
        return None
    return told


def _content(tags: Tags, odd: Odd) -> str | None:
    told = tags.get("substance") or tags.get("type") or ""
    if told and told not in _CONTENTS:
        odd["substance"] = told
    return _CONTENTS.get(told)


def _position(tags: Tags) -> str | None:
    return _PLACES.get(tags.get("location", ""))


def _status(tags: Tags) -> str:
    if tags.get("disused") == "yes" or tags.get("abandoned") == "yes":
        return "disused"
    return "functional"


def _volts(tags: Tags, odd: Odd) -> float | None:
    """Return the highest of the voltages told [V]."""
    return _greatest(tags, "voltage", odd, re.compile(r"\d{2,7}", re.ASCII))


def _number(tags: Mapping[str, str], key: str, odd: Odd) -> int | None:
    found = _greatest(tags, key, odd, re.compile(r"[1-9]\d?", re.ASCII))
    return None if found is None else int(found)


def _millimetres(tags: Tags, odd: Odd) -> float | None:
    told = tags.get("diameter", "").strip()
    inches = re.fullmatch(r"(\d{1,2}(?:\.\d)?) ?(?:\"|″|in)", told, re.ASCII)
    if inches is not None:
        return round(float(inches[1]) * 25.4, 1)
    return _greatest(tags, "diameter", odd, re.compile(r"\d{1,4}(?:\.\d+)?(?= ?(?:mm)?$)", re.ASCII), " mm")


def _greatest(tags: Mapping[str, Any], key: str, odd: Odd, pattern: re.Pattern[str], unit: str = "") -> float | None:
    told = str(tags.get(key, "")).strip()
    parts = [part.strip().removesuffix(unit.strip()).strip() for part in told.split(";")] if told else []
    found = [float(part) for part in parts if pattern.fullmatch(part)]
    if len(found) < len(parts):
        odd[key] = told
    return max((value for value in found if value > 0), default=None)
