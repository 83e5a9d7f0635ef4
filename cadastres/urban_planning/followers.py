"""What must follow in the urban-planning cadastre: a plan's zones and lines go through its steps, and end, with it."""

from collections.abc import Iterator
from typing import Final

from cadastres.urban_planning.line_model import REGULATION_LINE
from cadastres.urban_planning.plan_model import SPATIAL_PLAN, STEP_FIELD, ZONING_ELEMENT
from gis.act import Case, Follower, Needs, Outcome
from gis.profile import CityProfile
from gis.record import Timeline, Version, Write, rewritten

_PARTS: Final = (ZONING_ELEMENT.name, REGULATION_LINE.name)


def _needs(outcome: Outcome, profile: CityProfile) -> Needs:  # noqa: ARG001 - part of the protocol
    """Ask for the zones and lines of the plans that the act writes, and for the plans of those that it writes."""
    plans = {w.feature_id for w in outcome.writes if w.layer == SPATIAL_PLAN.name and w.feature_id > 0}
    named = {w.attributes.get("plan_id") for w in outcome.writes if w.layer in _PARTS}
    related = tuple((layer, "plan_id", plan) for layer in _PARTS for plan in sorted(plans))
    known = frozenset(i for i in named if i is not None and i > 0)
    written = {name: frozenset(w.feature_id for w in outcome.writes if w.layer == name) for name in _PARTS}
    own = {name: frozenset(i for i in ids if i > 0) for name, ids in written.items()}
    return Needs(features={SPATIAL_PLAN.name: known | plans, **own}, related=related)


def _follow(case: Case, outcome: Outcome) -> Outcome:
    plans: dict[int, Timeline] = {}
    found: list[Write] = []
    for layer in _PARTS:
        for feature_id in _known(case, outcome, layer):
            for version in _after(case, outcome, layer, feature_id):
                plan = version.attributes.get("plan_id")
                if plan is not None and not version.abolished:
                    told = plans.setdefault(plan, _after(case, outcome, SPATIAL_PLAN.name, plan))
                    found += _brought_along(layer, version, told)
    return Outcome(tuple(found))


def _brought_along(layer: str, version: Version, plan: Timeline) -> Iterator[Write]:
    """Yield a part of a plan for the spans in which it is not at the plan's step, or outlives the plan."""
    for piece in plan:
        span = version.valid.intersection(piece.valid)
        step = piece.attributes[STEP_FIELD]
        if span is not None and (piece.abolished or version.attributes[STEP_FIELD] != step):
            said = {**version.attributes, STEP_FIELD: step}
            yield Write(layer, version.feature_id, span, version.geometry, said, abolished=piece.abolished)


def _known(case: Case, outcome: Outcome, layer: str) -> list[int]:
    written = {w.feature_id for w in outcome.writes if w.layer == layer}
    return sorted(written | set(case.timelines.get(layer, {})))


def _after(case: Case, outcome: Outcome, layer: str, feature_id: int) -> Timeline:
    """Return a feature's timeline as it stands after what the act does so far."""
    timeline = case.timeline(layer, feature_id)
    for write in outcome.writes:
        if (write.layer, write.feature_id) == (layer, feature_id):
            timeline = rewritten(timeline, write)
    return timeline


PARTS_FOLLOW_PLAN: Final = Follower(
    id="urban_planning.plan.parts-follow",
    watches=frozenset({SPATIAL_PLAN.name, *_PARTS}),
    needs=_needs,
    follow=_follow,
)
"""Keeps the step of a plan's zones and lines that of the plan, and ends them with it."""

FOLLOWERS: Final = (PARTS_FOLLOW_PLAN,)
"""Every follower of plans."""
