"""How drafts are told: a draft, its edits, what it would change, and what stands in its way."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from shapely.geometry.base import BaseGeometry

from api.drafts.asked import spelled
from api.violations import on_globe
from gis.draft import Draft
from gis.draft_compare import Comparison, Total
from gis.draft_life import Step
from gis.draft_merge import Clash
from gis.draft_rebase import Conflicting
from gis.layer import Layers
from gis.profile import CityProfile
from gis.record import Period
from gis.text import Language

Json = dict[str, Any]

_PARTS: Final = ("steps", "comparison", "check", "conflicts")
_OPEN_PARTS: Final = ("comparison",)
"""What a link opens; the other parts are for the office."""


def draft_document(draft: Draft, reference: str, profile: CityProfile, layers: Layers) -> Json:
    """Return a draft; ``reference`` is the name or the link by which it was asked for, and by which its parts are."""
    here = f"/drafts/{reference}"
    parts = _OPEN_PARTS if "." in reference else _PARTS
    return {
        "name": draft.name,
        "title": draft.title,
        "purpose": draft.purpose,
        "state": draft.state,
        "changeset": draft.changeset,
        "created": draft.created.astimezone(profile.zone).isoformat(timespec="seconds"),
        "valid_from": profile.legal_day(draft.valid_from).isoformat(),
        "base": draft.base,
        "revision": draft.revision,
        "layers": [name for name in draft.layers if layers[name].public],
        "href": here,
        "links": [{"rel": part, "type": "application/json", "href": f"{here}/{part}"} for part in parts],
    }


def step_document(step: Step, profile: CityProfile) -> Json:
    """Return an edit and who made it, which only the office is told."""
    return {
        "revision": step.revision,
        "at": step.at.astimezone(profile.zone).isoformat(timespec="seconds"),
        "actor": step.actor,
        "role": step.role,
        "verb": step.verb,
        "reason": step.reason,
        "valid_from": profile.legal_day(step.valid_from).isoformat(),
        "features": list(step.features),
        "reverted": list(step.reverted),
    }


def total_document(total: Total, layers: Layers, language: Language) -> Json:
    """Return what a draft does to a layer, in figures."""
    layer = layers[total.layer]
    sizes = {1: "length", 2: "area"}.get(layer.geometry.dimension)
    measured = {} if sizes is None else {sizes: _sizes(total.size_before, total.size_after)}
    return {
        "layer": total.layer,
        "title": layer.title.in_language(language),
        "created": total.created,
        "changed": total.changed,
        "retired": total.retired,
        **measured,
    }


def _sizes(before: float | None, after: float | None) -> Json:
    grown = (after or 0.0) - (before or 0.0)
    return {"before": _rounded(before), "after": _rounded(after), "difference": _rounded(grown)}


def _rounded(size: float | None) -> float | None:
    return None if size is None else round(size, 3)


def comparison_document(found: Comparison, layers: Layers, profile: CityProfile) -> Json:
    """Return what a draft proposes for a feature over a span of time, with both versions."""
    layer = layers[found.layer]
    sizes = {1: "length", 2: "area"}.get(layer.geometry.dimension)
    measured: Json = {} if sizes is None else {sizes: _sizes(found.size_before, found.size_after)}
    if found.unlike is not None:
        measured["unlike"] = _rounded(found.unlike)
    return {
        "layer": found.layer,
        "id": found.feature_id,
        "kind": found.kind,
        "valid": _span(found.valid, profile),
        "changed": list(found.changed),
        **measured,
        "before": _parsed(found.before),
        "after": _parsed(found.after),
    }


def comparison_features(found: Iterable[Comparison]) -> Json:
    """Return the geometries of a comparison as one collection: of each change what was, what would be, what differs."""
    return {"type": "FeatureCollection", "features": [each for one in found for each in _pictured(one)]}


def _pictured(found: Comparison) -> Iterable[Json]:
    facts = {"layer": found.layer, "id": found.feature_id, "kind": found.kind}
    for state, text in (("before", found.before), ("after", found.after)):
        if text is not None:
            feature = json.loads(text)
            yield _feature(feature["geometry"], {**feature["properties"], **facts, "state": state})
    if found.difference is not None:
        yield _feature(json.loads(found.difference), {**facts, "state": "difference", "area": _rounded(found.unlike)})


def _feature(geometry: Any, properties: Json) -> Json:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def conflict_documents(found: Sequence[Conflicting], profile: CityProfile) -> list[Json]:
    """Return what stands between a draft and the register, feature by feature, attribute by attribute."""
    return [_conflict(each, profile) for each in found]


def _conflict(found: Conflicting, profile: CityProfile) -> Json:
    number = {} if found.number is None else {"number": found.number, "issued_to": found.other}
    return {
        "layer": found.layer,
        "id": found.feature_id,
        "kind": found.kind,
        "token": spelled(found.token),
        "current": spelled(found.current),
        "merges": found.kind != "number" and not found.clashes,
        **number,
        "clashes": [_clash(each, profile) for each in found.clashes],
    }


def _clash(clash: Clash, profile: CityProfile) -> Json:
    sides = {"base": clash.base, "register": clash.register, "draft": clash.draft}
    told = {side: _value(value, profile) for side, value in sides.items()}
    return {"attribute": clash.attribute, "valid": _span(clash.valid, profile), **told}


def _value(value: Any, profile: CityProfile) -> Any:
    if isinstance(value, BaseGeometry):
        return None if value.is_empty else on_globe(value, profile.system)
    return value.isoformat() if isinstance(value, date) else value


def _span(span: Period, profile: CityProfile) -> Json:
    start, end = (None if m is None else m.astimezone(profile.zone).isoformat() for m in (span.start, span.end))
    return {"from": start, "to": end}


def _parsed(feature: str | None) -> Any:
    return None if feature is None else json.loads(feature)
