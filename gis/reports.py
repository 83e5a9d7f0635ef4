"""Reports from the field: what somebody saw, proposed as a draft of its own, and what became of it.

A report opens a draft, whose one edit is what the reporter proposes; whoever may write that accepts the report by
adopting the draft, or declines it with a reason that the reporter is told. Two reports about one thing conflict as
drafts do. The draft says what was reported: nobody edits it, adopts it or gives it up except by what is here
(:class:`gis.draft.DraftOfReport`).

Drafts are read by many, and by the public login. So the reporter goes by the report's name there, and what he wrote in
his own words stays with the report until it is accepted; a *wording* tells the edit by which the words then join it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from psycopg import Connection

from gis import staging
from gis.act import Act, Command
from gis.draft import REPORT, Draft, hold
from gis.draft_adopt import adopted, checked
from gis.draft_compare import Comparison, compare
from gis.draft_edit import Proposed
from gis.draft_life import entered, proposing
from gis.draft_merge import Side
from gis.draft_rebase import Conflicting, conflicts, rebased
from gis.errors import BadRequest, Conflict, QalaError
from gis.locks import WHOLE_REGISTER
from gis.policy import FIELD, require_writer
from gis.recording import Recorded
from gis.register import Register
from gis.report import Outcome, Report, Reporter, Sighting, read, take_up
from gis.rules import Violation
from gis.text import Text

MOST_OPEN: Final = 200
"""Reports of one token that wait to be decided."""

_FIRST: Final = -1
"""Id within its act of the first feature that a command makes: what the report is about."""

Wording = Callable[[Report], Command | None]
"""Tells the edit by which a report's words join what it proposes; none where there are no words."""


class TooManyOpen(QalaError):
    """So many reports of one token wait to be decided that it sends no more."""

    code = "too-many-reports"
    status: ClassVar[int] = 429


def wordless(one: Report) -> None:
    """Leave a report's words where they are."""


def report(
    register: Register,
    command: Command,
    sighting: Sighting,
    reporter: Reporter,
    reason: str,
    wording: Wording = wordless,
) -> tuple[Report, Proposed]:
    """Take a report in, or nothing of it: a draft is opened, and the command is its one edit.

    Args:
        register: the city's.
        command: what the reporter proposes; for the role ``field`` its verb must be one that reports.
        sighting: what else is said.
        reporter: whose token it is.
        reason: of the draft's edit; the note is kept apart.
        wording: of the report's words; they are tried, and are not part of the draft yet.

    Raises:
        Forbidden: the reporter's role may not propose this.
        BadRequest: it proposes nothing new.
        TooManyOpen: :data:`MOST_OPEN` of the reporter's wait already.
        QalaError: the verb's own refusal.
    """
    with register.writing() as connection, connection.transaction():
        _require_room(connection, reporter)
        number, draft = _entered(connection, register, sighting, reporter)
        act = proposing(register.profile, draft, actor=draft.name, role=reporter.role, reason=reason)
        done = register.propose(connection, command, act, draft)
        if sighting.feature_id is None:
            connection.execute(_MADE, {"number": number, "feature": done.features.get(_FIRST)})
        taken = read(connection, number)
        with connection.transaction(force_rollback=True):
            draft, said = _worded(connection, register, taken, wording)
        if not draft.layers:
            raise BadRequest(_NOTHING)
        return taken, done if said is None else replace(done, warnings=said.warnings)


def _require_room(connection: Connection, reporter: Reporter) -> None:
    row = connection.execute(_WAITING, {"reporter": reporter.name, "token": reporter.token_id}).fetchone()
    if row is not None and row[0] >= MOST_OPEN:
        raise TooManyOpen(_TOO_MANY.filled(most=MOST_OPEN), most=MOST_OPEN)


def _entered(connection: Connection, register: Register, sighting: Sighting, reporter: Reporter) -> tuple[int, Draft]:
    row = connection.execute("SELECT nextval('qala.report_number')").fetchone()
    number = 0 if row is None else int(row[0])
    name, title = f"{REPORT}{number}", f"{sighting.kind}: {sighting.layer}"
    draft = entered(connection, name, title, actor=name, role=reporter.role, valid_from=sighting.seen)
    values = {
        "number": number,
        "draft": draft.draft_id,
        "kind": sighting.kind,
        "layer": sighting.layer,
        "feature": sighting.feature_id,
        "place": sighting.place.wkb,
        "srid": register.profile.srid,
        "seen": sighting.seen,
        "words": json.dumps(sighting.words, ensure_ascii=False),
        "note": sighting.note,
        "language": sighting.language,
        "reporter": reporter.name,
        "token": reporter.token_id,
    }
    connection.execute(_ENTER, values)
    return number, draft


def _worded(connection: Connection, register: Register, one: Report, wording: Wording) -> tuple[Draft, Proposed | None]:
    """Let a report's words join what it proposes; return its draft as it stands then, and the edit."""
    command = wording(one)
    if command is None:
        return one.draft, None
    draft = _rested(connection, register, one.draft)
    act = proposing(register.profile, draft, actor=draft.name, role=FIELD, reason=f"{REPORT}{one.number}")
    said = register.propose(connection, command, act, draft)
    return _rested(connection, register, draft), said


def _rested(connection: Connection, register: Register, draft: Draft) -> Draft:
    """Return a draft as it stands after a step, with nothing staged any more."""
    staging.clear(connection, register.layers.values())
    return hold(connection, draft.draft_id)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an open report would change, what the rules say of it, and what stands in its way."""

    changes: Sequence[Comparison]
    violations: Sequence[Violation]
    conflicts: Sequence[Conflicting]


def proposal(register: Register, one: Report, wording: Wording = wordless) -> Proposal:
    """Return what an open report proposes, with its words where a wording is given; nothing is written.

    Raises:
        NotOpen: it was decided already.
    """
    with register.writing() as connection, connection.transaction(force_rollback=True):
        draft, _ = _worded(connection, register, take_up(connection, one.number), wording)
        changes = [c for name in draft.layers for c in compare(connection, register, draft, layer=name)]
        moved = conflicts(connection, register, draft)
        return Proposal(changes, checked(connection, register, draft) if draft.layers else (), moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a report is accepted.

    Attributes:
        act: who accepts it, by which source.
        answer: what the reporter is told.
        choices: whose values stand where both the report and the register changed the same.
    """

    act: Act
    answer: str | None = None
    choices: Mapping[int, Side] = field(default_factory=dict)


def accept(register: Register, one: Report, decision: Decision, wording: Wording = wordless) -> Recorded | None:
    """Adopt what a report proposes, as one act; what merges with the register by itself is brought up to date first.

    Returns:
        What was recorded; nothing where the register says the same by now, so that the report confirms it.

    Raises:
        NotOpen: it was decided already.
        DraftConflict: the register changed the same since, and nobody chose.
        Conflict: by the choices nothing of the report is left.
        RuleBroken: rules forbid it.
        Forbidden: the act's role may not write it.
    """
    act = decision.act
    require_writer(act.role, [register.layers[one.layer]])
    with register.writing() as connection, connection.transaction():
        taken = take_up(connection, one.number)
        draft, _ = _worded(connection, register, taken, wording)
        WHOLE_REGISTER.acquire(connection)
        draft = _up_to_date(connection, register, draft, decision)
        recorded = adopted(connection, register, draft, act) if draft.layers else None
        _decide(connection, taken, "accepted", act.actor, decision.answer)
    if recorded is not None and register.heads is not None:
        register.heads.append(recorded.number, recorded.hash)
    return recorded


def _up_to_date(connection: Connection, register: Register, draft: Draft, decision: Decision) -> Draft:
    """Bring a report's draft up to date with the register, which is locked."""
    if not conflicts(connection, register, draft):
        return draft
    act = decision.act
    asked = proposing(register.profile, draft, actor=act.actor, role=act.role, reason=act.reason)
    rebased(connection, register, draft, asked, decision.choices)
    draft = _rested(connection, register, draft)
    if not draft.layers and "register" in decision.choices.values():
        raise Conflict(_NOTHING_LEFT.filled(number=draft.name.removeprefix(REPORT)))
    return draft


def decline(register: Register, one: Report, actor: str, role: str, answer: str) -> None:
    """Give a report's draft up, and keep why for the reporter.

    Raises:
        NotOpen: it was decided already.
        BadRequest: no reason.
        Forbidden: the role may not write the layer that the report is about.
    """
    require_writer(role, [register.layers[one.layer]])
    if not answer.strip():
        raise BadRequest(_REASON, parameter="answer")
    _close(register, one, "declined", actor, answer.strip())


def withdraw(register: Register, one: Report) -> None:
    """Take a report back: the reporter's own business.

    Raises:
        NotOpen: it was decided already.
    """
    _close(register, one, "withdrawn", one.reporter, None)


def _close(register: Register, one: Report, outcome: Outcome, actor: str, answer: str | None) -> None:
    with register.writing() as connection, connection.transaction():
        _decide(connection, take_up(connection, one.number), outcome, actor, answer)


def _decide(connection: Connection, one: Report, outcome: Outcome, actor: str, answer: str | None) -> None:
    """Enter what became of a report; its draft is given up unless it was adopted."""
    connection.execute(_GIVE_UP, (one.draft.draft_id,))
    connection.execute(_DECIDE, {"number": one.number, "outcome": outcome, "actor": actor, "answer": answer})


_WAITING: Final = """
SELECT count(*) FROM qala.report
WHERE outcome IS NULL AND reporter = %(reporter)s AND token_id IS NOT DISTINCT FROM %(token)s::bigint
"""
_ENTER: Final = """
INSERT INTO qala.report
  (number, draft_id, kind, layer, feature_id, place, seen, words, note, language, reporter, token_id)
VALUES (%(number)s, %(draft)s, %(kind)s, %(layer)s, %(feature)s, ST_GeomFromWKB(%(place)s, %(srid)s), %(seen)s,
  %(words)s, %(note)s, %(language)s, %(reporter)s, %(token)s)
"""
_MADE: Final = """
UPDATE qala.report AS r SET feature_id = f.feature_id, layer = f.layer FROM qala.draft_feature AS f
WHERE r.number = %(number)s AND f.draft_id = r.draft_id AND f.feature_id = %(feature)s
"""
_GIVE_UP: Final = "UPDATE qala.draft SET state = 'withdrawn' WHERE draft_id = %s AND state = 'open'"
_DECIDE: Final = """
UPDATE qala.report
SET outcome = %(outcome)s, decided = clock_timestamp(), decided_by = %(actor)s, answer = %(answer)s
WHERE number = %(number)s
"""

_NOTHING = Text(
    kk="Хабарлама ештеңені өзгертпейді: тізілімде дәл солай жазылған.",
    ru="Сообщение ничего не меняет: в регистре записано то же самое.",
    en="The report changes nothing: the register says the very same.",
)
_NOTHING_LEFT = Text(
    kk="Таңдауыңыз бойынша {number}-хабарламадан ештеңе қалмайды; оны қабылдамай, себебін жазыңыз (decline).",
    ru="По вашему выбору от сообщения № {number} ничего не остаётся; отклоните его и напишите почему (decline).",
    en="By your choice nothing of report {number} is left; decline it, and say why (decline).",
)
_REASON = Text(
    kk="Хабарламаның неге қабылданбағанын жазыңыз (answer): хабарлаушы соны оқиды.",
    ru="Напишите, почему сообщение отклонено (answer): это прочтёт тот, кто сообщил.",
    en="Say why the report is declined (answer): the reporter will read it.",
)
_TOO_MANY = Text(
    kk="Сіздің {most} хабарламаңыз бойынша әлі шешім жоқ; біреуі қаралғанша немесе өзіңіз кері қайтарғанша күтіңіз.",
    ru="По {most} вашим сообщениям ещё нет решения; дождитесь его хотя бы по одному или отзовите лишние.",
    en="{most} of your reports wait to be decided; wait until one is, or take some back.",
)
