"""From content to PDF: one document in one language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from reportlab.pdfgen.canvas import Canvas

from cadastres.address.model import ADDRESS
from cadastres.land.model import PARCEL
from cadastres.real_estate.model import BUILDING
from cadastres.real_estate.nomenclature import word
from data.exports.documents import wording
from data.exports.documents.flow import Flow
from data.exports.documents.paper import (
    BODY,
    FOOT,
    LEFT,
    RIGHT,
    SMALL,
    SPAN,
    STRONG,
    TITLE,
    TOP,
    Draw,
    printed,
)
from data.exports.documents.restriction_sheet import draft_mark, restriction_sheet
from data.exports.documents.restriction_words import DRAFT_NOTE
from data.exports.documents.saying import Saying
from data.exports.documents.sections import floor_plan, object_section, parcel_section, premises_list, rights_section
from data.exports.documents.square_code import CODE_SIDE, square_code
from gis.profile import CityProfile
from gis.text import Language, Text

_GAP: Final = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """What a printed document has besides its content.

    Attributes:
        number: of the document, as its reader is told.
        link: what the square code says: where the document can be verified; empty where it is none.
        salt: a random value kept in the file, so that nobody proves a guess at what it tells by making it anew and
            comparing hashes; a document that tells of no person needs none.
    """

    language: Language
    number: str
    link: str
    profile: CityProfile
    salt: str = ""


def render(content: Mapping[str, Any], rendering: Rendering) -> bytes:
    """Return a document as PDF; the same content and rendering give the same bytes.

    Args:
        content: as :mod:`cadastres.real_estate.passport` or :mod:`cadastres.real_estate.holdings` gathers it.
        rendering: language, number, link.
    """
    say = Saying(rendering.language, rendering.profile)
    flow = Flow()
    title = say(_title(content))
    _head(flow, title, rendering)
    flow.facts(_about(content, say, rendering))
    _BODIES[content["document"]](flow, content, say)
    _closing(flow, content, say)
    mark = [draft_mark(say)] if content.get("draft") else []
    pages = [[*page, *mark, _foot(say, rendering.number, i + 1, len(flow.pages))] for i, page in enumerate(flow.pages)]
    return printed(pages, title=f"{title} {rendering.number}", language=rendering.language, salt=rendering.salt)


def _title(content: Mapping[str, Any]) -> Text:
    document = content["document"]
    return wording.TITLES[f"absence.{content['absent']}" if document == "absence" else document]


def _head(flow: Flow, title: str, rendering: Rendering) -> None:
    """Write the title, and the square code beside it, if there is anything to verify."""
    if rendering.link:
        flow.draw(partial(square_code, rendering.link))
        label = wording.SCAN.in_language(rendering.language)
        flow.draw(lambda canvas: SMALL.put(canvas, RIGHT - CODE_SIDE / 2, TOP - CODE_SIDE - 8, label, "middle"))
    flow.text(title, TITLE, SPAN - CODE_SIDE - _GAP)
    flow.text(rendering.profile.name.in_language(rendering.language), BODY, SPAN - CODE_SIDE - _GAP)
    flow.y = min(flow.y, TOP - CODE_SIDE - 8) - _GAP


def _about(content: Mapping[str, Any], say: Saying, rendering: Rendering) -> Iterable[tuple[str, str]]:
    as_of = content["as_of"]
    if rendering.link:
        yield say(wording.DOCUMENT), rendering.number
    yield say(wording.AS_OF_DAY), say.day(as_of["day"])
    yield say(wording.RECORDED), say.moment(as_of["recorded"])
    yield say(wording.DISCLOSURE), say(wording.DISCLOSURES[content["disclosure"]])
    if "subject" in content:
        subject = content["subject"]
        yield say(wording.SUBJECT), f"{say(word('object_kind', subject['kind']))} {subject['spelled']}"


def _passport(flow: Flow, content: Mapping[str, Any], say: Saying) -> None:
    for piece in content["objects"]:
        object_section(flow, piece, say)
    rights_section(flow, content, say)
    premises_list(flow, content["premises"], say)
    for plan in content["plans"]:
        parcel_section(flow, plan, content, say)
    for plan in content["floor_plans"]:
        floor_plan(flow, plan, say)


def _extract(flow: Flow, content: Mapping[str, Any], say: Saying) -> None:
    for piece in content["objects"]:
        object_section(flow, piece, say)
    rights_section(flow, content, say)


def _absence(flow: Flow, content: Mapping[str, Any], say: Saying) -> None:
    day, number = say.day(content["as_of"]["day"]), content["subject"]["spelled"]
    flow.space(_GAP)
    flow.text(say(wording.CERTIFIED[content["absent"]].filled(day=day, number=number)), STRONG)
    for piece in content["objects"]:
        object_section(flow, piece, say)


def _no_holdings(flow: Flow, content: Mapping[str, Any], say: Saying) -> None:
    flow.space(_GAP)
    flow.text(say(wording.CERTIFIED["holdings"].filled(day=say.day(content["as_of"]["day"]))), STRONG)
    flow.heading(say(wording.PARTY))
    flow.text(say.party(content["party"]))


_BODIES: Final = {
    "passport": _passport,
    "extract": _extract,
    "absence": _absence,
    "holdings.absence": _no_holdings,
    "restrictions": restriction_sheet,
}


def _closing(flow: Flow, content: Mapping[str, Any], say: Saying) -> None:
    flow.space(_GAP)
    flow.text(say(DRAFT_NOTE if content.get("draft") else wording.VERIFY), SMALL)
    kinds = {piece["kind"] for piece in content.get("objects", ())}
    shown = [layer for layer in (PARCEL, BUILDING, ADDRESS) if layer.table in kinds or layer is ADDRESS]
    named = dict.fromkeys(name for layer in shown for name in layer.attribution)
    if kinds and named:
        flow.text(say(wording.SOURCES.filled(named="; ".join(named))), SMALL)


def _foot(say: Saying, number: str, page: int, pages: int) -> Draw:
    def draw(canvas: Canvas) -> None:
        SMALL.put(canvas, LEFT, FOOT - 14, number)
        SMALL.put(canvas, RIGHT, FOOT - 14, say(wording.PAGE.filled(page=page, pages=pages)), "right")

    return draw
