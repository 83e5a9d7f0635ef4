"""Reading plans: one as it was on any date, with its zones, lines and what they come to in figures."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from api.drafts.asked import PARAMETER, InDraft, kept
from api.drafts.sight import feature_at
from api.land.desk import etag
from api.land.reading import Known, Valid
from api.moments import parse_moment, told
from api.ogc.request import only
from api.problems import language_of
from cadastres.urban_planning.line_model import REGULATION_LINE
from cadastres.urban_planning.plan_model import SPATIAL_PLAN, ZONING_ELEMENT
from cadastres.urban_planning.plan_summary import PlanSummary, summary
from gis import store
from gis.draft import Overlay
from gis.errors import Gone, NotFound
from gis.instant import Instant, read_head, settle
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Language, Text

router = APIRouter()


@router.get("/plans/{plan}")
def plan_in_figures(
    request: Request,
    plan: Annotated[int, Path(ge=1, le=2**62)],
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """A plan as it was on a date: territory, step, zones with their shares of it, what is built on them, lines."""
    only(request, ("datetime", "recorded-at", PARAMETER))
    register: Register = request.app.state.register
    with register.reading() as connection:
        reading = settle(instant_of(register, valid, recorded_at, draft), read_head(connection))
        tokens = store.tokens(connection, SPATIAL_PLAN, [plan], draft)
        feature = feature_at(connection, SPATIAL_PLAN, plan, reading) if plan in tokens else None
        found = None if feature is None else summary(connection, reading, plan)
    if feature is None or found is None:
        facts = {"id": plan, "day": told(reading.valid, register.profile)}
        raise Gone(_GONE.filled(**facts), feature_id=plan) if plan in tokens else NotFound(_NO_PLAN.filled(id=plan))
    feature |= _figures(found, register.profile, language_of(request))
    feature["links"] = _links(request, plan)
    headers = {"ETag": etag(plan, tokens[plan])}
    return JSONResponse(feature, media_type="application/geo+json", headers=headers)


def instant_of(register: Register, valid: str | None, recorded_at: str | None, draft: Overlay | None) -> Instant:
    """Return the instant that a request names by ``datetime``, ``recorded-at`` and ``draft``."""
    moment = None if valid is None else parse_moment("datetime", valid, register.profile)
    known = None if recorded_at is None else parse_moment("recorded-at", recorded_at, register.profile)
    return Instant(moment, known, draft)


def titled(profile: CityProfile, classifier: str, code: str, language: Language) -> str:
    """Return the title of a code in a language."""
    return profile.classifier(classifier).entry(code).title.in_language(language)


def _figures(found: PlanSummary, profile: CityProfile, language: Language) -> dict[str, Any]:
    kinds = [_share(row, found.area) for row in found.by_kind()]
    return {
        "statistics": {
            "area": round(found.area, 2),
            "unzoned_area": round(found.unzoned, 2),
            "by_functional_zone": _with_titles(kinds, "functional_zone", profile, language),
        },
        "zones": _with_titles((_share(row, found.area) for row in found.zones), "functional_zone", profile, language),
        "lines": _with_titles((_measured(row) for row in found.lines), "line_kind", profile, language),
        "lower_plans": [dict(row) for row in found.lower],
    }


def _share(row: Mapping[str, Any], territory: float) -> dict[str, Any]:
    """Return a zone, or a kind of zones, with its share of the territory and the share of it that is built on."""
    area, built = row["area"], row["built"]
    said = {name: value for name, value in row.items() if value is not None}
    return {
        **said,
        "area": round(area, 2),
        "share": area / territory,
        "built": round(built, 2),
        "coverage": built / area,
    }


def _measured(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "length": round(row["length"], 2)}


_CLASSIFIERS = {"functional_zone": "functional_zone", "line_kind": "regulation_line_kind"}


def _with_titles(
    rows: Iterable[Mapping[str, Any]], name: str, profile: CityProfile, language: Language
) -> list[dict[str, Any]]:
    return [{**row, "title": titled(profile, _CLASSIFIERS[name], row[name], language)} for row in rows]


def _links(request: Request, plan: int) -> list[dict[str, str]]:
    items = "/ogc/collections/{layer}/items"
    own = f"{items.format(layer=SPATIAL_PLAN.name)}/{plan}"
    parts = {"zones": ZONING_ELEMENT.name, "lines": REGULATION_LINE.name}
    return [
        {"rel": "self", "type": "application/geo+json", "href": kept(request, f"/urban-planning/plans/{plan}")},
        {"rel": "canonical", "type": "application/geo+json", "href": kept(request, own)},
        {"rel": "version-history", "type": "application/json", "href": f"{own}/versions"},
        *(
            {
                "rel": rel,
                "type": "application/geo+json",
                "href": kept(request, f"{items.format(layer=layer)}?plan_id={plan}"),
            }
            for rel, layer in parts.items()
        ),
    ]


_GONE = Text(
    kk="{id} жоспары {day} жағдайы бойынша тізілімде күшінде емес; datetime параметрімен басқа күнді беріңіз.",
    ru="План {id} на {day} в регистре не действует; задайте параметром datetime другую дату.",
    en="Plan {id} is not in the register at {day}; give another date by the parameter datetime.",
)
_NO_PLAN = Text(
    kk="{id} жоспары ешқашан тіркелмеген.",
    ru="План {id} никогда не регистрировался.",
    en="No plan {id} was ever registered.",
)
