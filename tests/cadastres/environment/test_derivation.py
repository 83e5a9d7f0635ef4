"""Zones pointwise in time, held against a naive model: at any moment, the buffer by what is valid at that moment."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import shapely
from hypothesis import given
from hypothesis import strategies as st

from cadastres.environment.derivation import QUADRANT_SEGMENTS, spans, writes
from cadastres.environment.sources import TIES
from cadastres.environment.zone_model import SANITARY_ZONE
from gis.record import Period, Timeline, Version, at, rewritten

TIE = next(tie for tie in TIES if tie.zone == SANITARY_ZONE)
START = datetime(2020, 1, 1, tzinfo=UTC)
DAYS = 12
ZONE_ID = 900

bounds = st.lists(st.integers(0, DAYS), min_size=1, max_size=5, unique=True).map(sorted)


def day(number: int) -> datetime:
    """Return a day's beginning."""
    return START + timedelta(days=number)


def timeline(feature_id: int, starts: list[int], versions: list[Version], *, ends: bool) -> Timeline:
    """Return versions one behind the other; the last one goes on unless it ends."""
    edges = [day(number) for number in starts]
    last = edges[-1] + timedelta(days=1) if ends else None
    periods = [Period(a, b) for a, b in zip(edges, [*edges[1:], last], strict=True)]
    return tuple(
        Version(feature_id, period, v.geometry, v.attributes, v.abolished)
        for period, v in zip(periods, versions, strict=False)
    )


@st.composite
def works(draw: st.DrawFn) -> Timeline:
    """Draw works that change place and class, get a width by project, end and come back."""
    starts = draw(bounds)
    versions = [
        Version(
            1,
            Period(),
            shapely.MultiPolygon([shapely.box(x := draw(st.integers(0, 3)) * 100.0, 0, x + 10, 10)]),
            {
                "hazard_class": draw(st.sampled_from(["III", "IV"])),
                "zone_width": draw(st.sampled_from([None, None, 70.0])),
                "legal_basis": "act",
            },
            draw(st.integers(0, 4)) == 0,
        )
        for _ in starts
    ]
    return timeline(1, starts, versions, ends=draw(st.booleans()))


@st.composite
def rows(draw: st.DrawFn) -> list[Timeline]:
    """Draw the rows of two classes and the one for all, each with changing widths, gaps and ends."""
    found = []
    for feature_id, class_key in enumerate(("III", "IV", "any"), 10):
        if draw(st.booleans()):
            starts = draw(bounds)
            versions = [
                Version(
                    feature_id,
                    Period(),
                    attributes={
                        "zone_kind": "sanitary",
                        "class_key": class_key,
                        "width": draw(st.sampled_from([50.0, 100.0])),
                    },
                    abolished=draw(st.integers(0, 4)) == 0,
                )
                for _ in starts
            ]
            found.append(timeline(feature_id, starts, versions, ends=draw(st.booleans())))
    return found


def expected(source: Timeline, parameters: list[Timeline], moment: datetime) -> tuple[float, shapely.Geometry] | None:
    """Return width and area of the zone at one moment, by the plainest reading of the rule."""
    there = at(source, moment)
    if there is None or there.abolished:
        return None
    valid = [v for t in parameters if (v := at(t, moment)) is not None and not v.abolished]
    by_class = {v.attributes["class_key"]: v.attributes["width"] for v in valid}
    width = there.attributes["zone_width"] or by_class.get(there.attributes["hazard_class"]) or by_class.get("any")
    return None if width is None else (width, there.geometry.buffer(width, quad_segs=QUADRANT_SEGMENTS))


def derived(source: Timeline, parameters: list[Timeline], standing: Timeline) -> Timeline:
    """Return the zone's timeline after the follower's writes."""
    for write in writes(TIE, ZONE_ID, spans(TIE, source, parameters), standing, source):
        standing = rewritten(standing, write)
    return standing


def agrees(zone: Timeline, source: Timeline, parameters: list[Timeline]) -> bool:
    """Tell whether a zone is at every moment what the naive model says."""
    for number in range(-1, DAYS + 3):
        found, wanted = at(zone, day(number)), expected(source, parameters, day(number))
        live = None if found is None or found.abolished else found
        if (live is None) != (wanted is None):
            return False
        if live is not None and wanted is not None:
            same = live.attributes["width"] == wanted[0] and live.geometry.equals(wanted[1])
            if not same:
                return False
    return True


@given(works(), rows())
def test_a_zone_is_at_every_moment_what_is_valid_then(source: Timeline, parameters: list[Timeline]) -> None:
    """Drawn from nothing."""
    assert agrees(derived(source, parameters, ()), source, parameters)


@given(works(), rows(), works(), rows())
def test_a_zone_follows_any_change_and_then_rests(
    source: Timeline, parameters: list[Timeline], changed: Timeline, others: list[Timeline]
) -> None:
    """Drawn over what stood before; asked again, nothing is left to write; no gap is left untold."""
    zone = derived(changed, others, derived(source, parameters, ()))
    assert agrees(zone, changed, others)
    assert not list(writes(TIE, ZONE_ID, spans(TIE, changed, others), zone, changed))
    assert all(a.valid.end == b.valid.start for a, b in pairwise(zone))
