"""What each changeset did to a feature: made, changed, ended or corrected it, told from all versions ever known.

A version that a changeset opens is held against what the register said of the same moment before. Where it says another
thing only from a later day than the earlier version's first, the feature changed on that day. Where it does so from the
very first day, then either the act says that it corrects an error; or its source was accepted after that day and after
the earlier source, so that what was said is restated for a time already past; or it is the next act of the same day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from psycopg import Connection, sql

from gis.layer import Layer
from gis.record import Period
from gis.store import period_of

What = Literal["created", "changed", "ended", "corrected", "restated", "annulled"]

CORRECTIONS: Final[frozenset[What]] = frozenset({"corrected", "restated", "annulled"})
"""By these the register says that what it said before had never been so."""

AREA: Final = "area"
"""Name of the change of a boundary: the areas before and after stand for the shapes [m2]."""

_DECIMALS: Final = 2


@dataclass(frozen=True, slots=True)
class Known:
    """A version as the register once knew it.

    Attributes:
        closed_by: the changeset that closed it, among those known; ``None`` where it stands.
        shape: hash of its geometry; empty where there is none.
        area: of its geometry [m2].
    """

    feature_id: int
    valid: Period
    opened_by: int
    closed_by: int | None
    abolished: bool
    shape: str
    area: float
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def stood_before(self, changeset: int) -> bool:
        """Tell whether the register said so just before a changeset."""
        return self.opened_by < changeset and (self.closed_by is None or self.closed_by >= changeset)


@dataclass(frozen=True, slots=True)
class Deed:
    """What tells a correction from the next act.

    Attributes:
        accepted: first instant of the legal day on which the act's source was accepted.
        corrects: the act says of itself that it corrects an error.
    """

    accepted: datetime
    corrects: bool = False

    def looks_back(self, since: datetime | None, earlier: "Deed | None" = None) -> bool:
        """Tell whether the act speaks of a time before its own, which an earlier one may have spoken of already."""
        late = since is None or self.accepted > since
        return self.corrects or (late and (earlier is None or self.accepted > earlier.accepted))


@dataclass(frozen=True, slots=True)
class Event:
    """What a changeset did to a feature over a span of valid time.

    Attributes:
        changes: names of what differs, with both values.
        said: the attributes that it has from then on; of an end, the last it had.
    """

    layer: Layer
    feature_id: int
    changeset: int
    what: What
    valid: Period
    changes: Mapping[str, tuple[Any, Any]]
    said: Mapping[str, Any]


def ever(
    connection: Connection, layer: Layer, recorded: datetime, values: Iterable[object], key: str = "feature_id"
) -> list[Known]:
    """Return all versions that the register had recorded by an instant and that have one of the values in a key."""
    wanted = sorted({value for value in values if value is not None}, key=str)
    if not wanted:
        return []
    statement = sql.SQL(_EVER).format(
        shape=sql.SQL("md5(ST_AsBinary(geom)), ST_Area(geom)" if layer.spatial else "'', 0"),
        fields=sql.SQL(", ").join(sql.Identifier(f.name) for f in layer.fields),
        table=sql.Identifier(layer.schema, layer.table),
        key=sql.Identifier(key),
    )
    names = [f.name for f in layer.fields]
    rows = connection.execute(statement, {"wanted": wanted, "recorded": recorded}).fetchall()
    return [_known(row, names) for row in rows]


def _known(row: Sequence[Any], names: Sequence[str]) -> Known:
    feature_id, valid, opened_by, closed_by, abolished, shape, area, *values = row
    said = dict(zip(names, values, strict=True))
    return Known(feature_id, period_of(valid), opened_by, closed_by, abolished, shape, area, said)


_EVER: Final = """
SELECT feature_id, valid, opened_by, CASE WHEN upper(recorded) <= %(recorded)s THEN closed_by END, abolished,
  {shape}, {fields}
FROM {table} WHERE {key} = ANY(%(wanted)s) AND lower(recorded) <= %(recorded)s
ORDER BY feature_id, lower(recorded), lower(valid) NULLS FIRST
"""


def events(layer: Layer, known: Sequence[Known], told: Iterable[str], deeds: Mapping[int, Deed]) -> Iterator[Event]:
    """Yield what changesets did to features of a layer, as far as the fields that are told of differ.

    Args:
        layer: the features'.
        known: their versions.
        told: names of fields, :data:`AREA` for the boundary.
        deeds: the acts by changeset.
    """
    names = tuple(told)
    features: dict[int, list[Known]] = {}
    for version in known:
        features.setdefault(version.feature_id, []).append(version)
    for versions in features.values():
        for opened in versions:
            event = _event(layer, opened, versions, names, deeds)
            if event is not None:
                yield event


def _event(
    layer: Layer, opened: Known, versions: Sequence[Known], told: Sequence[str], deeds: Mapping[int, Deed]
) -> Event | None:
    before = [v for v in versions if v.stood_before(opened.opened_by)]
    prior = next((v for v in before if _holds(v.valid, opened.valid.start)), None)
    changes = {} if prior is None else _changes(prior, opened, told)
    if prior is None:
        what = _begun(opened, deeds[opened.opened_by], known_before=bool(before))
    elif opened.abolished == prior.abolished and not changes:
        return None
    else:
        what = _turned(opened, prior, deeds)
    if what is None:
        return None
    return Event(layer, opened.feature_id, opened.opened_by, what, opened.valid, changes, opened.attributes)


def _holds(period: Period, start: datetime | None) -> bool:
    return period.start is None if start is None else period.contains(start)


def _begun(opened: Known, deed: Deed, *, known_before: bool) -> What | None:
    if opened.abolished:
        return None
    if not known_before:
        return "created"
    return "corrected" if deed.corrects else "restated"


def _turned(opened: Known, prior: Known, deeds: Mapping[int, Deed]) -> What:
    """Return what became of a feature of which the register said something else of the same moment."""
    deed, same_start = deeds[opened.opened_by], prior.valid.start == opened.valid.start
    never = same_start and deed.looks_back(opened.valid.start, deeds[prior.opened_by])
    if opened.abolished != prior.abolished:
        return ("annulled" if never else "ended") if opened.abolished else _revived(deed, never=never)
    if not never:
        return "changed"
    return "corrected" if deed.corrects else "restated"


def _revived(deed: Deed, *, never: bool) -> What:
    if deed.corrects:
        return "corrected"
    return "restated" if never else "created"


def _changes(prior: Known, opened: Known, told: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    found = {
        name: (prior.attributes.get(name), opened.attributes.get(name))
        for name in told
        if name != AREA and prior.attributes.get(name) != opened.attributes.get(name)
    }
    if AREA in told and prior.shape != opened.shape:
        found[AREA] = (round(prior.area, _DECIMALS), round(opened.area, _DECIMALS))
    return found
