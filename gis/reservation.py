"""Reservation: an application under examination holds its objects against acts for others.

Only a submitted act reserves: an application that was received holds nothing until its examination begins. Of several
under examination for one feature, the one received first holds it; the others wait their turn. Whoever begins or ends
an examination takes the same locks on the features as the acts that write them, so that no act slips in between.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from psycopg import Connection, sql

from gis.act import Act
from gis.errors import BadRequest, Conflict, NotFound
from gis.layer import Layer
from gis.locks import LockKeys, feature_keys
from gis.profile import CityProfile
from gis.staging import staged
from gis.text import Text

RULE: Final = "register.application.reserved"
STATEMENT: Final = Text(
    kk="Қаралып жатқан өтініштің нысанын басқа өтініш бойынша өзгертуге болмайды; "
    "бұрын түскен өтініштің кезегі бірінші.",
    ru="Объект рассматриваемого заявления нельзя изменить актом не по этому заявлению; "
    "очередь того, что поступило раньше.",
    en="What an application under examination concerns may be changed by an act for that application only; "
    "the one received earlier goes first.",
)

ORDER: Final = "register.application.order"
ORDER_STATEMENT: Final = Text(
    kk="Өтініш мына ретпен жүреді: қабылданды, қаралуда (тоқтатыла тұруы мүмкін), одан соң шешім, бас тарту немесе "
    "кері қайтарып алу; аяқталған өтініш қайта ашылмайды.",
    ru="Заявление проходит путь: принято, на рассмотрении (возможно приостановление), затем решение, отказ или отзыв; "
    "завершённое заявление не открывается вновь.",
    en="An application is received, examined (perhaps suspended), then decided, refused or withdrawn; "
    "one that has ended is not opened again.",
)

PER_YEAR: Final = 10_000_000
"""Applications of one year are fewer; a number is the year times this, and the serial."""


class Reserved(Conflict):
    """The act would change what another application holds; ``data`` names that application, never who applied."""

    code = "reserved"


class OutOfOrder(Conflict):
    """The application is not in a state from which this step is possible."""

    code = "out-of-order"


def spelled(number: int) -> str:
    """Return an application's number as people write it.

    >>> spelled(20260000042)
    '2026-0000042'
    """
    year, serial = divmod(number, PER_YEAR)
    return f"{year:04d}-{serial:07d}"


def parse_number(text: str) -> int:
    """Return an application's number.

    >>> parse_number(" 2026-0000042 ")
    20260000042

    Raises:
        BadRequest: not a year, a hyphen and seven digits.
    """
    year, hyphen, serial = text.strip().partition("-")
    if not (hyphen and text.isascii() and year.isdigit() and serial.isdigit() and (len(year), len(serial)) == (4, 7)):
        raise BadRequest(_NO_NUMBER.filled(text=text[:40]), number=text[:40])
    return int(year) * PER_YEAR + int(serial)


def lock_keys(connection: Connection, application: int) -> LockKeys:
    """Return the locks of an application and of the features that it concerns."""
    rows = connection.execute("SELECT feature_id FROM qala.application_object WHERE application = %s", (application,))
    return LockKeys(exclusive=frozenset({f"application:{application}"})) | feature_keys(
        (row[0] for row in rows), exclusive=True
    )


def state_of(connection: Connection, application: int) -> str:
    """Return the state that an application is in.

    Raises:
        NotFound: none was ever received under the number.
    """
    row = connection.execute("SELECT qala.application_state(%s)", (application,)).fetchone()
    if row is None or row[0] is None:
        raise NotFound(_NO_APPLICATION.filled(number=spelled(application)), application=spelled(application))
    return str(row[0])


def require_free(
    connection: Connection,
    profile: CityProfile,
    application: int | None,
    *,
    written: Collection[int],
    named: Collection[int],
) -> None:
    """Refuse an act that changes what another application holds; the caller holds the locks of all that it changes.

    Args:
        connection: the writer's, in the act's transaction.
        profile: tells the zone in which a moment of receipt is told.
        application: the one for which the act is performed, if any.
        written: features that the act writes, what follows from it included.
        named: features that the written ones refer to.

    Raises:
        NotFound: there is no such application.
        OutOfOrder: the act's own application is not under examination.
        Reserved: another holds one of the features, or was received earlier for it.
    """
    if application is not None and (state := state_of(connection, application)) != "examination":
        raise out_of_order(application, state, "decided")
    parameters = {"own": application, "written": list(written), "named": list(named)}
    _refuse(connection.execute(_HELD, parameters).fetchall(), profile)


def require_free_bulk(connection: Connection, profile: CityProfile, layers: Iterable[Layer]) -> None:
    """Refuse a bulk act if what is staged changes what an application holds.

    Raises:
        Reserved: one does.
    """
    for layer in layers:
        _refuse(connection.execute(sql.SQL(_HELD_STAGED).format(staged=staged(layer))).fetchall(), profile)


def decide(connection: Connection, act: Act, changeset: int) -> None:
    """Put on record that the application of an act was decided by its changeset."""
    if act.application is not None:
        connection.execute(_DECIDED, (act.application, act.actor, act.role, changeset))


def out_of_order(application: int, state: str, wanted: str) -> OutOfOrder:
    """Return the refusal of a step that is not possible from a state."""
    told = _ORDER.filled(number=spelled(application), state=STATES[state], wanted=STATES[wanted])
    return OutOfOrder(told, rule=ORDER, application=spelled(application), state=state)


def _refuse(held: list[tuple[int, datetime, str, int]], profile: CityProfile) -> None:
    if not held:
        return
    application, received, layer, feature_id = held[0]
    moment = received.astimezone(profile.zone).isoformat(sep=" ", timespec="seconds")
    facts: dict[str, Any] = {"number": spelled(application), "received": moment, "layer": layer, "id": feature_id}
    raise Reserved(
        _RESERVED.filled(**facts),
        rule=RULE,
        application=spelled(application),
        received=received,
        features=[{"layer": name, "id": i, "application": spelled(number)} for number, _, name, i in held],
    )


STATES: Final = {
    "received": Text(kk="қабылданды", ru="принято", en="received"),
    "examination": Text(kk="қаралуда", ru="на рассмотрении", en="under examination"),
    "suspended": Text(kk="тоқтатыла тұрды", ru="приостановлено", en="suspended"),
    "decided": Text(kk="шешім қабылданды", ru="решение принято", en="decided"),
    "refused": Text(kk="бас тартылды", ru="отказано", en="refused"),
    "withdrawn": Text(kk="кері қайтарып алынды", ru="отозвано", en="withdrawn"),
}
"""What a state is called."""

# Own objects are free to an application that was received before all others that are under examination for them.
_HELD = """
SELECT application, a.received, o.layer, o.feature_id
FROM qala.application_object AS o JOIN qala.application AS a ON a.number = o.application
JOIN qala.application_now AS n USING (application)
WHERE o.feature_id = ANY(%(written)s::bigint[] || %(named)s::bigint[])
  AND (a.holds = 'referring' OR (a.holds = 'objects' AND o.feature_id = ANY(%(written)s::bigint[])))
  AND o.application IS DISTINCT FROM %(own)s::bigint
  AND n.state IN ('examination', 'suspended')
  AND NOT (o.application > coalesce(%(own)s::bigint, o.application) AND EXISTS (
    SELECT FROM qala.application_object AS m WHERE m.application = %(own)s::bigint AND m.feature_id = o.feature_id))
ORDER BY application, o.layer, o.feature_id LIMIT 100
"""

_HELD_STAGED = """
SELECT application, a.received, o.layer, o.feature_id
FROM qala.application_object AS o JOIN qala.application AS a ON a.number = o.application
JOIN qala.application_now AS n USING (application)
WHERE a.holds <> 'nothing' AND n.state IN ('examination', 'suspended')
  AND EXISTS (SELECT FROM {staged} AS s WHERE s.feature_id = o.feature_id AND s._state IN ('new', 'closed'))
ORDER BY application, o.layer, o.feature_id LIMIT 100
"""

_DECIDED = """
INSERT INTO qala.application_event (application, state, actor, role, changeset) VALUES (%s, 'decided', %s, %s, %s)
"""

_RESERVED = Text(
    kk=f"[{RULE}] {{layer}} қабатының {{id}} нысаны {{received}} қабылданған № {{number}} өтініш бойынша қаралуда. "
    "Ол аяқталғанша күтіңіз немесе актіні сол өтініш бойынша орындаңыз.",
    ru=f"[{RULE}] По объекту {{id}} слоя {{layer}} рассматривается заявление № {{number}}, принятое {{received}}. "
    "Дождитесь его завершения или выполните акт по этому заявлению.",
    en=f"[{RULE}] Application {{number}}, received {{received}}, is under examination for feature {{id}} of {{layer}}. "
    "Wait until it ends, or perform the act for that application.",
)
_ORDER = Text(
    kk=f"[{ORDER}] № {{number}} өтініштің күйі — «{{state}}»; одан «{{wanted}}» күйіне өтуге болмайды.",
    ru=f"[{ORDER}] Заявление № {{number}} в состоянии «{{state}}»; из него нельзя перейти в состояние «{{wanted}}».",
    en=f"[{ORDER}] Application {{number}} is {{state}}; from there it can't become {{wanted}}.",
)
_NO_APPLICATION = Text(
    kk="№ {number} өтініш ешқашан қабылданбаған.",
    ru="Заявление № {number} никогда не принималось.",
    en="No application was ever received under the number {number}.",
)
_NO_NUMBER = Text(
    kk="«{text}» өтініш нөмірі емес; дұрысы, мысалы: 2026-0000042.",
    ru="«{text}» — не номер заявления; верно, например: 2026-0000042.",
    en="'{text}' is no number of an application; right would be, for example, 2026-0000042.",
)
