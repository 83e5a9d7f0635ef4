"""What is left of timelines from an act's legal date on, as pieces that can be carried over to other features.

A piece is a version cut to the time in question, without number or changeset: what a new version would say.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from gis.record import Period, Timeline, Version


def remaining(timeline: Sequence[Version], since: datetime) -> Timeline:
    """Return what a timeline says from a moment on, from its first piece in force; nothing where none is."""
    rest = Period(since, None)
    pieces = [_piece(v, span) for v in timeline if (span := v.valid.intersection(rest)) is not None]
    first = next((i for i, piece in enumerate(pieces) if not piece.abolished), len(pieces))
    return tuple(pieces[first:])


def live(pieces: Iterable[Version]) -> Timeline:
    """Return the pieces that are in force."""
    return tuple(piece for piece in pieces if not piece.abolished)


def begin(pieces: Sequence[Version], otherwise: datetime) -> datetime:
    """Return the moment at which pieces begin."""
    return pieces[0].valid.start or otherwise


def periods(pieces: Iterable[Version]) -> list[Period]:
    """Return when pieces are in force, adjoining spans as one."""
    found: list[Period] = []
    for piece in sorted(live(pieces), key=_start):
        if found and found[-1].end is not None and found[-1].end == piece.valid.start:
            found[-1] = Period(found[-1].start, piece.valid.end)
        else:
            found.append(piece.valid)
    return found


def within(pieces: Iterable[Version], spans: Sequence[Period]) -> Timeline:
    """Return pieces as far as they lie within spans, which don't overlap."""
    return tuple(
        _piece(piece, common) for piece in pieces for span in spans if (common := piece.valid.intersection(span))
    )


def cut(pieces: Iterable[Version], moments: Iterable[datetime]) -> Iterator[Version]:
    """Yield pieces, parted at each of the moments."""
    ordered = sorted(set(moments))
    for piece in pieces:
        for span in spans(piece.valid, ordered):
            yield _piece(piece, span)


def spans(period: Period, moments: Iterable[datetime]) -> Iterator[Period]:
    """Yield the parts into which moments, in order, cut a period."""
    start = period.start
    for moment in moments:
        if moment != start and period.contains(moment):
            yield Period(start, moment)
            start = moment
    yield Period(start, period.end)


def bounds(pieces: Iterable[Version]) -> set[datetime]:
    """Return every moment at which a piece begins or ends."""
    return {moment for piece in pieces for moment in (piece.valid.start, piece.valid.end) if moment is not None}


def joined(pieces: Iterable[Version]) -> Timeline:
    """Return pieces in order, those that adjoin and say the same as one."""
    found: list[Version] = []
    for piece in sorted(pieces, key=_start):
        if found and found[-1].valid.end == piece.valid.start and found[-1].says_as(piece):
            found[-1] = replace(found[-1], valid=Period(found[-1].valid.start, piece.valid.end))
        else:
            found.append(piece)
    return tuple(found)


def _piece(version: Version, span: Period) -> Version:
    return replace(version, valid=span, version=None, changeset=None)


def _start(piece: Version) -> float:
    return float("-inf") if piece.valid.start is None else piece.valid.start.timestamp()
