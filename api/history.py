"""History over HTTP: a feature's versions, the difference between two points of either axis, the changesets."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from gis import history
from gis.errors import NotFound
from gis.instant import Instant, read_head, settle
from gis.register import Register
from gis.text import Text

router = APIRouter()


@router.get("/ogc/collections/{layer}/items/{feature_id}/versions", tags=["history"])
def versions(
    request: Request,
    layer: str,
    feature_id: int,
    recorded_at: Annotated[datetime | None, Query(alias="recorded-at")] = None,
) -> Response:
    """All versions of a feature that the register had recorded by an instant, on both axes, with who closed what."""
    register: Register = request.app.state.register
    with register.reading() as connection:
        reading = settle(Instant(None, recorded_at), read_head(connection))
        found = history.feature_versions(connection, register.layers[layer], feature_id, reading.recorded)
    if not found:
        raise NotFound(_NEVER.filled(layer=layer, id=feature_id), layer=layer, feature_id=feature_id)
    listed = [{**version, "feature": _parsed(version["feature"])} for version in found]
    return _json({"layer": layer, "feature_id": feature_id, "recorded_at": reading.recorded, "versions": listed})


@router.get("/ogc/collections/{layer}/changes", tags=["history"])
def changes(
    request: Request,
    layer: str,
    earlier: Annotated[
        datetime | None, Query(alias="from-datetime", description="Valid time of the earlier look.")
    ] = None,
    later: Annotated[datetime | None, Query(alias="to-datetime", description="Valid time of the later look.")] = None,
    known_earlier: Annotated[datetime | None, Query(alias="from-recorded-at")] = None,
    known_later: Annotated[datetime | None, Query(alias="to-recorded-at")] = None,
    after: Annotated[int, Query(ge=0, description="Feature id after which to go on.")] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Response:
    """What differs in a layer between two points of either axis: created, changed (and in what), retired."""
    register: Register = request.app.state.register
    with register.reading() as connection:
        head = read_head(connection)
        before, now = settle(Instant(earlier, known_earlier), head), settle(Instant(later, known_later), head)
        found = history.diff(connection, register.layers[layer], before, now, after=after, limit=limit)
    page = [
        {
            "feature_id": d.feature_id,
            "kind": d.kind,
            "changed": d.changed,
            "before": _parsed(d.before),
            "after": _parsed(d.after),
        }
        for d in found
    ]
    following = found[-1].feature_id if len(found) == limit else None
    return _json(
        {
            "layer": layer,
            "from": {"datetime": before.valid, "recorded_at": before.recorded},
            "to": {"datetime": now.valid, "recorded_at": now.recorded},
            "differences": page,
            "next_after": following,
        }
    )


@router.get("/changesets", tags=["history"])
def changesets(
    request: Request, after: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> Response:
    """The register's acts in the order in which they were recorded."""
    register: Register = request.app.state.register
    with register.reading() as connection:
        return _json({"changesets": list(history.changesets(connection, after=after, limit=limit))})


@router.get("/changesets/{number}", tags=["history"])
def changeset(request: Request, number: int) -> Response:
    """One act: its source, and every version that it opened or closed."""
    register: Register = request.app.state.register
    with register.reading() as connection:
        found = list(history.changesets(connection, after=number - 1, limit=1))
        if not found or found[0]["number"] != number:
            raise NotFound(_NO_CHANGESET.filled(number=number), number=number)
        return _json({**found[0], "changes": history.changed_features(connection, number)})


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
