"""What OpenStreetMap's tags mean in the layers of streets.

A way or a node becomes a :class:`Meaning`: its layer and what a feature of it would say; or nothing, with the kind of
defect that tells why. Nothing is said that tags don't say: what is usual for a way of its kind is for pricing to know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from cadastres.urban_planning.street_fields import SMOOTHNESS, TACTILE_PAVING, WHEELCHAIR
from cadastres.urban_planning.street_model import CROSSING, FOOTWAY, HIGHWAYS, MARKINGS, RAMP, STEPS, STREET_SEGMENT
from cadastres.urban_planning.street_point_model import BARRIER, BARRIERS, KERB, KERBS, LIFT, TRAFFIC_SIGNAL
from data.loaders import osm_streets_values as values
from data.loaders.defects import Kind
from data.loaders.osm_streets_defects import AREA, NO_BARRIER, NO_WAY, NOT_BUILT, NOT_TO_CROSS, UNKNOWN_KIND
from data.loaders.osm_streets_file import Node, Tags, Way
from data.loaders.tagging import Odd, names
from gis.layer import Layer

Said = dict[str, Any]

_FOOTWAYS: Final = {
    "footway": "footway", "pedestrian": "pedestrian", "path": "path", "bridleway": "path", "cycleway": "cycleway",
    "corridor": "footway", "platform": "footway", "crossing": "footway",
}  # fmt: skip
_SIDE_KINDS: Final = {"sidewalk": "sidewalk", "traffic_island": "traffic_island", "crossing": "crossing"}
_CROSSING_KEYS: Final = ("footway", "path", "cycleway", "bridleway")
_NOT_BUILT: Final = {"construction", "proposed", "planned", "abandoned", "razed", "demolished", "disused", "historic"}
_NO_WAYS: Final = {"raceway", "services", "rest_area", "bus_stop", "traffic_island", "toll_gantry", "no"}
_OUTLINED: Final = {"footway", "pedestrian", "path", "platform", "corridor", "cycleway", "crossing"}
"""Areas of these kinds are walked along their outline, as no axis is known."""

_SAME: Final = {"unsurfaced": "road", "minor": "unclassified", "bus_guideway": "busway", "emergency_bay": "service"}
_MOTORS_ALONE: Final = {"motorway", "motorway_link"}
_BARRIERS: Final = {"motorcycle_barrier": "cycle_barrier", "hampshire_gate": "gate", "sally_port": "gate"}
_PASSED: Final = {"toll_booth", "border_control", "cattle_grid", "entrance", "height_restrictor", "spikes"}
"""Barriers that stop nobody, whatever their kind makes one think."""

_UNMARKED: Final = {"unmarked", "informal"}
_MARKED: Final = {"marked", "uncontrolled"}
_KERBS: Final = {"no": "flush", "dropped": "lowered", "regular": "raised", "normal": "raised"}
_SIDES: Final = {"both": "both", "left": "left", "right": "right", "no": "no", "none": "no", "separate": "separate"}
_ROUND: Final = {"roundabout", "circular"}
_BACKWARD: Final = {"-1", "reverse"}
_DIRECTIONS: Final = {
    **dict.fromkeys(("yes", "true", "1"), "forward"), **dict.fromkeys(_BACKWARD, "backward"), "no": "no",
}  # fmt: skip
_CYCLEWAYS: Final = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an element is.

    Attributes:
        layer: in which it is told.
        said: what it says, by field; ``None`` where it is left out for the reason ``why``.
        odd: values that were not understood.
    """

    layer: Layer
    said: Said | None
    why: Kind | None = None
    odd: Mapping[str, str] = field(default_factory=dict)


def way(way: Way, *, is_area: bool = False) -> Meaning:
    """Return what a way is; ``is_area`` where it bounds an area."""
    tags, odd = way.tags, dict[str, str]()
    layer, kind, why = _kind(tags, is_area=is_area)
    if why is not None:
        return Meaning(layer, None, why, {"highway": tags["highway"]})
    said = {**_course(tags, odd), **_told_of(tags, way.day, odd), **_of_layer(layer, kind, tags, odd)}
    said |= {"external_reference": way.reference, "inferred": True if is_area else None}
    return Meaning(layer, said, None, odd)


def _kind(tags: Tags, *, is_area: bool) -> tuple[Layer, str, Kind | None]:
    """Return a way's layer and kind in it, or why it has none."""
    told = tags["highway"].split(";")[0].strip()
    told = _SAME.get(told, told)
    if told in _NOT_BUILT:
        return STREET_SEGMENT, told, NOT_BUILT
    if told in _NO_WAYS:
        return STREET_SEGMENT, told, NO_WAY
    if is_area and told not in _OUTLINED:
        return STREET_SEGMENT, told, AREA
    if told in HIGHWAYS:
        return STREET_SEGMENT, told, None
    if told == "steps":
        return STEPS, told, None
    if told not in _FOOTWAYS:
        return STREET_SEGMENT, told, UNKNOWN_KIND
    return _on_foot(told, tags)


def _on_foot(told: str, tags: Tags) -> tuple[Layer, str, Kind | None]:
    kinds = {tags.get(key) for key in _CROSSING_KEYS}
    if (told == "crossing" or "crossing" in kinds) and tags.get("area") != "yes":
        return CROSSING, told, None
    if "ramp" in kinds or (told == "footway" and tags.get("ramp") in {"yes", "separate"}):
        return RAMP, told, None
    side = next((_SIDE_KINDS[k] for k in ("sidewalk", "traffic_island") if k in kinds), None)
    return FOOTWAY, side or _FOOTWAYS[told], None


def _course(tags: Tags, odd: Odd) -> Said:
    """Return what every way says of itself."""
    slope = values.incline(tags, "incline", odd)
    across = values.incline(tags, "incline:across", odd)
    return {
        **names(tags),
        "surface": values.surface(tags, odd),
        "smoothness": values.listed(tags, "smoothness", SMOOTHNESS, odd),
        "width": values.metres(tags, "width", odd, bound=100.0),
        "incline": slope,
        "incline_source": None if slope is None else "tagged",
        "cross_slope": None if across is None else abs(across),
        "foot": values.access(tags, "foot", odd),
        "bicycle": values.access(tags, "bicycle", odd),
        "wheelchair": values.listed(tags, "wheelchair", WHEELCHAIR, odd),
        "lit": values.lit(tags, odd),
        "tactile_paving": values.listed(tags, "tactile_paving", TACTILE_PAVING, odd),
        "bridge": values.present(tags, "bridge"),
        "tunnel": values.present(tags, "tunnel"),
        "level": values.level(tags),
    }


def _told_of(tags: Tags, day: date | None, odd: Odd) -> Said:
    """Return how old the knowledge is: the day of the last check, else that of the last edit."""
    told = values.text(tags, "check_date") or values.text(tags, "survey:date")
    try:
        checked = date.fromisoformat(told) if told else day
    except ValueError:
        odd["check_date"] = str(told)
        checked = day
    return {"checked_on": checked, "description": values.text(tags, "description")}


def _of_layer(layer: Layer, kind: str, tags: Tags, odd: Odd) -> Said:
    if layer is STREET_SEGMENT:
        return _street(kind, tags, odd)
    if layer is FOOTWAY:
        motor = values.access(tags, "motor_vehicle", odd)
        wheeled = _direction(tags, "oneway:bicycle", odd) or _direction(tags, "oneway", odd)
        on_foot = _one_way_on_foot(tags, odd)
        return {"footway": kind, "motor_vehicle": motor, "one_way": on_foot, "bicycle_one_way": wheeled}
    if layer is CROSSING:
        return crossing(tags, odd)
    if layer is STEPS:
        return _steps(tags, odd)
    return {"handrail": _handrail(tags, odd), "rise": values.metres(tags, "height", odd, bound=20.0)}


def _street(kind: str, tags: Tags, odd: Odd) -> Said:
    said = {
        "highway": kind,
        "one_way": _one_way(kind, tags, odd),
        "bicycle_one_way": _bicycle_one_way(tags, odd),
        "roundabout": True if tags.get("junction") in _ROUND else None,
        "lanes": values.whole(tags, "lanes", odd, most=30),
        "max_speed": values.speed(tags, "maxspeed", odd),
        "motor_vehicle": "no" if kind == "busway" else values.access(tags, "motor_vehicle", odd),
        "heavy": values.access(tags, "heavy", odd),
        "max_height": values.metres(tags, "maxheight", odd, bound=20.0),
        "max_weight": values.tonnes(tags, "maxweight", odd),
        "sidewalk": sidewalks(tags, odd),
    }
    if kind in _MOTORS_ALONE or tags.get("motorroad") == "yes":
        said |= {mode: values.access(tags, mode, odd) or "no" for mode in ("foot", "bicycle")}
    return said


def _direction(tags: Tags, key: str, odd: Odd) -> str | None:
    """Return a direction as the line is drawn, or ``no`` where there is none."""
    told = values.text(tags, key)
    if told is not None and told not in _DIRECTIONS:
        odd[key] = told
    return _DIRECTIONS.get(told or "")


def _one_way(kind: str, tags: Tags, odd: Odd) -> str | None:
    """Return the direction of vehicles; roundabouts and motorways have one though nobody says it."""
    implied = tags.get("junction") in _ROUND or kind == "motorway"
    return "forward" if implied and not values.text(tags, "oneway") else _direction(tags, "oneway", odd)


def _bicycle_one_way(tags: Tags, odd: Odd) -> str | None:
    """Return the direction of bicycles where it is told apart: by a key of its own, or by a lane against the traffic.

    >>> _bicycle_one_way({"cycleway:left": "opposite_lane"}, {}), _bicycle_one_way({"oneway:bicycle": "-1"}, {})
    ('no', 'backward')
    """
    told = _direction(tags, "oneway:bicycle", odd)
    against = any(tags.get(key, "").startswith("opposite") for key in _CYCLEWAYS)
    against |= any(tags.get(f"{key}:oneway") in _BACKWARD | {"no"} for key in _CYCLEWAYS)
    return "no" if told is None and against else told


def _one_way_on_foot(tags: Tags, odd: Odd) -> str | None:
    """Return the direction of people on foot: of moving walks and escalators, and where a sign says so to them.

    >>> _one_way_on_foot({"conveying": "backward"}, {}), _one_way_on_foot({"conveying": "yes", "oneway": "yes"}, {})
    ('backward', 'forward')
    """
    conveyed = tags.get("conveying", "no")
    if conveyed in {"forward", "backward"}:
        return conveyed
    return _direction(tags, "oneway:foot", odd) or (None if conveyed == "no" else _direction(tags, "oneway", odd))


def sidewalks(tags: Tags, odd: Odd) -> str | None:
    """Return on which sides of a street there are sidewalks, in the direction in which it is drawn.

    >>> sidewalks({"sidewalk:left": "yes", "sidewalk:right": "no"}, {}), sidewalks({"sidewalk:both": "separate"}, {})
    ('left', 'separate')
    """
    told = values.text(tags, "sidewalk") or values.text(tags, "sidewalk:both")
    if told is not None:
        found = _SIDES.get({"yes": "both"}.get(told, told))
        if found is None:
            odd["sidewalk"] = told
        return found
    left, right = (values.text(tags, f"sidewalk:{side}") for side in ("left", "right"))
    if left is None and right is None:
        return None
    if "yes" in {left, right}:
        return "both" if left == right else "left" if left == "yes" else "right"
    return "separate" if "separate" in {left, right} else "no"


def crossing(tags: Tags, odd: Odd) -> Said:
    """Return what a crossing says, be it a way or a node."""
    told = values.text(tags, "crossing") or values.text(tags, "crossing_ref") or ""
    return {
        "markings": _markings(tags, told, odd),
        "signals": _signals(tags, told),
        "sound_signals": values.present(tags, "traffic_signals:sound"),
        "vibration": values.present(tags, "traffic_signals:vibration"),
        "island": True if told == "island" else values.present(tags, "crossing:island"),
        "tactile_paving": values.listed(tags, "tactile_paving", TACTILE_PAVING, odd),
    }


def _markings(tags: Tags, told: str, odd: Odd) -> str | None:
    if "crossing:markings" in tags:
        return values.listed(tags, "crossing:markings", MARKINGS, odd)
    if told == "zebra" or tags.get("crossing_ref") == "zebra":
        return "zebra"
    return "yes" if told in _MARKED else "no" if told in _UNMARKED else None


def _signals(tags: Tags, told: str) -> bool | None:
    if told == "traffic_signals":
        return True
    said = values.present(tags, "crossing:signals")
    return False if said is None and told in {"uncontrolled", "zebra", "marked", "unmarked"} else said


def _steps(tags: Tags, odd: Odd) -> Said:
    slope = values.text(tags, "incline") or ""
    climb = slope if slope in {"up", "down"} else None
    if climb is None and slope[:1].isdecimal():
        climb = "up"
    return {
        "step_count": values.whole(tags, "step_count", odd, most=2000),
        "step_height": values.metres(tags, "step:height", odd, bound=1.0),
        "climb": "down" if climb is None and slope.startswith("-") else climb,
        "one_way": _one_way_on_foot(tags, odd),
        "handrail": _handrail(tags, odd),
        "wheelchair_ramp": values.present(tags, "ramp:wheelchair"),
    }


def _handrail(tags: Tags, odd: Odd) -> str | None:
    told = {side for side in ("left", "right") if values.present(tags, f"handrail:{side}")}
    if len(told) == 2 or values.present(tags, "handrail:both"):
        return "both"
    if told:
        return told.pop()
    if values.present(tags, "handrail:center"):
        return "yes"
    return values.listed(tags, "handrail", ("yes", "no", "left", "right", "both"), odd)


def standing(node: Node) -> list[Meaning]:
    """Return what a tagged node is: more than one thing where a signal stands at a crossing."""
    tags = node.tags
    found = []
    if _is_kerb(tags):
        found.append(_kerb(node))
    elif "barrier" in tags:
        found.append(_barrier(node))
    if tags.get("highway") == "elevator":
        found.append(_lift(node))
    if is_crossing(tags):
        found.append(_crossing(node))
    if tags.get("highway") == "traffic_signals" or _signals(tags, tags.get("crossing", "")):
        found.append(_signal(node))
    return found


def is_crossing(tags: Tags) -> bool:
    """Whether a node is a place where one crosses a carriageway."""
    return tags.get("highway") == "crossing" or ("crossing" in tags and "railway" not in tags)


def _is_kerb(tags: Tags) -> bool:
    return tags.get("barrier") == "kerb" or (tags.get("kerb", "no") != "no" and tags.get("highway") != "crossing")


def _standing(node: Node, layer: Layer, said: Said, odd: Odd) -> Meaning:
    told = {**said, **_told_of(node.tags, node.day, odd), "external_reference": node.reference}
    return Meaning(layer, told, None, odd)


def _kerb(node: Node) -> Meaning:
    tags, odd = node.tags, dict[str, str]()
    told = values.text(tags, "kerb")
    kind = _KERBS.get(told or "", told)
    if kind is not None and kind not in KERBS:
        if kind not in {"yes", "unknown"}:
            odd["kerb"] = kind
        kind = None
    if kind is None and values.present(tags, "sloped_curb"):
        kind = "lowered"
    said = {
        "kerb": kind,
        "height": values.metres(tags, "kerb:height", odd, bound=0.5),
        "tactile_paving": values.listed(tags, "tactile_paving", TACTILE_PAVING, odd),
    }
    return _standing(node, KERB, said, odd)


def _barrier(node: Node) -> Meaning:
    tags, odd = node.tags, dict[str, str]()
    told = tags["barrier"].strip()
    if told in {"no", ""}:
        return Meaning(BARRIER, None, NO_BARRIER, {"barrier": told})
    kind = _BARRIERS.get(told, told)
    said: Said = {mode: values.access(tags, mode, odd) for mode in ("foot", "bicycle", "motor_vehicle", "heavy")}
    if told in _PASSED:
        said |= {mode: said[mode] or "yes" for mode in ("foot", "bicycle", "motor_vehicle")}
    said |= {
        "barrier": kind if kind in BARRIERS else "other",
        "width": values.metres(tags, "maxwidth:physical", odd, bound=50.0) or _gate_width(kind, tags, odd),
        "max_height": values.metres(tags, "maxheight", odd, bound=20.0),
        "wheelchair": values.listed(tags, "wheelchair", WHEELCHAIR, odd),
        "locked": values.flag(tags, "locked", odd),
        "hours": values.text(tags, "opening_hours"),
    }
    return _standing(node, BARRIER, said, odd)


def _gate_width(kind: str, tags: Tags, odd: Odd) -> float | None:
    """Return how wide what opens is: the width of a block or a bollard is its own."""
    return values.metres(tags, "width", odd, bound=50.0) if "gate" in kind or kind in {"door", "entrance"} else None


def lift(tags: Tags, odd: Odd) -> Said:
    """Return what a lift says, be it a node or an outline."""
    return {
        **names(tags),
        "status": "out_of_order" if {tags.get("disused"), tags.get("out_of_order")} & {"yes"} else None,
        "door_width": values.metres(tags, "door:width", odd, bound=10.0),
        "width": values.metres(tags, "width", odd, bound=20.0),
        "depth": values.metres(tags, "length", odd, bound=20.0),
        "hours": values.text(tags, "opening_hours"),
        "speech": values.present(tags, "speech_output"),
        "braille": values.present(tags, "tactile_writing:braille"),
        "wheelchair": values.listed(tags, "wheelchair", WHEELCHAIR, odd),
    }


def _lift(node: Node) -> Meaning:
    odd: Odd = {}
    return _standing(node, LIFT, lift(node.tags, odd), odd)


def _crossing(node: Node) -> Meaning:
    tags, odd = node.tags, dict[str, str]()
    if tags.get("crossing") == "no":
        return Meaning(CROSSING, None, NOT_TO_CROSS, {"crossing": "no"})
    return _standing(node, CROSSING, crossing(tags, odd), odd)


def _signal(node: Node) -> Meaning:
    tags, odd = node.tags, dict[str, str]()
    said = {
        "sound_signals": values.present(tags, "traffic_signals:sound"),
        "vibration": values.present(tags, "traffic_signals:vibration"),
    }
    return _standing(node, TRAFFIC_SIGNAL, said, odd)
