"""Restrictions of turns: relations of the map, tied to the segments that meet at their junction."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

from cadastres.urban_planning.street_state_model import RESTRICTIONS
from data.loaders.defects import Kind
from data.loaders.osm_streets_defects import MEMBER_MISSING, NOT_AT_VIA, RESTRICTION_UNKNOWN, VIA_WAYS
from data.loaders.osm_streets_file import Place, Restriction, Tags
from data.loaders.osm_streets_lines import Line

_VEHICLES: Final = ("bicycle", "car", "ambulance", "truck")
_MODES: Final[Mapping[str, tuple[str, ...]]] = {
    "vehicle": _VEHICLES, "motor_vehicle": _VEHICLES[1:], "bicycle": ("bicycle",), "motorcar": ("car",),
    "emergency": ("ambulance",), "hgv": ("truck",), "goods": ("truck",),
}  # fmt: skip
"""Whom of the register the map means by the names of those who are excepted, or alone meant."""

_SEVERAL: Final = {"no_entry": "from", "no_exit": "to"}
"""The role in which a kind of restriction may name several ways: none of many may be left for one, or one for many."""
_KEY: Final = re.compile("restriction(:[a-z_]+){0,2}")
_ONLY: Final = {"forward": True, "backward": False}


@dataclass(frozen=True, slots=True)
class Turning:
    """A restriction that can be told: the pairs of lines between which it holds, by their index."""

    place: Place
    turns: Sequence[tuple[int, int]]
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A restriction that can't, and why."""

    kind: Kind
    facts: Mapping[str, object] = field(default_factory=dict)
    place: Place | None = None


def turning(
    relation: Restriction, segments: Mapping[str, Sequence[int]], lines: Sequence[Line], places: Mapping[int, Place]
) -> Turning | Refused:
    """Tie a restriction to the segments that meet at its junction.

    Args:
        relation: as the map has it.
        segments: the lines of each way that is a street, by its reference.
        lines: all lines.
        places: of nodes.
    """
    said = _said(relation.tags)
    if said["restriction"] not in RESTRICTIONS:
        return Refused(RESTRICTION_UNKNOWN, {"restriction": str(said["restriction"])[:80]})
    via = [(kind, i) for role, kind, i in relation.members if role == "via"]
    if any(kind == "way" for kind, _ in via):
        return Refused(VIA_WAYS)
    place = places.get(via[0][1]) if via else None
    if place is None:
        return Refused(MEMBER_MISSING, {"role": "via"})
    ends: dict[str, list[int]] = {}
    for role in ("from", "to"):
        several = _SEVERAL.get(said["restriction"]) == role
        found = _ends(relation, role, segments, lines, place, several=several)
        if isinstance(found, Refused):
            return found
        ends[role] = found
    told = {**said, "checked_on": relation.day, "external_reference": relation.reference}
    return Turning(place, list(product(ends["from"], ends["to"])), told)


def _ends(
    relation: Restriction,
    role: str,
    segments: Mapping[str, Sequence[int]],
    lines: Sequence[Line],
    place: Place,
    *,
    several: bool,
) -> list[int] | Refused:
    """Return the lines of members that come to the junction or leave it: one, or of several one each."""
    named = dict.fromkeys(f"way/{i}" for told, kind, i in relation.members if told == role and kind == "way")
    known = [segments.get(way, ()) for way in named]
    if not any(known) or (several and not all(known)):
        return Refused(MEMBER_MISSING, {"role": role}, place)
    fitting = [[i for i in own if place in lines[i].ends and _passes(lines[i], role, place)] for own in known]
    found = [i for own in fitting for i in own]
    if len(found) == 1 or (several and all(len(own) == 1 for own in fitting)):
        return found
    return Refused(NOT_AT_VIA, {"role": role}, place)


def _passes(line: Line, role: str, place: Place) -> bool:
    """Tell whether vehicles may pass a line towards the junction (``from``), or away from it (``to``)."""
    begin, end = line.ends
    forward = _ONLY.get(str(line.said.get("one_way")))
    if forward is None or begin == end:
        return True
    ahead = end == place if role == "from" else begin == place
    return forward is ahead


def _said(tags: Tags) -> dict[str, Any]:
    """Return what is restricted, to whom not, and when; of several keys the one that binds most, and all that agree."""
    rules = [_rule(key, value) for key, value in sorted(tags.items()) if _KEY.fullmatch(key)]
    told, hours, bound = max(rules, key=lambda rule: len(rule[2]), default=(None, None, set[str]()))
    bound = bound.union(*(each for *rule, each in rules if rule == [told, hours]))
    bound -= {mode for part in tags.get("except", "").split(";") for mode in _MODES.get(part.strip(), ())}
    modes = ",".join(mode for mode in _VEHICLES if mode not in bound) or None
    return {"restriction": told, "except_modes": modes, "hours": hours or _hours(tags)}


def _rule(key: str, value: str) -> tuple[str, str | None, set[str]]:
    """Return what a key forbids or allows, when, and whom it binds."""
    parts, told, hours = key.split(":")[1:], value, None
    if parts[-1:] == ["conditional"]:
        match = re.fullmatch(r"\s*(\w+)\s*@\s*\(?([^()]*)\)?\s*", value)
        parts, told, hours = parts[:-1], match[1] if match else value, match[2].strip() if match else None
    return told, hours, {mode for part in parts for mode in _MODES.get(part, ())} if parts else set(_VEHICLES)


def _hours(tags: Tags) -> str | None:
    begin, end = tags.get("hour_on"), tags.get("hour_off")
    days = "-".join(tags[key][:2] for key in ("day_on", "day_off") if tags.get(key))
    hours = f"{begin}-{end}" if begin and end else ""
    return " ".join(part for part in (days, hours) if part) or None
