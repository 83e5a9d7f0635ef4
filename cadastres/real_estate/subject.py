"""What a document or a story is about: a unit, parcel, building or premises, found by its number in any spelling."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg import Connection, sql

from cadastres.land import number as cadastral_number
from cadastres.land.model import PARCEL
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.number import compact_building, compact_premises
from cadastres.real_estate.rights_model import UNIT
from gis.draft import Overlay
from gis.errors import BadRequest, Gone, NotFound
from gis.instant import Reading, laid_over
from gis.layer import Layer
from gis.profile import CityProfile
from gis.schema import issued_name, twin_name
from gis.text import Text

KINDS: Final = {"unit": UNIT, "parcel": PARCEL, "building": BUILDING, "premises": PREMISES}
"""Layers of what a subject may be, by its kind; a unit comes before the object whose number it bears."""

NUMBER_OF: Final = {
    UNIT.name: "unit_number",
    PARCEL.name: "cadastral_number",
    BUILDING.name: "building_number",
    PREMISES.name: "premises_number",
}
"""The field that bears a layer's cadastral number."""

_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Subject:
    """What was ever registered under a number.

    Attributes:
        kind: ``unit``, ``parcel``, ``building`` or ``premises``.
        number: as it was issued.
    """

    kind: str
    feature_id: int
    number: str

    @property
    def layer(self) -> Layer:
        """Its layer."""
        return KINDS[self.kind]


def spelled(number: str) -> str:
    """Return a number as people read it: the parcel's part parted by hyphens.

    >>> spelled("20313003057:1/А"), spelled("20313003057")
    ('20-313-003-057:1/А', '20-313-003-057')
    """
    parcel, colon, rest = number.partition(":")
    return (cadastral_number.format(parcel) if cadastral_number.is_valid(parcel) else parcel) + colon + rest


def spellings(text: str) -> list[str]:
    """Return the stored spellings that a text may stand for: a parcel's number, a building's, that of premises.

    Raises:
        InvalidNumber: it is none of them.

    >>> spellings("20:313:003:057:1/a")
    ['20313003057:1/А']
    """
    found: list[str] = []
    refusals: list[BadRequest] = []
    for compact in (cadastral_number.compact, compact_building, compact_premises):
        try:
            found.append(compact(text))
        except BadRequest as refusal:
            refusals.append(refusal)
    if not found:
        raise refusals[0]
    return found


def named(connection: Connection, text: str, overlay: Overlay | None = None) -> list[Subject]:
    """Return all that was ever registered under a number, given in any spelling; a unit before its main object.

    What a draft gave the number to, where one lies over the register, counts as registered.

    Raises:
        InvalidNumber: the text is no number, nor stands in the register as one.
        NotFound: never issued.
    """
    found = _named(connection, [text], overlay) or _named(connection, spellings(text), overlay)
    if not found:
        raise NotFound(_NEVER.filled(number=text[:_LONGEST]), number=text[:_LONGEST])
    return found


def _named(connection: Connection, candidates: Sequence[str], overlay: Overlay | None) -> list[Subject]:
    arms = [*_issued_to(), *(() if overlay is None else _proposed_for(overlay))]
    statement = sql.SQL(" UNION ").join(arms) + sql.SQL(" ORDER BY 1")
    bound = {"candidates": list(candidates), **({} if overlay is None else {"draft": overlay.draft_id})}
    rows = connection.execute(statement, bound).fetchall()
    return [Subject(list(KINDS)[order], feature_id, number) for order, feature_id, number in rows]


def _issued_to() -> Iterator[sql.Composed]:
    for order, layer in enumerate(KINDS.values()):
        table = issued_name(layer, layer.field(NUMBER_OF[layer.name]))
        yield sql.SQL("SELECT {order}, feature_id, value FROM {table} WHERE value = ANY(%(candidates)s)").format(
            order=sql.Literal(order), table=sql.Identifier(layer.schema, table)
        )


def _proposed_for(overlay: Overlay) -> Iterator[sql.Composed]:
    for order, layer in enumerate(KINDS.values()):
        if overlay.touches(layer):
            yield sql.SQL(
                "SELECT {order}, feature_id, {number} FROM {table} "
                "WHERE draft_id = %(draft)s AND proposed AND {number} = ANY(%(candidates)s)"
            ).format(
                order=sql.Literal(order),
                number=sql.Identifier(NUMBER_OF[layer.name]),
                table=sql.Identifier(layer.schema, twin_name(layer)),
            )


def find(
    connection: Connection, text: str, reading: Reading, profile: CityProfile, kinds: Collection[str] = tuple(KINDS)
) -> Subject:
    """Return what bears a number at a reading; what was registered under the number later does not change it.

    Only what is of one of the ``kinds`` counts.

    Raises:
        InvalidNumber: the text is no number, nor stands in the register as one.
        NotFound: never issued, or not known to the register then.
        Gone: it was in force at another time; ``data["in_force"]`` says when.
    """
    subjects = [subject for subject in named(connection, text, reading.overlay) if subject.kind in kinds]
    if not subjects:
        raise NotFound(_NEVER.filled(number=text[:_LONGEST]), number=text[:_LONGEST])
    spans = {subject: _spans(connection, subject, reading) for subject in subjects}
    known = {subject: found for subject, found in spans.items() if found}
    for subject, found in known.items():
        if any((a is None or a <= reading.valid) and (b is None or reading.valid < b) for a, b in found):
            return subject
    for subject, found in known.items():
        raise _gone(subject, reading, profile, found)
    raise unknown_then(next(iter(spans)), reading, profile)


def find_known(connection: Connection, text: str, reading: Reading, profile: CityProfile) -> Subject:
    """Return what bore a number at any time that the register knew of at a reading.

    Raises:
        InvalidNumber: the text is no number, nor stands in the register as one.
        NotFound: never issued, or not known to the register then.
    """
    subjects = named(connection, text, reading.overlay)
    for subject in subjects:
        if _spans(connection, subject, reading):
            return subject
    raise unknown_then(subjects[0], reading, profile)


Span = tuple[datetime | None, datetime | None]


def _spans(connection: Connection, subject: Subject, reading: Reading) -> list[Span]:
    arms = laid_over(subject.layer, (_KNOWN,), _PROPOSED, {}, overlaid=reading.overlaid(subject.layer))
    statement = sql.SQL(_SPANS).format(versions=sql.SQL(" UNION ALL ").join(arms))
    rows = connection.execute(statement, {**reading.parameters, "id": subject.feature_id}).fetchall()
    return [(row[0], row[1]) for row in rows]


def unknown_then(subject: Subject, reading: Reading, profile: CityProfile) -> NotFound:
    """Return the refusal of a subject that the register did not know at a reading."""
    day = reading.recorded.astimezone(profile.zone).isoformat(sep=" ", timespec="seconds")
    return NotFound(_UNKNOWN_THEN.filled(number=spelled(subject.number), day=day), number=subject.number)


def _gone(subject: Subject, reading: Reading, profile: CityProfile, spans: Sequence[Span]) -> Gone:
    def day(moment: datetime | None) -> str:
        return "…" if moment is None else profile.legal_day(moment).isoformat()

    listed = "; ".join(f"{day(start)} – {day(end)}" for start, end in spans)
    message = _GONE.filled(number=spelled(subject.number), day=day(reading.valid), spans=listed)
    in_force = [{"from": _here(start, profile), "to": _here(end, profile)} for start, end in spans]
    return Gone(message, number=subject.number, in_force=in_force)


def _here(moment: datetime | None, profile: CityProfile) -> str | None:
    return None if moment is None else moment.astimezone(profile.zone).isoformat()


_SPANS: Final = """
SELECT lower(period), upper(period) FROM (
  SELECT unnest(range_agg(valid)) AS period FROM ({versions}) AS v) AS periods
ORDER BY 1 NULLS FIRST
"""
_KNOWN: Final = """
  SELECT valid FROM {table} AS t
  WHERE feature_id = %(id)s AND recorded @> %(recorded)s::timestamptz AND NOT abolished{fence}"""
_PROPOSED: Final = """
  SELECT valid FROM {table} AS t WHERE draft_id = {draft} AND feature_id = %(id)s AND NOT abolished"""
_NEVER = Text(
    kk="{number} нөмірімен ешқандай бірлік, учаске, ғимарат немесе үй-жай тіркелмеген.",
    ru="Под номером {number} не зарегистрировано ни единицы недвижимости, ни участка, ни здания, ни помещения.",
    en="No unit, parcel, building or premises was ever registered under the number {number}.",
)
_UNKNOWN_THEN = Text(
    kk="{day} жағдайы бойынша {number} нысаны тізілімге белгісіз болған.",
    ru="Объект {number} на {day} регистру не был известен.",
    en="The register did not know {number} at {day}.",
)
_GONE = Text(
    kk="{number} нысаны {day} күні күшінде емес. Күшінде болған кезеңі: {spans}.",
    ru="Объект {number} на {day} не действует. Он действовал: {spans}.",
    en="{number} is not in force on {day}. It was in force: {spans}.",
)
