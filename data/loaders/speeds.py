"""Batches of speeds taken in whole: live ones by segment and time, usual ones by kind of day; one changeset each.

A row that won't do is refused with its reason, the others are recorded; the counts add up to the rows.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from psycopg import Connection

from cadastres.urban_planning.street_speeds import Told, Way, Word, overlapping
from cadastres.urban_planning.street_state_model import DAILY_SPEED, STREET_SPEED
from data.loaders.speed_rows import BatchReport, Course, Reading, Row
from gis import staging, store
from gis.act import Act
from gis.bulk import Bulk, bulk
from gis.layer import Layer
from gis.record import NOWHERE, Period, Timeline, Write, rewritten
from gis.register import Register
from gis.rules import refuse

LIVE_VERB: Final = "urban_planning.street_speed.tell"
REVOKE_VERB: Final = "urban_planning.street_speed.revoke"
DAILY_VERB: Final = "urban_planning.daily_speed.tell"

LIVE_COLUMNS: Final = ("segment", "direction", "speed", "from")
"""Columns that a file of live speeds must have; ``to`` may be there besides."""

DAILY_COLUMNS: Final = ("segment", "direction", "days")
"""Columns that a file of usual speeds must have, besides ``speeds`` or one for each quarter of an hour."""


def tell_speeds(register: Register, rows: Iterable[Row], act: Act, *, first_row: int = 1) -> BatchReport:
    """Record a batch of live speeds; the last word about a time replaces the earlier.

    Args:
        register: the city's.
        rows: ``segment``, ``direction``, ``speed`` [km/h], ``from``, and ``to``: an instant, ``revoked``, or nothing
            for the end of the quarter of an hour.
        act: who tells them, by which source.
        first_row: the number of the first row.

    Raises:
        BadRequest: no rows.
        Forbidden: the act's role may not.
        RuleBroken: the whole breaks a rule.
    """
    report = BatchReport()
    words = _reading(register, report, first_row).words(rows)
    with bulk(register, act, [STREET_SPEED.name]) as under_way:
        kept = _single(_known(under_way.connection, words, report), report)
        _record(under_way, kept, report, LIVE_VERB)
    return report


def revoke_speeds(register: Register, ways: Sequence[Way], period: Period, act: Act) -> BatchReport:
    """Revoke what was told of ways over a period, so that usual speeds count again; errors as :func:`tell_speeds`."""
    report = BatchReport(read=len(ways))
    words = [Word(way, None, period, row) for row, way in enumerate(ways, 1)]
    with bulk(register, act, [STREET_SPEED.name]) as under_way:
        kept = _single(_existing(under_way.connection, words, report), report)
        _record(under_way, kept, report, REVOKE_VERB)
    return report


def tell_daily_speeds(register: Register, rows: Iterable[Row], act: Act, *, first_row: int = 1) -> BatchReport:
    """Record usual speeds from the act's date on; those of a way and kind of day replace what was known of it.

    Args:
        register: the city's.
        rows: ``segment``, ``direction``, ``days`` (``workday``, ``saturday``, ``sunday``), and ``speeds`` (96 numbers)
            or a column for each quarter of an hour, ``00:00`` to ``23:45``.
        act: who tells them, by which source, from when they hold.
        first_row: the number of the first row.

    Raises:
        QalaError: as :func:`tell_speeds`.
    """
    report = BatchReport()
    courses = _reading(register, report, first_row).courses(rows)
    with bulk(register, act, [DAILY_SPEED.name]) as under_way:
        kept = _known_courses(under_way.connection, courses, act.valid_from, report)
        before = _courses_on_record(under_way.connection, kept)
        after = _replaced(kept, before, act.valid_from)
        changed = {i: timeline for i, timeline in after.items() if _is_changed(timeline)}
        report.unchanged = len(kept) - len(changed)
        _write(under_way, DAILY_SPEED, before, changed, report, DAILY_VERB)
        report.recorded = len(changed)
    return report


def _reading(register: Register, report: BatchReport, first_row: int) -> Reading:
    return Reading(register.profile, report, datetime.now(register.profile.zone), first_row)


def _known(connection: Connection, words: Sequence[Word], report: BatchReport) -> list[Word]:
    """Leave out words about segments that are not in force throughout."""
    spans = _spans(connection, (word.way[0] for word in words))
    kept = []
    for word in words:
        if word.way[0] not in spans:
            report.refuse(word.row, "segment-unknown", word.way[0])
        elif not _covered(word.period, spans[word.way[0]]):
            report.refuse(word.row, "segment-not-in-force", word.way[0])
        else:
            kept.append(word)
    return kept


def _existing(connection: Connection, words: Sequence[Word], report: BatchReport) -> list[Word]:
    """Leave out words about what never was a segment."""
    spans = _spans(connection, (word.way[0] for word in words))
    for word in words:
        if word.way[0] not in spans:
            report.refuse(word.row, "segment-unknown", word.way[0])
    return [word for word in words if word.way[0] in spans]


def _single(words: Sequence[Word], report: BatchReport) -> list[Word]:
    """Leave out words about a time of which an earlier row speaks."""
    by_row = {word.row: word for word in words}
    doubled = overlapping(words)
    for row, first in doubled.items():
        same = (by_row[row].speed, by_row[row].period) == (by_row[first].speed, by_row[first].period)
        report.refuse(row, "duplicate" if same else "overlap", first)
    return [word for word in words if word.row not in doubled]


def _spans(connection: Connection, segments: Iterable[int]) -> dict[int, list[Period]]:
    """Return when segments are in force."""
    found: dict[int, list[Period]] = {}
    for feature_id, valid in connection.execute(_SEGMENTS, (sorted(set(segments)),)).fetchall():
        found.setdefault(feature_id, []).append(store.period_of(valid))
    return found


def _covered(period: Period, spans: Sequence[Period]) -> bool:
    left = [period]
    for span in spans:
        left = [rest for piece in left for rest in piece.minus(span)]
    return not left


def _record(under_way: Bulk, words: Sequence[Word], report: BatchReport, verb: str) -> None:
    before = _on_record(under_way.connection, words)
    told = Told(dict(before))
    told.tell(words)
    changed = {i: timeline for i, timeline in told.timelines.items() if timeline is not before.get(i)}
    report.unchanged = told.unchanged
    report.recorded = len(words) - told.unchanged
    _write(under_way, STREET_SPEED, before, changed, report, verb)


def _on_record(connection: Connection, words: Sequence[Word]) -> dict[int, Timeline]:
    """Return the timelines of what was told of the same ways and times."""
    if not words:
        return {}
    ends = [word.period.end for word in words]
    values = {
        "segments": sorted({word.way[0] for word in words}),
        "start": min(start for word in words if (start := word.period.start) is not None),
        "end": None if None in ends else max(end for end in ends if end is not None),
    }
    met = [row[0] for row in connection.execute(_MET, values).fetchall()]
    return store.timelines(connection, STREET_SPEED, met)


def _write(
    under_way: Bulk,
    layer: Layer,
    before: Mapping[int, Timeline],
    changed: Mapping[int, Timeline],
    report: BatchReport,
    verb: str,
) -> None:
    """Stage timelines, new features under their own ids, check them and record them as one changeset."""
    if not changed:
        return
    connection, register = under_way.connection, under_way.register
    ids = store.new_ids(connection, sum(i < 0 for i in changed))
    new = dict(zip(sorted((i for i in changed if i < 0), reverse=True), ids, strict=True))
    after = {new.get(i, i): _renumbered(timeline, new.get(i, i)) for i, timeline in changed.items()}
    last = store.last_versions(connection, layer, [i for i in changed if i > 0])
    staging.stage(connection, layer, register.profile.srid, {i: before[i] for i in after if i in before}, after, last)
    broken = [violation for violation in under_way.check() if violation.severity == "error"]
    if broken:
        raise refuse(broken, register.rules)
    done = under_way.record(verb)
    report.changeset, report.recorded_at = done.number, done.recorded.astimezone(register.profile.zone)


def _renumbered(timeline: Timeline, feature_id: int) -> Timeline:
    if timeline[0].feature_id == feature_id:
        return timeline
    return tuple(replace(version, feature_id=feature_id) for version in timeline)


def _known_courses(
    connection: Connection, courses: Sequence[Course], since: datetime, report: BatchReport
) -> list[Course]:
    spans = _spans(connection, (course.way[0] for course in courses))
    first: dict[tuple[Way, str], Course] = {}
    for course in courses:
        segment, same = course.way[0], first.get((course.way, course.days))
        if segment not in spans:
            report.refuse(course.row, "segment-unknown", segment)
        elif not _covered(Period(since, None), spans[segment]):
            report.refuse(course.row, "segment-not-in-force", segment)
        elif same is not None:
            report.refuse(course.row, "duplicate" if same.speeds == course.speeds else "overlap", same.row)
        else:
            first[course.way, course.days] = course
    return list(first.values())


def _courses_on_record(connection: Connection, courses: Sequence[Course]) -> dict[int, Timeline]:
    segments = {course.way[0] for course in courses}
    return store.related(connection, DAILY_SPEED, "segment_id", segments) if segments else {}


def _replaced(courses: Sequence[Course], before: Mapping[int, Timeline], since: datetime) -> dict[int, Timeline]:
    known = {
        (v.attributes["segment_id"], v.attributes["direction"], v.attributes["days"]): i
        for i, timeline in before.items()
        for v in timeline[:1]
    }
    after = {}
    for number, course in enumerate(courses, 1):
        feature = known.get((*course.way, course.days), -number)
        write = Write(DAILY_SPEED.name, feature, Period(since, None), NOWHERE, _said(course))
        after[feature] = rewritten(before.get(feature, ()), write)
    return after


def _said(course: Course) -> dict[str, object]:
    said: dict[str, object] = dict.fromkeys(f.name for f in DAILY_SPEED.fields)
    speeds = json.dumps(list(course.speeds), separators=(",", ":"))
    return {**said, "segment_id": course.way[0], "direction": course.way[1], "days": course.days, "speeds": speeds}


def _is_changed(timeline: Timeline) -> bool:
    return any(version.version is None for version in timeline)


_SEGMENTS: Final = """
SELECT feature_id, valid FROM urban_planning.street_segment
WHERE feature_id = ANY(%s) AND upper_inf(recorded) AND NOT abolished
"""

# Words that ended before are many and of no interest: those that end are found by their end, the others by the tail's
# index; so the segments, of which each has a word for every quarter of an hour that was, are no index condition.
_MET: Final = """
SELECT DISTINCT feature_id FROM (
  SELECT feature_id, segment_id, valid FROM urban_planning.street_speed
  WHERE upper_inf(recorded) AND NOT upper_inf(valid) AND upper(valid) > %(start)s AND NOT abolished
  UNION ALL
  SELECT feature_id, segment_id, valid FROM urban_planning.street_speed
  WHERE upper_inf(recorded) AND upper_inf(valid) AND NOT abolished OFFSET 0) AS told
WHERE segment_id = ANY(%(segments)s) AND (%(end)s::timestamptz IS NULL OR coalesce(lower(valid) < %(end)s, true))
"""
