"""History over HTTP: a feature's versions, the difference between two points of either axis, the changesets."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from api.drafts.asked import PARAMETER, InDraft, overlay_named
from api.moments import parse_moment
from api.ogc.request import COMMON, only
from gis import history
from gis.errors import NotFound
from gis.instant import Instant, Reading, read_head, settle
from gis.layer import Layers
from gis.register import Register
from gis.text import Text

router = APIRouter()

_MOST_ID = 2**62
_POINTS = ("from-datetime", "to-datetime", "from-recorded-at", "to-recorded-at", "from-draft", PARAMETER)


@router.get("/ogc/collections/{layer}/items/{feature_id}/versions", tags=["history"])
def versions(request: Request, layer: str, feature_id: Annotated[int, Path(ge=1, le=_MOST_ID)]) -> Response:
    """All versions of a feature that the register had recorded by ``recorded-at``, on both axes."""
    only(request, ("recorded-at", *COMMON))
    register: Register = request.app.state.register
    instant = Instant(None, _moment(request, "recorded-at"))
    with register.reading() as connection:
        reading = settle(instant, read_head(connection))
        found = history.feature_versions(connection, register.layers.public[layer], feature_id, reading.recorded)
    if not found:
        raise NotFound(_NEVER.filled(layer=layer, id=feature_id), layer=layer, feature_id=feature_id)
    listed = [{**version, "feature": _parsed(version["feature"])} for version in found]
    return _json({"layer": layer, "feature_id": feature_id, "recorded_at": reading.recorded, "versions": listed})


@router.get("/ogc/collections/{layer}/changes", tags=["history"])
def changes(
    request: Request,
    layer: str,
    after: Annotated[int, Query(ge=0, le=_MOST_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    from_draft: Annotated[
        str | None, Query(alias="from-draft", max_length=200, description="A draft laid over the earlier point.")
    ] = None,
    draft: InDraft = None,
) -> Response:
    """What differs in a layer between two points of either axis: created, changed (and in what), retired.

    A draft lies over the later point, so that it is told what it changes; another over the earlier, so that two drafts
    are told apart.
    """
    only(request, (*_POINTS, "after", "limit", *COMMON))
    register: Register = request.app.state.register
    under = overlay_named(request, from_draft)
    earlier = Instant(_moment(request, "from-datetime"), _moment(request, "from-recorded-at"), under)
    later = Instant(_moment(request, "to-datetime"), _moment(request, "to-recorded-at"), draft)
    with register.reading() as connection:
        head = read_head(connection)
        before, now = settle(earlier, head), settle(later, head)
        found = history.diff(connection, register.layers.public[layer], before, now, after=after, limit=limit)
    return _json(
        {
            "layer": layer,
            "from": _point(before),
            "to": _point(now),
            "differences": [_difference(d) for d in found],
            "next_after": found[-1].feature_id if len(found) == limit else None,
        }
    )


def _point(reading: Reading) -> dict[str, Any]:
    overlay = reading.overlay
    drafted = {} if overlay is None else {"draft": overlay.name, "revision": overlay.revision}
    return {"datetime": reading.valid, "recorded_at": reading.recorded, **drafted}


def _difference(found: history.Difference) -> dict[str, Any]:
    return {
        "feature_id": found.feature_id,
        "kind": found.kind,
        "changed": found.changed,
        "before": _parsed(found.before),
        "after": _parsed(found.after),
    }


@router.get("/changesets", tags=["history"])
def changesets(
    request: Request,
    after: Annotated[int, Query(ge=0, le=_MOST_ID)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """The register's acts in the order in which they were recorded."""
    only(request, ("after", "limit", *COMMON))
    register: Register = request.app.state.register
    with register.reading() as connection:
        found = history.changesets(connection, after=after, limit=limit)
        return _json({"changesets": [_public(one, register.layers) for one in found]})


@router.get("/changesets/{number}", tags=["history"])
def changeset(request: Request, number: Annotated[int, Path(ge=1, le=_MOST_ID)]) -> Response:
    """One act: its source, and every version that it opened or closed."""
    only(request, COMMON)
    register: Register = request.app.state.register
    with register.reading() as connection:
        found = list(history.changesets(connection, after=number - 1, limit=1))
        if not found or found[0]["number"] != number:
            raise NotFound(_NO_CHANGESET.filled(number=number), number=number)
        changes = history.changed_features(connection, number, _withheld(register.layers))
        return _json({**_public(found[0], register.layers), "changes": changes})


def _public(changeset: Mapping[str, Any], layers: Layers) -> dict[str, Any]:
    """Return a changeset without the names of layers that the public doesn't read."""
    withheld = _withheld(layers)
    return {**changeset, "layers": [name for name in changeset["layers"] if name not in withheld]}


def _withheld(layers: Layers) -> set[str]:
    return set(layers) - set(layers.public)


def _moment(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    return None if text is None else parse_moment(name, text, request.app.state.register.profile)


def _parsed(feature: str | None) -> Any:
    return None if feature is None else json.loads(feature)


def _json(content: Mapping[str, Any]) -> JSONResponse:
    return JSONResponse(json.loads(json.dumps(content, default=_plain)))


def _plain(value: object) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_NEVER = Text(
    kk="{layer} қабатында {id} нысаны ешқашан тіркелмеген.",
    ru="В слое {layer} объект {id} никогда не регистрировался.",
    en="Feature {id} was never registered in {layer}.",
)
_NO_CHANGESET = Text(
    kk="{number} өзгерістер жинағы жоқ.", ru="Набора изменений {number} нет.", en="There is no changeset {number}."
)
