"""What values of OpenStreetMap's tags say of ways and what stands on them, in the register's units.

As in :mod:`data.loaders.tagging`, a value that makes no sense goes to ``odd`` by its key, and says nothing.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Final

from data.loaders.tagging import Odd, Tags

STEEPEST: Final = 1.0
"""A slope of more than this is a slip of the pen, not a slope."""

_ACCESS: Final = {
    "yes": "yes", "permissive": "yes", "allowed": "yes", "unrestricted": "yes", "public": "yes",
    "designated": "designated", "official": "designated",
    "destination": "destination", "customers": "destination", "delivery": "destination", "residents": "private",
    "private": "private", "permit": "private", "military": "private",
    "no": "no", "restricted": "no", "agricultural": "no", "forestry": "no", "use_sidepath": "no", "emergency": "no",
    "dismount": "no", "unsuitable": None, "discouraged": "yes", "unknown": None, "limited": None,
}  # fmt: skip
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "foot": ("foot", "access"),
    "bicycle": ("bicycle", "vehicle", "access"),
    "motor_vehicle": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "heavy": ("hgv", "goods"),
}
"""Which keys tell who may pass, the most telling first (OpenStreetMap's hierarchy of means of transport)."""

_SURFACES: Final = {
    "asphalt": "asphalt", "chipseal": "asphalt", "concrete": "concrete", "cement": "concrete", "dirt": "dirt",
    "earth": "dirt", "ground": "dirt", "mud": "dirt", "sand": "dirt", "soil": "dirt", "woodchips": "dirt",
    "clay": "dirt", "grass": "grass", "grass_paver": "grass_paver", "gravel": "gravel", "fine_gravel": "gravel",
    "compacted": "gravel", "pebblestone": "gravel", "stone_dust": "gravel", "paved": "paved", "wood": "paved",
    "metal": "paved", "metal_grid": "paved", "rubber": "paved", "tartan": "paved", "plastic": "paved",
    "tiles": "paving_stones", "paving_stones": "paving_stones", "sett": "paving_stones", "bricks": "paving_stones",
    "brick": "paving_stones", "cobblestone": "paving_stones", "unhewn_cobblestone": "paving_stones",
    "stone": "paving_stones", "granite": "paving_stones", "unpaved": "unpaved", "rock": "unpaved",
}  # fmt: skip
_SPEEDS: Final = {
    "walk": 5.0, "kz:urban": 60.0, "kz:rural": 90.0, "kz:living_street": 20.0, "ru:urban": 60.0, "ru:rural": 90.0,
    "ru:living_street": 20.0, "ru:motorway": 110.0, "fi:urban": 50.0, "fi:rural": 80.0, "pt:urban": 50.0,
    "pt:rural": 90.0, "pt:motorway": 120.0,
}  # fmt: skip
_NO_SPEED: Final = {"none", "signals", "variable", "national"}
_YES: Final = {"yes", "true", "1"}
_NO: Final = {"no", "none", "false", "0"}
_LIT: Final = {"24/7", "automatic", "sunset-sunrise", "dusk-dawn", "interval", "operating_times", "limited"}
_METRE: Final = 1.0
_LENGTHS: Final = {"": _METRE, "m": _METRE, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "'": 0.3048, '"': 0.0254}
_MILE: Final = 1.609344
_NUMBER: Final = r"\d{1,4}(?:[.,]\d{1,4})?"


def access(tags: Tags, mode: str, odd: Odd) -> str | None:
    """Return who of a mode may pass; ``None`` where nothing is said, and it is as usual for a way of its kind."""
    for key in _KEYS[mode]:
        told = text(tags, key)
        if told is None:
            continue
        if told.split(";")[0] not in _ACCESS:
            odd[key] = told
            continue
        return _ACCESS[told.split(";")[0]]
    return None


def surface(tags: Tags, odd: Odd) -> str | None:
    """Return a surface by OpenSidewalks' list; ``concrete:plates`` is concrete."""
    told = text(tags, "surface")
    if told is None:
        return None
    found = _SURFACES.get(told) or _SURFACES.get(re.split("[:;]", told)[0])
    if found is None:
        odd["surface"] = told
    return found


def incline(tags: Tags, key: str, odd: Odd) -> float | None:
    """Return a slope as a ratio, positive where the way goes up; ``up`` and ``down`` tell no number.

    >>> incline({"incline": "-5 %"}, "incline", {}), incline({"incline": "1:20"}, "incline", {})
    (-0.05, 0.05)
    """
    told = text(tags, key)
    if told is None or told in {"up", "down", "yes", "steep"}:
        return None
    match = re.fullmatch(rf"([+-]?)({_NUMBER}) ?(%|°|‰|:{_NUMBER})?", told, re.ASCII)
    ratio = None if match is None else _ratio(_float(match[2]), match[3])
    if match is None or ratio is None or ratio > STEEPEST:
        odd[key] = told
        return None
    return round(-ratio if match[1] == "-" else ratio, 5)


def _ratio(value: float, unit: str | None) -> float | None:
    if value == 0:
        return 0.0
    match unit:
        case None:
            return None
        case "%":
            return value / 100
        case "‰":
            return value / 1000
        case "°":
            return math.tan(math.radians(min(value, 89.0)))
    run = _float(unit.removeprefix(":"))
    return value / run if run else None


def metres(tags: Tags, key: str, odd: Odd, *, bound: float = 500.0) -> float | None:
    """Return a length [m], told in metres, centimetres, millimetres, feet or inches.

    >>> metres({"width": "1.5 m"}, "width", {}), metres({"kerb:height": "3 cm"}, "kerb:height", {})
    (1.5, 0.03)
    """
    found = _measured(tags, key, odd, _length)
    if found is not None and not 0 <= found <= bound:
        odd[key] = str(tags[key])
        return None
    return found


def _length(told: str) -> float | None:
    feet = re.fullmatch(r"(\d{1,3})' ?(?:(\d{1,2})\")?", told, re.ASCII)
    if feet is not None:
        return round(int(feet[1]) * 0.3048 + int(feet[2] or 0) * 0.0254, 3)
    match = re.fullmatch(rf"({_NUMBER}) ?(m|cm|mm|ft|\")?", told, re.ASCII)
    return None if match is None else round(_float(match[1]) * _LENGTHS[match[2] or ""], 4)


def tonnes(tags: Tags, key: str, odd: Odd) -> float | None:
    """Return a mass [t]."""
    return _measured(tags, key, odd, _mass)


def _mass(told: str) -> float | None:
    match = re.fullmatch(rf"({_NUMBER}) ?(t|kg|st)?", told, re.ASCII)
    return None if match is None else round(_float(match[1]) * {"kg": 0.001, "st": 0.907185}.get(match[2], 1.0), 3)


def speed(tags: Tags, key: str, odd: Odd) -> float | None:
    """Return a speed limit [km/h]."""
    told = text(tags, key)
    if told is None or told.casefold() in _NO_SPEED:
        return None
    return _measured(tags, key, odd, _speed)


def _speed(told: str) -> float | None:
    if told.casefold() in _SPEEDS:
        return _SPEEDS[told.casefold()]
    match = re.fullmatch(r"(\d{1,3}) ?(km/h|kmh|kph|mph)?", told.split(";", maxsplit=1)[0].strip(), re.ASCII)
    if match is None or not int(match[1]):
        return None
    return round(int(match[1]) * (_MILE if match[2] == "mph" else 1.0), 1)


def whole(tags: Tags, key: str, odd: Odd, *, most: int = 999) -> int | None:
    """Return a count of at least one."""
    told = text(tags, key)
    if told is None:
        return None
    if not re.fullmatch(r"\d{1,4}", told, re.ASCII) or not 0 < int(told) <= most:
        odd[key] = told
        return None
    return int(told)


def level(tags: Tags) -> int | None:
    """Return on which level a way lies, 0 on the ground: its ``layer``, else the ``level`` of its building."""
    for key in ("layer", "level"):
        if re.fullmatch(r"-?\d{1,2}", tags.get(key, "").strip(), re.ASCII):
            return int(tags[key])
    return None


def flag(tags: Tags, key: str, odd: Odd) -> bool | None:
    """Return yes or no."""
    told = text(tags, key)
    if told is None:
        return None
    if told not in _YES | _NO:
        odd[key] = told
        return None
    return told in _YES


def present(tags: Tags, key: str) -> bool | None:
    """Return whether there is a thing, of whichever kind; ``None`` where that is not said."""
    told = text(tags, key)
    return None if told is None else told not in _NO


def lit(tags: Tags, odd: Odd) -> bool | None:
    """Return whether a way is lit when it is dark."""
    return True if text(tags, "lit") in _LIT else flag(tags, "lit", odd)


def listed(tags: Tags, key: str, values: tuple[str, ...], odd: Odd) -> str | None:
    """Return a value of a closed list."""
    told = text(tags, key)
    if told is not None and told not in values:
        odd[key] = told
        return None
    return told


def text(tags: Tags, key: str) -> str | None:
    """Return what a key says, without blanks around it; ``None`` where it says nothing."""
    return tags.get(key, "").strip() or None


def _measured(tags: Tags, key: str, odd: Odd, read: Callable[[str], float | None]) -> float | None:
    told = text(tags, key)
    if told is None or told in {"default", "none", "unsigned", "below_default"}:
        return None
    found = read(told)
    if found is None:
        odd[key] = told
    return found


def _float(told: str) -> float:
    return float(told.replace(",", "."))
