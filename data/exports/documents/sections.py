"""Sections of documents: an object's particulars, rights, a parcel's plan with its coordinates, a floor plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from cadastres.real_estate.model import PREMISES, ROOM
from cadastres.real_estate.nomenclature import word
from cadastres.real_estate.subject import KINDS
from data.exports.documents import wording
from data.exports.documents.floor_drawing import floor_drawing, floor_height
from data.exports.documents.flow import Column, Flow
from data.exports.documents.paper import BODY, MM, SMALL, SPAN
from data.exports.documents.parcel_drawing import parcel_drawing, parcel_height
from data.exports.documents.saying import Saying
from gis.layer import Layer

_PLAN_HEIGHT: Final = 190 * MM
_FLOOR_HEIGHT: Final = 120 * MM
_TONGUES: Final = ("ru", "kk", "en")


def object_section(flow: Flow, piece: Mapping[str, Any], say: Saying) -> None:
    """Write the particulars of a parcel, a building or premises."""
    titles = wording.OWN if piece["own"] else wording.BELOW
    flow.heading(say(titles[piece["kind"]]))
    flow.facts(_particulars(piece, say))


def _particulars(piece: Mapping[str, Any], say: Saying) -> Iterator[tuple[str, str]]:
    yield say(wording.NUMBER), piece["spelled"] or say(wording.NONE)
    for address in piece["addresses"]:
        title = wording.ADDRESS if address["primary"] else wording.OTHER_ADDRESS
        code = f" ({say(wording.RKA)} {address['rka']})" if address["rka"] else ""
        yield say(title), say_in(address["text"], say) + code
    yield from _attributes(KINDS[piece["kind"]], piece["attributes"], say)
    if "computed_area" in piece:
        yield say(wording.COMPUTED_AREA), say.measure(piece["computed_area"], "m2")
    yield say(wording.SINCE), say.day(piece["since"])


def say_in(texts: Mapping[str, str], say: Saying) -> str:
    """Return what a text by language says in the document's own."""
    return texts[say.language]


def _attributes(layer: Layer, values: Mapping[str, Any], say: Saying) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if name in _of_other_tongues(values, say.language):
            continue
        field = layer.field(name)
        yield say(field.title), say.value(field, value)


def _of_other_tongues(values: Mapping[str, Any], language: str) -> set[str]:
    """Return the names of fields that say in another language what one of them says in this."""
    passed: set[str] = set()
    for stem in ("name", "purpose"):
        there = [f"{stem}_{tongue}" for tongue in (language, *_TONGUES) if f"{stem}_{tongue}" in values]
        passed |= {*there[1:], *([stem] if there else [])} - set(there[:1])
    return passed


def premises_list(flow: Flow, premises: Sequence[Mapping[str, Any]], say: Saying) -> None:
    """Write the list of a building's premises."""
    if not premises:
        return
    flow.heading(say(wording.PREMISES_LIST))
    columns = (
        Column(say(wording.NUMBER), 30),
        Column(say(wording.DESIGNATION), 10),
        Column(say(wording.FLOOR), 10),
        Column(say(wording.USE), 30),
        Column(say(wording.AREA_M2), 14, "right"),
        Column(say(wording.LIVING_M2), 14, "right"),
    )
    flow.table(columns, (_premises_row(row, say) for row in premises))


def _premises_row(row: Mapping[str, Any], say: Saying) -> tuple[str, ...]:
    use = PREMISES.field("current_use")
    return (
        row["spelled"],
        str(row.get("designation", "")),
        str(row.get("floor", "")),
        say.value(use, row[use.name]),
        _area(row.get("total_area"), say),
        _area(row.get("living_area"), say),
    )


def _area(value: float | None, say: Saying) -> str:
    return "" if value is None else say.number(value, 1)


def rights_section(flow: Flow, content: Mapping[str, Any], say: Saying) -> None:
    """Write what is registered: rights in one table, restrictions and responsibilities in another."""
    rights = [r for r in content["rights"] if r["attributes"]["category"] == "right"]
    others = [r for r in content["rights"] if r["attributes"]["category"] != "right"]
    full = content["disclosure"] == "full"
    kinds = {r["id"]: r["attributes"]["kind"] for r in content["rights"]}
    several = {u["id"]: u["spelled"] for u in content["units"]} if len(content["units"]) > 1 else {}
    flow.heading(say(wording.RIGHTS))
    _rights(flow, rights, several, say, full=full)
    flow.heading(say(wording.ENCUMBRANCES))
    _encumbrances(flow, others, several, kinds, say, full=full)


def _rights(
    flow: Flow, rights: Sequence[Mapping[str, Any]], units: Mapping[int, str], say: Saying, *, full: bool
) -> None:
    if not rights:
        flow.text(say(wording.NO_RIGHTS))
        return
    columns = [
        Column(say(wording.RIGHT), 32),
        Column(say(wording.SHARE), 9),
        Column(say(wording.FROM), 13),
        Column(say(wording.BASIS), 40),
        *([Column(say(wording.HOLDER), 36)] if full else ()),
    ]
    flow.table(columns, (_right_row(right, units, say, full=full) for right in rights))


def _right_row(right: Mapping[str, Any], units: Mapping[int, str], say: Saying, *, full: bool) -> list[str]:
    said = right["attributes"]
    kind = [say(word("kind", said["kind"])), *_unit(right, units, say)]
    if said.get("holding"):
        kind.append(say(word("holding", said["holding"])))
    if not said["registered"]:
        kind.append(say(wording.UNREGISTERED))
    if said.get("description"):
        kind.append(said["description"])
    cells = ["; ".join(kind), right["share"] or "", _term(right, say), _basis(right, say)]
    return [*cells, _holders(right, say)] if full else cells


def _unit(right: Mapping[str, Any], units: Mapping[int, str], say: Saying) -> list[str]:
    named = units.get(right["unit_id"])
    return [] if named is None else [say(wording.UNIT.filled(number=named))]


def _term(right: Mapping[str, Any], say: Saying) -> str:
    return say.day(right["since"]) + (f" – {say.day(right['until'])}" if right["until"] else "")


def _basis(right: Mapping[str, Any], say: Saying) -> str:
    basis = say.source(right["source"])
    if right["changed_by"] is None:
        return basis
    return f"{basis}\n{say(wording.CHANGED.filled(source=say.source(right['changed_by'])))}"


def _holders(right: Mapping[str, Any], say: Saying) -> str:
    return "\n".join(say.party(holder) for holder in right.get("holders", ()))


def _encumbrances(
    flow: Flow,
    others: Sequence[Mapping[str, Any]],
    units: Mapping[int, str],
    kinds: Mapping[int, str],
    say: Saying,
    *,
    full: bool,
) -> None:
    if not others:
        flow.text(say(wording.NO_ENCUMBRANCES))
        return
    columns = [
        Column(say(wording.ENCUMBRANCE), 38),
        Column(say(wording.RANK), 13),
        Column(say(wording.TERM), 14),
        Column(say(wording.BASIS), 36),
        *([Column(say(wording.IN_FAVOUR), 32)] if full else ()),
    ]
    rows = ((right, "; ".join(_content(right, units, kinds, say))) for right in others)
    flow.table(columns, (_encumbrance_row(right, said, say, full=full) for right, said in rows))


def _encumbrance_row(right: Mapping[str, Any], said: str, say: Saying, *, full: bool) -> list[str]:
    cells = [said, str(right["attributes"].get("rank", "")), _term(right, say), _basis(right, say)]
    return [*cells, _holders(right, say)] if full else cells


def _content(
    right: Mapping[str, Any], units: Mapping[int, str], kinds: Mapping[int, str], say: Saying
) -> Iterator[str]:
    said = right["attributes"]
    yield say(word("kind", said["kind"]))
    yield from _unit(right, units, say)
    if right["on_right_id"] in kinds:
        yield say(wording.ON_RIGHT.filled(kind=word("kind", kinds[right["on_right_id"]])))
    if right["share"]:
        yield right["share"]
    for area in right["areas"]:
        yield say(wording.AREA.filled(area=say.measure(area["area"], "m2")))
    for consent in right["consents"]:
        yield say(wording.CONSENT.filled(what=word("consents_to", consent)))
    if said.get("description"):
        yield said["description"]


def parcel_section(flow: Flow, plan: Mapping[str, Any], content: Mapping[str, Any], say: Saying) -> None:
    """Draw a parcel's plan and write the table of its turning points."""
    flow.turn()
    flow.heading(f"{say(wording.PLAN)} {plan['spelled'] or ''}".strip())
    areas = [area["outline"] for right in content["rights"] for area in right["areas"]]
    step = partial(_parcel_step, plan, areas, content["crs"], say)
    flow.drawing(parcel_height(plan, SPAN, _PLAN_HEIGHT), step)
    flow.heading(say(wording.POINTS))
    perimeter = say.measure(plan["perimeter"], "m")
    flow.text(say(wording.POINTS_NOTE.filled(system=content["crs"], perimeter=perimeter)), SMALL)
    columns = (
        Column(say(wording.POINT), 10),
        Column(say(wording.X), 24, "right"),
        Column(say(wording.Y), 24, "right"),
        Column(say(wording.EDGE), 14, "right"),
        Column(say(wording.LENGTH), 18, "right"),
        Column(say(wording.ADJOINS), 40, "right"),
    )
    flow.table(columns, (_point_row(point, say) for point in plan["points"]))


def _parcel_step(
    plan: Mapping[str, Any], areas: Iterable[Any], system: str, say: Saying, canvas: Any, box: Any
) -> None:
    parcel_drawing(canvas, box, plan, areas, system, say)


def _point_row(point: Mapping[str, Any], say: Saying) -> tuple[str, ...]:
    return (
        str(point["point"]),
        say.number(point["y"]),
        say.number(point["x"]),
        f"{point['point']}–{point['to']}",
        say.number(point["length"]),
        ", ".join(point["neighbours"]) or "—",
    )


def floor_plan(flow: Flow, plan: Mapping[str, Any], say: Saying) -> None:
    """Draw the floor plan of premises and write the schedule of its rooms."""
    height = floor_height(plan["rooms"], SPAN, _FLOOR_HEIGHT)
    flow.need(height + 4 * BODY.leading)
    title = say(wording.FLOOR_PLAN.filled(number=plan["spelled"] or ""))
    flow.heading(title + (f", {say(wording.FLOOR)}: {plan['floor']}" if plan["floor"] is not None else ""))
    flow.drawing(height, lambda canvas, box: floor_drawing(canvas, box, plan["rooms"], say))
    flow.heading(say(wording.EXPLICATION))
    columns = (
        Column(say(wording.DESIGNATION), 12),
        Column(say(wording.USE), 50),
        Column(say(wording.AREA_M2), 20, "right"),
    )
    total = sum(_room_area(room) for room in plan["rooms"])
    rows = [_room_row(room, say) for room in plan["rooms"]]
    flow.table(columns, [*rows, ("", say(wording.TOTAL), say.number(total, 1))])


def _room_row(room: Mapping[str, Any], say: Saying) -> tuple[str, str, str]:
    use = ROOM.field("room_use")
    return str(room.get("designation", "")), say.value(use, room[use.name]), say.number(_room_area(room), 1)


def _room_area(room: Mapping[str, Any]) -> float:
    return float(room.get("area", room["computed_area"]))
