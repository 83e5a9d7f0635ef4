"""Timelines as a verb reads them: what was so on the legal date, and what the register knows to have come after.

A retroactive act meets later records. Later changes of attributes alone are kept: the act's effect is laid under each
of them. A later change of a boundary, or a later end, can't be guessed at; the act is refused and says when it came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gis.act import Case, missing
from gis.errors import Conflict
from gis.record import Period, Version, at
from gis.text import Text


class LaterChange(Conflict):
    """The act's legal date lies before a change that the register already holds and the act doesn't treat."""

    code = "later-change"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A span of valid time in which none of some features changes, and their versions in it."""

    period: Period
    versions: tuple[Version, ...]


def current(case: Case, layer: str, feature_ids: Sequence[int]) -> list[Version]:
    """Return the versions in force on the act's legal date.

    Raises:
        BadRequest: one of the features is not in force then.
    """
    return [_required(case, layer, feature_id) for feature_id in feature_ids]


def _required(case: Case, layer: str, feature_id: int) -> Version:
    version = case.current(layer, feature_id)
    if version is None:
        raise missing(layer, feature_id, case.act.valid_from)
    return version


def chapters(case: Case, layer: str, feature_ids: Sequence[int]) -> list[Chapter]:
    """Return the features' story from the act's legal date on, parted wherever one of them changes an attribute.

    Raises:
        BadRequest: one of the features is not in force on the legal date.
        LaterChange: one of them later gets another boundary, or ends.
    """
    first = current(case, layer, feature_ids)
    return [Chapter(span, tuple(_unmoved(case, layer, v, span) for v in first)) for span in _spans(case, layer, first)]


def _spans(case: Case, layer: str, first: Sequence[Version]) -> Iterator[Period]:
    begin = case.act.valid_from
    changes = {v.valid.start for f in first for v in case.timeline(layer, f.feature_id)}
    starts = [begin, *sorted(start for start in changes if start is not None and start > begin)]
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        yield Period(start, end)


def _unmoved(case: Case, layer: str, before: Version, span: Period) -> Version:
    start = span.start or case.act.valid_from
    version = at(case.timeline(layer, before.feature_id), start)
    if version is None or version.abolished or not version.geometry.equals_exact(before.geometry, 0.0):
        raise later(case, layer, before.feature_id, start)
    return version


def later(case: Case, layer: str, feature_id: int, change: datetime) -> LaterChange:
    """Return the refusal of an act that a later change of a feature stands in the way of."""
    day, changed = (case.profile.legal_day(moment) for moment in (case.act.valid_from, change))
    message = _LATER.filled(layer=layer, id=feature_id, day=day, change=changed)
    return LaterChange(message, layer=layer, feature_id=feature_id, changed_from=change.isoformat())


_LATER = Text(
    kk="{layer} қабатының {id} нысаны {change} бастап өзгерген немесе тоқтатылған, ал акт {day} күнінен әрекет етеді; "
    "алдымен кейінгі актіні қараңыз немесе {change} күнінен кейінгі күнді алыңыз.",
    ru="Объект {id} слоя {layer} с {change} изменён или прекращён, а акт действует с {day}; "
    "сначала пересмотрите более поздний акт или возьмите дату после {change}.",
    en="Feature {id} of {layer} is changed or ended from {change} on, but the act takes effect on {day}; "
    "revise the later act first, or take a date after {change}.",
)
