"""The sections of a restriction extract: list, particulars, registered encumbrances, drawing with its legend."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from data.exports.documents import restriction_words as words
from data.exports.documents import wording
from data.exports.documents.flow import Box, Column, Flow
from data.exports.documents.paper import BODY, HEIGHT, LEFT, MM, SMALL, SPAN, STRONG, WIDTH, Draw, Type
from data.exports.documents.restriction_drawing import (
    SWATCH,
    Hatch,
    covers_all,
    restriction_drawing,
    restriction_height,
)
from data.exports.documents.saying import Saying

_PLAN_HEIGHT: Final = 160 * MM
_MARK: Final = Type(90, bold=True, color=Color(0.7, 0.15, 0.12, alpha=0.12))

Restriction = Mapping[str, Any]


def restriction_sheet(flow: Flow, content: Mapping[str, Any], say: Saying) -> None:
    """Write a restriction extract."""
    if content["draft"] is not None:
        flow.text(say(words.DRAFT.filled(name=content["draft"])), STRONG)
    flow.facts(_parcel(content["parcel"], say))
    flow.heading(say(words.SUMMARY))
    if not content["restrictions"]:
        flow.text(say(words.NONE))
    else:
        _summary(flow, content["restrictions"], say)
    for number, restriction in enumerate(content["restrictions"], 1):
        flow.heading(f"{number}. {named(restriction, say)}")
        flow.facts(_particulars(restriction, say))
    _registered(flow, content["registered"], say)
    _drawing(flow, content, say)
    if content["attribution"]:
        flow.text(say(wording.SOURCES.filled(named="; ".join(content["attribution"]))), SMALL)


def draft_mark(say: Saying) -> Draw:
    """Return the step that writes across a page that what it shows is a draft."""

    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(50)
        _MARK.put(canvas, 0, 0, say(words.DRAFT_MARK), "middle")
        canvas.restoreState()

    return draw


def _parcel(parcel: Mapping[str, Any], say: Saying) -> Iterator[tuple[str, str]]:
    yield say(words.COMPUTED), say.measure(parcel["computed_area"], "m2")
    if parcel["official_area"] is not None:
        yield say(words.OFFICIAL), say.measure(parcel["official_area"], "m2")
    if "address" in parcel:
        yield say(wording.ADDRESS), parcel["address"]


def named(restriction: Restriction, say: Saying) -> str:
    """Return what a restriction is called: its layer, its kind, its own name."""
    kind = restriction["kind"]
    parts = [restriction["title"][say.language], kind and kind["title"][say.language], restriction["name"]]
    return ": ".join(dict.fromkeys(str(part) for part in parts if part))


def _summary(flow: Flow, restrictions: Sequence[Restriction], say: Saying) -> None:
    columns = (
        Column(say(words.NUMBER), 6),
        Column(say(words.RESTRICTION), 62),
        Column(say(words.MEASURE), 20, "right"),
        Column(say(words.SHARE), 14, "right"),
    )
    flow.table(columns, (_row(number, each, say) for number, each in enumerate(restrictions, 1)))


def _row(number: int, restriction: Restriction, say: Saying) -> tuple[str, ...]:
    return str(number), named(restriction, say), measured(restriction, say), share(restriction, say)


def measured(restriction: Restriction, say: Saying) -> str:
    """Return how much of a restriction lies on the parcel: square metres, metres, or how many objects."""
    if restriction["measure"] == "count":
        return say(words.POINTS.filled(count=restriction["count"]))
    unit = {"area": "m2", "length": "m"}[restriction["measure"]]
    return say.measure(restriction[restriction["measure"]], unit)


def share(restriction: Restriction, say: Saying) -> str:
    """Return the share of the parcel in per cent; nothing for lines and points."""
    return "" if restriction.get("share") is None else say.number(100 * restriction["share"], 2)


def _particulars(restriction: Restriction, say: Saying) -> Iterator[tuple[str, str]]:
    of_parcel = share(restriction, say)
    yield say(words.MEASURE), measured(restriction, say) + (f" ({of_parcel} %)" if of_parcel else "")
    if restriction.get("official_area") is not None:
        yield say(words.OF_OFFICIAL), say.number(restriction["official_area"])
    until = f" – {say.day(restriction['until'])}" if restriction["until"] else ""
    yield say(words.TERM), say.day(restriction["since"]) + until
    yield say(words.ACT), act(restriction, say)
    if restriction["legal_basis"]:
        yield say(words.BASIS), restriction["legal_basis"]
    regime = restriction["regime"]
    if regime is not None:
        yield say(words.REGIME), regime[say.language] or next(text for text in regime.values() if text)
    if restriction["no_building"]:
        yield say(words.NO_BUILDING), say(words.FORBIDDEN)
    for value in (*restriction["limits"], *restriction["attributes"]):
        yield value["title"][say.language], value["text"][say.language]
    if remark(restriction, say):
        yield say(words.REMARK), remark(restriction, say)
    yield say(words.IDENTIFIER), f"{restriction['layer']} {restriction['id']}"


def remark(restriction: Restriction, say: Saying) -> str:
    """Return that the norm behind a restriction is unconfirmed; nothing where that is not so."""
    return say(words.UNCONFIRMED) if restriction.get("confirmed") is False else ""


def act(restriction: Restriction, say: Saying) -> str:
    """Return the act by which a restriction came in."""
    told = restriction["act"]
    if told is None:
        return say(words.DRAFTED)
    day = say.day(told["acceptance"])
    named_act = wording.SOURCE.filled(kind=told["title"][say.language], number=told["number"], day=day)
    return say(named_act)


def _registered(flow: Flow, registered: Sequence[Mapping[str, Any]], say: Saying) -> None:
    flow.heading(say(words.REGISTERED))
    if not registered:
        flow.text(say(words.NONE_REGISTERED))
        return
    for each in registered:
        term = say.day(each["since"]) + (f" – {say.day(each['until'])}" if each["until"] else "")
        flow.text(f"{each['title'][say.language]}, {term}")
    flow.text(say(words.SEE_EXTRACT), SMALL)


def _drawing(flow: Flow, content: Mapping[str, Any], say: Saying) -> None:
    flow.turn()
    flow.heading(say(words.PLAN))
    height = restriction_height(content["plan"], SPAN, _PLAN_HEIGHT)
    flow.drawing(height, lambda canvas, box: restriction_drawing(canvas, box, content, say))
    if content["restrictions"]:
        flow.heading(say(words.LEGEND))
    for number, restriction in enumerate(content["restrictions"]):
        _legend(flow, number, restriction, say)


def _legend(flow: Flow, number: int, restriction: Restriction, say: Saying) -> None:
    room = SPAN - SWATCH.width - 3 * MM
    whole = covers_all(restriction)
    title = f"{number + 1}. {named(restriction, say)}" + (f" ({say(words.WHOLE)})" if whole else "")
    for index, line in enumerate(BODY.lines(title, room)):
        flow.need(BODY.leading + 2)
        flow.y -= BODY.leading
        base = flow.y + 0.3 * BODY.size
        if index == 0 and not whole:
            box = Box(LEFT, base - 1, SWATCH.width, SWATCH.height)
            flow.draw(partial(_swatch, Hatch.nth(number), box, restriction["measure"]))
        flow.draw(partial(_line, LEFT + SWATCH.width + 3 * MM, base, line))
    flow.space(2)


def _swatch(hatch: Hatch, box: Box, measure: str, canvas: Canvas) -> None:
    hatch.swatch(canvas, box, measure)


def _line(x: float, y: float, text: str, canvas: Canvas) -> None:
    BODY.put(canvas, x, y, text)
