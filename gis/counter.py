"""The counter: applications taken in with their documents, and moved from step to step.

The database's clock, never the applicant's, tells the moment of receipt, which fixes the priority. Who applied, the
documents, and what clerks wrote lie in the closed schema ``personal``: they are read on a connection of
:meth:`gis.register.Register.confiding`.
"""

import base64
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from gis import reservation
from gis.applications import (
    LARGEST_DOCUMENT,
    MOST_DOCUMENTS,
    OPEN,
    Applicant,
    Application,
    Clerk,
    Confidences,
    Deadline,
    Document,
    DocumentFacts,
    Event,
    Intake,
    Receipt,
    Step,
    deadline,
)
from gis.errors import BadRequest, Conflict, NotFound, TooLarge
from gis.register import Register
from gis.store import tokens
from gis.text import Text

_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "examination": ("received", "suspended"),
    "suspended": ("examination",),
    "refused": OPEN,
    "withdrawn": OPEN,
}
_RESUMPTION: Final = "suspended examination"
REASONS: Final[Mapping[str, str]] = {"suspended": "application_suspension", "refused": "application_refusal"}
"""Classifiers of the reasons that a step must give."""


class Counter:
    """The counter of one register."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._profile = register.profile

    def receive(self, intake: Intake, clerk: Clerk) -> Receipt:
        """Take an application in: it gets its number, its moment of receipt and the applicant's code.

        Raises:
            UnknownCode: no such service in the city's profile.
            NotFound: a layer that is not public or not there, or a feature that was never registered.
        """
        service = self._profile.service(intake.kind)
        code = base64.b32encode(secrets.token_bytes(10)).decode()
        facts = {"kind": intake.kind, "term": service.term, "days": service.days, "holds": service.holds}
        with self._register.writing() as connection, connection.transaction():
            self._require_objects(connection, intake.objects)
            number, received = self._number(connection, {**facts, "code": _hashed(code)})
            _insert(connection, number, intake, clerk)
        return Receipt(number, received, code)

    def _number(self, connection: Connection, facts: Mapping[str, Any]) -> tuple[int, datetime]:
        """Give the next number of the year and a moment of receipt, under the lock of all receipts."""
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_RECEIPTS,))
        parameters = {**facts, "zone": self._profile.timezone, "per_year": reservation.PER_YEAR}
        row = connection.execute(_RECEIVE, parameters).fetchone()
        if row is None:
            raise Conflict(_UNNUMBERED)
        return row[0], row[1]

    def _require_objects(self, connection: Connection, objects: Sequence[tuple[str, int]]) -> None:
        for name, feature_id in objects:
            layer = self._register.layers.public[name]
            if feature_id not in tokens(connection, layer, [feature_id]):
                raise NotFound(_NO_OBJECT.filled(layer=name, id=feature_id), layer=name, feature_id=feature_id)

    def move(self, number: int, step: Step, clerk: Clerk) -> Application:
        """Take a step, and return the application as it stands after it.

        Raises:
            NotFound: no such application.
            OutOfOrder: the step is not possible from the state that it is in.
            UnknownCode: a reason that the city's list lacks.
            BadRequest: no reason where one is due, or one where none is.
        """
        self._require_reasons(step)
        with self._locked(number) as connection:
            state = reservation.state_of(connection, number)
            if state not in _FROM.get(step.state, ()) or step.resumes != (f"{state} {step.state}" == _RESUMPTION):
                raise reservation.out_of_order(number, state, step.state)
            _append(connection, number, step, clerk)
            return _application(connection, number)

    @contextmanager
    def _locked(self, number: int) -> Iterator[Connection]:
        """Take a writer's connection in a transaction that holds the application and its features."""
        with self._register.writing() as connection, connection.transaction():
            reservation.lock_keys(connection, number).acquire(connection)
            yield connection

    def _require_reasons(self, step: Step) -> None:
        listed = REASONS.get(step.state)
        if (listed is None) == bool(step.reasons):
            raise BadRequest(_REASON if listed else _NO_REASON, parameter="reasons")
        today = datetime.now(self._profile.zone).date()
        for code in step.reasons:
            self._profile.classifier(listed or "").entry(code, today)

    def attach(self, number: int, document: Document, clerk: Clerk) -> DocumentFacts:
        """Keep a document of an application that has not ended.

        Raises:
            NotFound: no such application.
            Conflict: it has ended, or has :data:`MOST_DOCUMENTS` already.
            TooLarge: more than :data:`LARGEST_DOCUMENT` bytes.
        """
        _require_size(document.content)
        with self._locked(number) as connection:
            if (state := reservation.state_of(connection, number)) not in OPEN:
                raise Conflict(_ENDED.filled(number=reservation.spelled(number), state=reservation.STATES[state]))
            return _kept(connection, number, document, clerk)

    def application(self, number: int) -> Application:
        """Return an application.

        Raises:
            NotFound: none of that number.
        """
        with self._register.writing() as connection:
            return _application(connection, number)

    def applications(self, states: Sequence[str] = OPEN, *, after: int = 0, limit: int = 100) -> list[Application]:
        """Return applications that are in one of the states, by number, which is by priority."""
        with self._register.writing() as connection:
            return _applications(connection, _LISTED, {"states": list(states), "after": after, "limit": limit})

    def overdue(
        self, now: datetime | None = None, *, states: Sequence[str] = OPEN, after: int = 0
    ) -> Iterator[tuple[Application, Deadline]]:
        """Yield the applications in one of the states that are overdue, with their deadlines, in order of receipt."""
        today = now or datetime.now(self._profile.zone)
        while found := self.applications(states, after=after, limit=_BATCH):
            after = found[-1].number
            judged = ((application, deadline(application, self._profile, today)) for application in found)
            yield from (pair for pair in judged if pair[1].overdue)

    def status(self, number: int, code: str) -> Application:
        """Return an application to who has the code of its receipt, by the public login; nobody's name is in it.

        Raises:
            NotFound: no such application, or not this code: the two are not told apart.
        """
        with self._register.reading() as connection, connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute("SELECT * FROM qala.application_status(%s, %s)", (number, _hashed(code))).fetchall()
        if not rows:
            raise NotFound(_NO_STATUS.filled(number=reservation.spelled(number)))
        events = [Event(r["at"], r["state"], r["reasons"], r["changeset"]) for r in rows]
        first = rows[0]
        return Application(
            number, first["kind"], first["received"], first["term"], first["days"], first["ahead"], events
        )


def confidences(connection: Connection, number: int) -> Confidences:
    """Return what is personal in an application; the connection must be a confidant's whose look is logged.

    Raises:
        NotFound: none of that number.
    """
    with connection.cursor(row_factory=class_row(Applicant)) as cursor:
        applicant = cursor.execute(_APPLICANT, (number,)).fetchone()
    if applicant is None:
        reservation.state_of(connection, number)
        raise NotFound(_NO_STATUS.filled(number=reservation.spelled(number)))
    with connection.cursor(row_factory=class_row(DocumentFacts)) as cursor:
        documents = cursor.execute(_DOCUMENTS, (number,)).fetchall()
    return Confidences(applicant, documents, dict(connection.execute(_NOTES, (number,)).fetchall()))


def document(connection: Connection, number: int, serial: int) -> Document:
    """Return a document with its content; the connection must be a confidant's whose look is logged.

    Raises:
        NotFound: none of that serial.
    """
    with connection.cursor(row_factory=class_row(Document)) as cursor:
        found = cursor.execute(_DOCUMENT, (number, serial)).fetchone()
    if found is None:
        raise NotFound(_NO_DOCUMENT.filled(number=reservation.spelled(number), serial=serial))
    return found


def _hashed(code: str) -> bytes:
    return sha256("".join(code.split()).replace("-", "").upper().encode(errors="replace")).digest()


def _insert(connection: Connection, number: int, intake: Intake, clerk: Clerk) -> None:
    applicant = intake.applicant
    connection.execute(_APPLIED, (number, applicant.party_type, applicant.name, applicant.iin_bin))
    with connection.cursor() as cursor:
        cursor.executemany(_CONCERNS, [(number, *concerned) for concerned in dict.fromkeys(intake.objects)])
    _append(connection, number, Step("received"), clerk)


def _append(connection: Connection, number: int, step: Step, clerk: Clerk) -> None:
    row = connection.execute(_STEP, (number, step.state, clerk.actor, clerk.role, list(step.reasons))).fetchone()
    if row is not None and step.note:
        connection.execute("INSERT INTO personal.application_note VALUES (%s, %s)", (row[0], step.note))


def _require_size(content: bytes) -> None:
    if not content:
        raise BadRequest(_EMPTY)
    if len(content) > LARGEST_DOCUMENT:
        raise TooLarge(_TOO_LARGE.filled(most=LARGEST_DOCUMENT), most=LARGEST_DOCUMENT)


def _kept(connection: Connection, number: int, kept: Document, clerk: Clerk) -> DocumentFacts:
    digest = sha256(kept.content).digest()
    parameters = (number, clerk.actor, kept.name, kept.media_type, digest, kept.content, number, MOST_DOCUMENTS)
    with connection.cursor(row_factory=class_row(DocumentFacts)) as cursor:
        facts = cursor.execute(_KEEP, parameters).fetchone()
    if facts is None:
        raise Conflict(_MANY.filled(number=reservation.spelled(number), most=MOST_DOCUMENTS))
    return facts


def _application(connection: Connection, number: int) -> Application:
    found = _applications(connection, _ONE, {"number": number})
    if not found:
        reservation.state_of(connection, number)  # refuses what was never received
    return found[0]


def _applications(connection: Connection, statement: str, parameters: Mapping[str, Any]) -> list[Application]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement, parameters).fetchall()
    return [_read(row) for row in rows]


def _read(row: Mapping[str, Any]) -> Application:
    events = [
        Event(datetime.fromisoformat(at), state, reasons, changeset, actor, role)
        for at, state, reasons, changeset, actor, role in row["events"]
    ]
    objects = [(layer, feature_id) for layer, feature_id in row["objects"]]
    plain = {name: row[name] for name in ("number", "kind", "received", "term", "days", "ahead", "holds")}
    return Application(**plain, events=events, objects=objects)


_BATCH: Final = 500
_RECEIPTS: Final = 0x51414C42
"""Lock of all receipts, beside the one of all commits."""

_RECEIVE = """
WITH clock AS (
  SELECT greatest(clock_timestamp(), (SELECT max(received) + interval '1 microsecond' FROM qala.application)) AS moment
), series AS (
  INSERT INTO qala.application_series AS s (year, last)
  SELECT extract(year FROM moment AT TIME ZONE %(zone)s)::integer, 1 FROM clock
  ON CONFLICT (year) DO UPDATE SET last = s.last + 1 RETURNING year, last
)
INSERT INTO qala.application (number, kind, received, term, days, holds, code_hash)
SELECT year * %(per_year)s::bigint + last, %(kind)s, moment, %(term)s, %(days)s, %(holds)s, %(code)s FROM series, clock
RETURNING number, received
"""
_APPLIED = "INSERT INTO personal.applicant (application, party_type, name, iin_bin) VALUES (%s, %s, %s, %s)"
_CONCERNS = "INSERT INTO qala.application_object (application, layer, feature_id) VALUES (%s, %s, %s)"
_STEP = """
INSERT INTO qala.application_event (application, state, actor, role, reasons) VALUES (%s, %s, %s, %s, %s)
RETURNING event_id
"""
_KEEP = """
INSERT INTO personal.application_document (application, serial, actor, name, media_type, sha256, content)
SELECT %s, next.serial, %s, %s, %s, %s, %s
FROM (SELECT coalesce(max(serial), 0) + 1 AS serial FROM personal.application_document WHERE application = %s) AS next
WHERE next.serial <= %s
RETURNING serial, name, media_type, octet_length(content) AS size, encode(sha256, 'hex') AS sha256, added
"""

_SHOWN = """
SELECT a.number, a.kind, a.received, a.term, a.days, a.holds, cardinality(qala.application_ahead(a.number)) AS ahead,
  (SELECT json_agg(json_build_array(e.at, e.state, e.reasons, e.changeset, e.actor, e.role) ORDER BY e.event_id)
   FROM qala.application_event AS e WHERE e.application = a.number) AS events,
  (SELECT coalesce(json_agg(json_build_array(o.layer, o.feature_id) ORDER BY o.layer, o.feature_id), '[]')
   FROM qala.application_object AS o WHERE o.application = a.number) AS objects
FROM qala.application AS a WHERE a.number WANTED
"""
_ONE = _SHOWN.replace("WANTED", "= %(number)s")
_LISTED = _SHOWN.replace(
    "WANTED",
    """IN (
  SELECT application FROM qala.application_now WHERE state = ANY(%(states)s) AND application > %(after)s
  ORDER BY application LIMIT %(limit)s)
ORDER BY a.number""",
)
_APPLICANT = "SELECT party_type, name, iin_bin FROM personal.applicant WHERE application = %s"
_DOCUMENTS = """
SELECT serial, name, media_type, octet_length(content) AS size, encode(sha256, 'hex') AS sha256, added
FROM personal.application_document WHERE application = %s ORDER BY serial
"""
_DOCUMENT = """
SELECT name, media_type, content FROM personal.application_document WHERE application = %s AND serial = %s
"""
_NOTES = """
SELECT e.at, n.note FROM qala.application_event AS e JOIN personal.application_note AS n USING (event_id)
WHERE e.application = %s
"""

_UNNUMBERED = Text(
    kk="Өтінішке нөмір берілмеді; қайталаңыз.",
    ru="Заявлению не присвоен номер; повторите.",
    en="The application got no number; try again.",
)
_NO_OBJECT = Text(
    kk="{layer} қабатында {id} нысаны ешқашан тіркелмеген.",
    ru="В слое {layer} объект {id} никогда не регистрировался.",
    en="Feature {id} was never registered in {layer}.",
)
_REASON = Text(
    kk="Бұл қадамның себебін reasons мүшесінде көрсетіңіз (бір немесе бірнеше код).",
    ru="Назовите основания этого шага в члене reasons (один код или несколько).",
    en="Give the reasons of this step by the member reasons (one code or several).",
)
_NO_REASON = Text(
    kk="Бұл қадам үшін себеп көрсетілмейді; reasons мүшесін алып тастаңыз.",
    ru="Для этого шага основания не указываются; уберите член reasons.",
    en="This step takes no reasons; leave the member reasons out.",
)
_ENDED = Text(
    kk="№ {number} өтініш аяқталған ({state}); оған құжат қосылмайды.",
    ru="Заявление № {number} завершено ({state}); документы к нему не принимаются.",
    en="Application {number} has ended ({state}); it takes no more documents.",
)
_EMPTY = Text(kk="Құжат бос.", ru="Документ пуст.", en="The document is empty.")
_TOO_LARGE = Text(
    kk="Құжат тым үлкен; ең көбі {most} байт.",
    ru="Документ слишком велик; не больше {most} байт.",
    en="The document is too large; at most {most} bytes.",
)
_MANY = Text(
    kk="№ {number} өтініште {most} құжат бар; одан көп қабылданбайды.",
    ru="У заявления № {number} уже {most} документов; больше не принимается.",
    en="Application {number} has {most} documents already; no more are taken.",
)
_NO_STATUS = Text(
    kk="Мұндай нөмірі мен коды бар өтініш жоқ (№ {number}); қолхаттағы нөмір мен кодты тексеріңіз.",
    ru="Нет заявления с таким номером и кодом (№ {number}); проверьте номер и код на расписке.",
    en="There is no application with this number and code ({number}); check both on the receipt.",
)
_NO_DOCUMENT = Text(
    kk="№ {number} өтініште {serial}-құжат жоқ.",
    ru="У заявления № {number} нет документа {serial}.",
    en="Application {number} has no document {serial}.",
)
