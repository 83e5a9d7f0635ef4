"""A feed of what works: the states of many lifts and ramps told at once, recorded as one changeset.

A row that won't do is refused with its reason, the others are recorded; the counts add up to the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg import Connection

from cadastres.urban_planning.street_fields import STATUSES
from cadastres.urban_planning.street_live import WITH_STATUS, Status, status_writes
from data.loaders.speed_rows import BatchReport, Unfit, instant_of
from gis import staging, store
from gis.act import Act
from gis.bulk import Bulk, bulk
from gis.errors import BadRequest
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import Timeline, rewritten
from gis.register import Register
from gis.rules import refuse
from gis.text import Text

VERB: Final = "urban_planning.status.tell"
UNKNOWN: Final = "unknown"
"""What a row says where nobody knows."""

AHEAD: Final = timedelta(minutes=5)
"""No state is told farther ahead than this: clocks of feeds differ a little."""

Row = Mapping[str, Any]
_Known = dict[int, tuple[Layer, Timeline]]


def tell_statuses(register: Register, rows: Sequence[Row], act: Act) -> BatchReport:
    """Record states of lifts and ramps; what is told of one last stands.

    Args:
        register: the city's.
        rows: ``object`` (feature id), ``status`` (``working``, ``out_of_order``, ``unknown``), and, where it is not the
            act's moment, ``since``; ``until`` where it is expected to last until then, and nobody knows what follows.
        act: who tells them, by which source, when.

    Raises:
        BadRequest: no rows.
        Forbidden: the act's role may not.
        RuleBroken: the whole breaks a rule.
    """
    if not rows:
        raise BadRequest(_NO_ROWS)
    feed = _Feed(register.profile, act.valid_from)
    told = list(feed.read(rows))
    with bulk(register, act, [layer.name for layer in WITH_STATUS]) as under_way:
        known = _on_record(under_way.connection, [status.feature for _, status in told])
        feed.lay(told, known)
        _record(under_way, known, feed)
    return feed.report


@dataclass
class _Feed:
    """Rows becoming timelines; ``after`` has those of the objects of which something new is told."""

    profile: CityProfile
    now: datetime
    report: BatchReport = field(default_factory=BatchReport)
    after: dict[int, Timeline] = field(default_factory=dict)

    def read(self, rows: Sequence[Row]) -> Iterator[tuple[int, Status]]:
        """Yield what rows say, refusing those that say nothing."""
        seen: dict[tuple[int, datetime], int] = {}
        for number, row in enumerate(rows, 1):
            self.report.read += 1
            try:
                status = self._status(row)
            except Unfit as unfit:
                self.report.refuse(number, unfit.code, unfit.value)
                continue
            first = seen.setdefault((status.feature, status.since), number)
            if first == number:
                yield number, status
            else:
                self.report.refuse(number, "duplicate", first)

    def _status(self, row: Row) -> Status:
        named, said = row.get("object"), row.get("status")
        if said not in (*STATUSES, UNKNOWN):
            raise Unfit("status", said)
        if isinstance(named, bool) or not isinstance(named, int) or named <= 0:
            raise Unfit("object-unknown", named)
        since, until = (self._moment(row.get(name)) for name in ("since", "until"))
        since = since or self.now
        if since > self.now + AHEAD:
            raise Unfit("time-far", row.get("since"))
        if until is not None and until <= since:
            raise Unfit("period-empty", f"{since.isoformat()} .. {row.get('until')}")
        return Status(feature=named, status=None if said == UNKNOWN else str(said), since=since, until=until)

    def _moment(self, told: object) -> datetime | None:
        if told is None:
            return None
        assumed, moment = instant_of(told, self.profile)
        self.report.assumed += assumed
        return moment

    def lay(self, told: Sequence[tuple[int, Status]], known: _Known) -> None:
        """Lay what is told over what is known."""
        for number, status in told:
            if status.feature not in known:
                self.report.refuse(number, "object-unknown", status.feature)
                continue
            layer, timeline = known[status.feature]
            self._lay(number, layer, self.after.get(status.feature, timeline), status)

    def _lay(self, number: int, layer: Layer, timeline: Timeline, status: Status) -> None:
        try:
            writes = status_writes(layer.name, timeline, status)
        except BadRequest:
            self.report.refuse(number, "object-not-in-force", status.feature)
            return
        if not writes:
            self.report.unchanged += 1
            return
        for write in writes:
            timeline = rewritten(timeline, write)
        self.after[status.feature] = timeline
        self.report.recorded += 1


def _on_record(connection: Connection, features: Sequence[int]) -> _Known:
    return {
        feature_id: (layer, timeline)
        for layer in WITH_STATUS
        for feature_id, timeline in store.timelines(connection, layer, features).items()
    }


def _record(under_way: Bulk, known: _Known, feed: _Feed) -> None:
    """Stage what is new, check it and record it as one changeset."""
    if not feed.after:
        return
    register, connection = under_way.register, under_way.connection
    for layer in WITH_STATUS:
        after = {i: timeline for i, timeline in feed.after.items() if known[i][0] is layer}
        before = {i: known[i][1] for i in after}
        last = store.last_versions(connection, layer, after)
        staging.stage(connection, layer, register.profile.srid, before, after, last)
    broken = [violation for violation in under_way.check() if violation.severity == "error"]
    if broken:
        raise refuse(broken, register.rules)
    done = under_way.record(VERB)
    feed.report.changeset, feed.report.recorded_at = done.number, done.recorded.astimezone(register.profile.zone)


_NO_ROWS = Text(
    kk="Топтамада бірде-бір жол жоқ.",
    ru="В партии нет ни одной строки.",
    en="The batch has no rows.",
)
