"""A report from the field as it stands: what it says, who made it, what became of it; and which there are.

Who reported, and in what words, is not public: it stands in a table that the public login can't read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from psycopg import Connection, sql
from psycopg.rows import dict_row
from shapely import Point

from gis.draft import Draft
from gis.errors import Conflict, NotFound
from gis.register import Register
from gis.text import Language, Text

Outcome = Literal["accepted", "declined", "withdrawn"]
State = Literal["open", "accepted", "declined", "withdrawn"]

STATES: Final[Mapping[State, Text]] = {
    "open": Text(kk="қаралуда", ru="на рассмотрении", en="under review"),
    "accepted": Text(kk="қабылданды", ru="принято", en="accepted"),
    "declined": Text(kk="қабылданбады", ru="отклонено", en="declined"),
    "withdrawn": Text(kk="кері қайтарып алынды", ru="отозвано", en="withdrawn"),
}

CONFIRMS: Final = Text(
    kk="қабылданды: тізілімдегі жазбаны растайды",
    ru="принято: подтверждает запись регистра",
    en="accepted: it confirms what the register says",
)
"""State of a report that was accepted when the register said the same already."""


class NotOpen(Conflict):
    """The report was accepted, declined or withdrawn already."""

    code = "report-closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who reports: the name and number of the token, and its role."""

    name: str
    role: str
    token_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a report says besides what it proposes.

    Attributes:
        kind: of report, for example ``obstacle``.
        layer: of what it is about; feature_id: which one, where there is one already.
        place: where, in the city's projected system.
        seen: when; what it proposes is so from then on.
        words: what the reporter wrote into fields in his own words; they join what it proposes when it is accepted.
        note: in the reporter's own words, for whoever decides.
        language: in which the reporter is answered.
    """

    kind: str
    layer: str
    place: Point
    seen: datetime
    feature_id: int | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    language: Language = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as it stands.

    Attributes:
        number: its own.
        draft: what it proposes, its words aside.
        reporter: whose it is; personal.
        created: when it came in.
        outcome: what became of it.
        answer: why it was declined, or what the reporter is told besides.
        decided: when; decided_by: by whom.
        photos: how many photographs came with it and were not erased.
        place: in the city's projected system.
    """

    number: int
    draft: Draft
    kind: str
    layer: str
    feature_id: int | None
    place: Point
    seen: datetime
    words: Mapping[str, str]
    note: str | None
    language: Language
    reporter: str
    token_id: int | None
    created: datetime
    outcome: Outcome | None
    answer: str | None
    decided: datetime | None
    decided_by: str | None
    photos: int

    @property
    def state(self) -> State:
        """What became of it."""
        return self.outcome or "open"

    @property
    def confirms(self) -> bool:
        """Whether it was accepted when the register said the same already, so that nothing was recorded."""
        return self.outcome == "accepted" and self.draft.changeset is None

    @property
    def titled(self) -> Text:
        """What became of it, in words."""
        return CONFIRMS if self.confirms else STATES[self.state]

    def is_of(self, name: str, token_id: int | None) -> bool:
        """Tell whether somebody's token made it."""
        return self.reporter == name and self.token_id == token_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which reports are listed: in a state, of a kind, about a layer or a feature, of one reporter; after a number."""

    state: State | None = None
    kind: str | None = None
    layer: str | None = None
    feature_id: int | None = None
    reporter: tuple[str, int | None] | None = None
    after: int = 0
    limit: int = 100


def found(register: Register, number: int) -> Report:
    """Return a report.

    Raises:
        NotFound: there is none of that number.
    """
    with register.writing() as connection:  # the public login does not see them
        return read(connection, number)


def listed(register: Register, wanted: Wanted) -> Sequence[Report]:
    """Return reports in the order in which they came in."""
    name, token = wanted.reporter or (None, None)
    values: dict[str, Any] = {
        "state": wanted.state,
        "kind": wanted.kind,
        "layer": wanted.layer,
        "feature": wanted.feature_id,
        "reporter": name,
        "token": token,
        "after": wanted.after,
        "limit": wanted.limit,
    }
    with register.writing() as connection:
        return _read(connection, sql.SQL(_WANTED), values, sql.SQL(" LIMIT %(limit)s"))


def alike(register: Register, one: Report, distance: float) -> Sequence[Report]:
    """Return other open reports about the same feature, or of the same layer and within so many metres."""
    values = {"number": one.number, "layer": one.layer, "feature": one.feature_id, "distance": distance}
    values |= {"place": one.place.wkb, "srid": register.profile.srid}
    with register.writing() as connection:
        return _read(connection, sql.SQL(_ALIKE), values)


def read(connection: Connection, number: int) -> Report:
    """Return a report by a writer's connection.

    Raises:
        NotFound: there is none of that number.
    """
    rows = _read(connection, sql.SQL("r.number = %(number)s"), {"number": number})
    if not rows:
        raise NotFound(_NONE.filled(number=number), number=number)
    return rows[0]


def take_up(connection: Connection, number: int) -> Report:
    """Take hold of an open report: until the transaction ends nobody else adds to it or decides on it.

    Raises:
        NotFound: there is none of that number.
        NotOpen: it was decided already.
    """
    connection.execute(_HOLD, (number,))
    one = read(connection, number)
    if one.state != "open":
        message = _CLOSED.filled(number=one.number, state=STATES[one.state])
        raise NotOpen(message, report=one.number, state=one.state, changeset=one.draft.changeset)
    return one


def _read(
    connection: Connection, condition: sql.SQL, values: Mapping[str, Any], end: sql.SQL | None = None
) -> list[Report]:
    statement = sql.SQL(_REPORTS).format(condition) + (end or sql.SQL(""))
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_report(row) for row in cursor.execute(statement, values).fetchall()]


def _report(row: Mapping[str, Any]) -> Report:
    draft = Draft(
        **{name: row[name] for name in _OF_DRAFT},
        created=row["created"],
        state=row["draft_state"],
        layers=tuple(row["layers"]),
    )
    own = {name: row[name] for name in _OF_REPORT}
    return Report(draft=draft, place=Point(row["x"], row["y"]), **own)


_OF_DRAFT: Final = (
    "draft_id", "name", "title", "purpose", "valid_from", "base", "revision", "changeset",
)  # fmt: skip
_OF_REPORT: Final = (
    "number", "kind", "layer", "feature_id", "seen", "words", "note", "language", "reporter", "token_id", "created",
    "outcome", "answer", "decided", "decided_by", "photos",
)  # fmt: skip

_REPORTS: Final = """
SELECT r.number, r.kind, r.layer, r.feature_id, ST_X(r.place) AS x, ST_Y(r.place) AS y, r.seen, r.words, r.note,
  r.language, r.reporter, r.token_id, r.outcome, r.answer, r.decided, r.decided_by, d.draft_id, d.name, d.title,
  d.purpose, d.created, d.valid_from, d.base, d.revision, d.state AS draft_state, d.changeset, d.layers,
  (SELECT count(*) FROM qala.report_photo AS p WHERE p.number = r.number AND p.erased IS NULL) AS photos
FROM qala.report AS r JOIN qala.draft AS d USING (draft_id) WHERE {} ORDER BY r.number
"""
_WANTED: Final = """
r.number > %(after)s AND (%(state)s::text IS NULL OR %(state)s = coalesce(r.outcome, 'open'))
AND (%(kind)s::text IS NULL OR r.kind = %(kind)s) AND (%(layer)s::text IS NULL OR r.layer = %(layer)s)
AND (%(feature)s::bigint IS NULL OR r.feature_id = %(feature)s)
AND (%(reporter)s::text IS NULL OR (r.reporter = %(reporter)s AND r.token_id IS NOT DISTINCT FROM %(token)s::bigint))
"""
_ALIKE: Final = """
r.outcome IS NULL AND r.number <> %(number)s AND (r.feature_id = %(feature)s
OR (r.layer = %(layer)s AND ST_DWithin(r.place, ST_GeomFromWKB(%(place)s, %(srid)s), %(distance)s)))
"""
_HOLD: Final = """
SELECT FROM qala.draft AS d JOIN qala.report AS r USING (draft_id) WHERE r.number = %s FOR UPDATE OF d
"""

_NONE = Text(
    kk="{number}-хабарлама жоқ.",
    ru="Сообщения № {number} нет.",
    en="There is no report {number}.",
)
_CLOSED = Text(
    kk="{number}-хабарлама бойынша шешім бұрын қабылданған ({state}).",
    ru="По сообщению № {number} решение уже есть ({state}).",
    en="Report {number} was decided already ({state}).",
)
