"""Reading construction: an object with its schedule, contracts and funds on any date; persons for those who may."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from api.drafts.asked import InDraft, kept
from api.land.reading import Known, Valid
from api.ogc.request import only
from api.problems import language_of
from api.tokens import CONFIDENTIAL, Confidant, confidant
from api.urban_planning.works_reading import Sight, persons, plain, row, sight
from api.violations import on_globe
from cadastres.urban_planning.construction_funds import Account, account, report
from cadastres.urban_planning.construction_model import (
    CONSTRUCTION_OBJECT,
    CONSTRUCTION_PARTY,
    CONSTRUCTION_STAGE,
    EQUITY_CONTRACT,
    EQUITY_HOLDER,
    FUND_PLAN,
    FUND_USE,
)
from cadastres.urban_planning.construction_progress import Stage, progress
from gis.errors import BadRequest
from gis.record import Version
from gis.text import Language, Text

router = APIRouter()

FeatureId = Annotated[int, Path(ge=1, le=2**62)]
Asker = Annotated[Confidant, Depends(confidant)]


@router.get("/construction/{construction}")
def construction_object(
    request: Request,
    construction: FeatureId,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """An object on a date: its state, its progress against the schedule, its contracts and funds; nobody's name."""
    with sight(request, valid, recorded_at, draft) as seen:
        built, tag = seen.one(CONSTRUCTION_OBJECT, construction)
        stages = seen.of(CONSTRUCTION_STAGE, [construction], "object_id")
        contracts = seen.of(EQUITY_CONTRACT, [construction], "object_id")
        funds = _account(seen, construction, contracts)
    content = {
        "type": "Feature",
        "id": construction,
        "geometry": on_globe(built.geometry, seen.register.profile.system),
        "properties": row(built),
        "progress": _progress(stages, seen),
        "stages": [_stage(stage, seen, language_of(request)) for stage in stages],
        "contracts": [row(contract, "object_id") for contract in contracts],
        "funds": _told(funds),
        "links": _links(request, construction, built),
    }
    return JSONResponse(content, media_type="application/geo+json", headers={"ETag": tag})


def _progress(stages: list[Version], seen: Sight) -> dict[str, Any] | None:
    found = progress([Stage.of(stage) for stage in stages], seen.day)
    if found is None:
        return None
    return {
        "date": plain(seen.day),
        "planned_percent": round(found.planned, 2),
        "actual_percent": round(found.actual, 2),
        "ahead_percent": round(found.percent, 2),
        "ahead_days": found.days,
    }


def _stage(stage: Version, seen: Sight, language: Language) -> dict[str, Any]:
    titles = seen.register.profile.classifier("construction_stage")
    told = Stage.of(stage)
    found = progress([told], seen.day)
    title = titles.entry(told.code).title.in_language(language)
    ahead = {} if found is None else {"planned_percent": round(found.planned, 2), "ahead_days": found.days}
    return {**row(stage, "object_id"), "title": title, **ahead}


def _account(seen: Sight, construction: int, contracts: list[Version]) -> Account:
    plan, use = (seen.of(layer, [construction], "object_id") for layer in (FUND_PLAN, FUND_USE))
    return account(seen.day, contracts, plan, use)


def _told(funds: Account) -> dict[str, Any]:
    names = ("article", "planned", "planned_to_date", "used", "over")
    return {
        "date": plain(funds.day),
        "due": funds.due,
        "received": funds.received,
        "used": funds.used,
        "balance": funds.balance,
        "articles": [{name: getattr(line, name) for name in names} for line in funds.lines],
    }


def _links(request: Request, construction: int, built: Version) -> list[dict[str, str]]:
    own = f"/urban-planning/construction/{construction}"
    item = f"/ogc/collections/{CONSTRUCTION_OBJECT.name}/items/{construction}"
    parcel = built.attributes["parcel_number"]
    return [
        {"rel": "self", "type": "application/geo+json", "href": kept(request, own)},
        {"rel": "canonical", "type": "application/geo+json", "href": kept(request, item)},
        {"rel": "version-history", "type": "application/json", "href": f"{item}/versions"},
        {"rel": "funds", "type": "text/plain", "href": kept(request, f"{own}/funds")},
        {"rel": "restrictions", "type": "application/json", "href": kept(request, f"/restrictions/parcels/{parcel}")},
    ]


@router.get("/construction/{construction}/funds")
def construction_funds(
    request: Request,
    construction: FeatureId,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """Use of equity holders' money against its plan on a date: as a text, or as JSON with ``f=json``."""
    with sight(request, valid, recorded_at, draft, "f") as seen:
        built, _ = seen.one(CONSTRUCTION_OBJECT, construction)
        contracts = seen.of(EQUITY_CONTRACT, [construction], "object_id")
        funds = _account(seen, construction, contracts)
    form = request.query_params.get("f", "text")
    if form == "json":
        return JSONResponse(_told(funds))
    if form != "text":
        raise BadRequest(_NO_FORM.filled(form=form[:40]), parameter="f")
    language = language_of(request)
    return PlainTextResponse(report(_name(built, language), funds, seen.register.profile, language))


def _name(built: Version, language: Language) -> str:
    """Return what an object is called: its name in a language, else any name, else its purpose and its parcel."""
    said: Mapping[str, Any] = built.attributes
    names = [said[name] for name in (f"name_{language}", "name", "name_kk", "name_ru", "name_en") if said[name]]
    purpose = said["purpose_kk" if language == "kk" else "purpose_ru"]
    return str(names[0]) if names else f"{purpose}, {said['parcel_number']}"


@router.get("/equity-contracts/{contract}")
def equity_contract(
    request: Request,
    contract: FeatureId,
    valid: Valid = None,
    recorded_at: Known = None,
    draft: InDraft = None,
) -> Response:
    """A contract on a date, without its holder."""
    with sight(request, valid, recorded_at, draft) as seen:
        found, tag = seen.one(EQUITY_CONTRACT, contract)
    return JSONResponse(row(found), headers={"ETag": tag})


@router.post("/equity-contracts/{contract}/holder")
def contract_holder(request: Request, contract: FeatureId, asker: Asker) -> Response:
    """Who holds a contract today; for those who may, with a reason (``?reason=``), logged."""
    only(request, ("reason",))
    found = persons(asker, EQUITY_HOLDER, "contract_id", EQUITY_CONTRACT, contract)
    return JSONResponse({"holders": found}, headers=CONFIDENTIAL)


@router.post("/construction/{construction}/persons")
def builders(request: Request, construction: FeatureId, asker: Asker) -> Response:
    """The persons who develop or build an object today; for those who may, with a reason, logged."""
    only(request, ("reason",))
    found = persons(asker, CONSTRUCTION_PARTY, "object_id", CONSTRUCTION_OBJECT, construction)
    return JSONResponse({"persons": found}, headers=CONFIDENTIAL)


_NO_FORM = Text(
    kk="f=«{form}» түрі жоқ; мыналар бар: text, json.",
    ru="Вида f=«{form}» нет; есть: text, json.",
    en="There is no form f='{form}'; there are: text, json.",
)
