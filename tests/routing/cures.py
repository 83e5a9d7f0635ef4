"""Making good, by hand, what an explanation names."""

from dataclasses import replace
from typing import Any

from routing.findings import Finding
from tests.routing.plain_streets import CLOSINGS, THINGS, Streets, Thing

CURES: dict[str, Any] = {
    "incline": 0.0, "cross_slope": 0.0, "width": 3.0, "surface": "asphalt", "smoothness": "excellent", "kerb": "flush",
    "height": 0.0, "status": "working", "locked": False, "wheelchair": "yes", "foot": "yes", "door_width": 2.0,
    "handrail": "both", "wheelchair_ramp": True, "barrier": "entrance", "lit": True, "tactile_paving": "yes",
}  # fmt: skip


LEVEL: dict[str, Any] = {
    "incline": 0.0, "incline_error": 0.0, "cross_slope": 0.0, "surface": "asphalt", "smoothness": "excellent",
}  # fmt: skip
"""What is asked of ways that aren't steps."""


def cured(streets: Streets, found: list[Finding]) -> Streets:
    """Return the streets with what was found made good, by hand."""
    better = replace(streets, ways=list(streets.ways), things=list(streets.things), closings=list(streets.closings))
    for finding in found:
        if finding.kind == "closure":
            better.closings[finding.feature_id - CLOSINGS] = replace(
                better.closings[finding.feature_id - CLOSINGS], modes=()
            )
        elif finding.feature_id < THINGS:
            cure_way(better, finding)
        else:
            cure_thing(better, finding)
    return better


def cure_way(streets: Streets, finding: Finding) -> None:
    """Make a way good; steps become level, and a crossing without kerbs gets flush ones."""
    way = streets.ways[finding.feature_id]
    good = {finding.attribute: CURES.get(finding.attribute)}
    if finding.attribute == "kerb":
        streets.things += [Thing("kerb", node, {"kerb": "flush"}) for node in (way.u, way.v)]
    if finding.attribute in {"incline", "steps"}:
        good = LEVEL if finding.attribute == "steps" else {"incline": 0.0, "incline_error": 0.0}
    kind = "footway" if finding.attribute == "steps" else way.kind
    streets.ways[finding.feature_id] = replace(way, kind=kind, known={**way.known, **good})


def cure_thing(streets: Streets, finding: Finding) -> None:
    """Make good what stands at a node."""
    thing = streets.things[finding.feature_id - THINGS]
    if finding.attribute == "hours":
        better = replace(thing, hours=None)
    else:
        known = {name: value for name, value in thing.known.items() if (finding.attribute, name) != ("kerb", "height")}
        better = replace(thing, known={**known, finding.attribute: CURES[finding.attribute]})
    streets.things[finding.feature_id - THINGS] = better
