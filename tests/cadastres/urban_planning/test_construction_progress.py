"""Progress against a schedule, held against days counted one by one; and use of funds against its plan."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastres.urban_planning.construction_funds import account, report
from cadastres.urban_planning.construction_progress import Stage, progress
from data.profiles import find
from gis.record import Period, Version

DAY = date(2024, 6, 1)

stages = st.lists(
    st.builds(
        lambda start, length, cost, done: Stage(
            code="frame",
            planned_start=DAY + timedelta(days=start),
            planned_end=DAY + timedelta(days=start + length),
            planned_cost=cost,
            progress=done,
        ),
        st.integers(-60, 60),
        st.integers(0, 40),
        st.integers(0, 5),
        st.integers(0, 100).map(float),
    ),
    min_size=1,
    max_size=4,
)


def _share(stages: list[Stage], day: date) -> float:
    """Return what is planned by the end of a day, every stage's days counted one by one."""
    weights = [stage.planned_cost for stage in stages]
    weights = weights if sum(weights) else [1] * len(stages)
    done = 0.0
    for stage, weight in zip(stages, weights, strict=True):
        days = [
            stage.planned_start + timedelta(days=n) for n in range((stage.planned_end - stage.planned_start).days + 1)
        ]
        done += weight * 100 * sum(each <= day for each in days) / len(days)
    return done / sum(weights)


@given(stages)
def test_progress_agrees_with_days_counted_one_by_one(stages: list[Stage]) -> None:
    """Per cent and days, ahead and behind, on a schedule of any stages."""
    found = progress(stages, DAY)
    assert found is not None
    weights = [stage.planned_cost for stage in stages]
    weights = weights if sum(weights) else [1] * len(stages)
    actual = sum(w * s.progress for w, s in zip(weights, stages, strict=True)) / sum(weights)
    planned = _share(stages, DAY)
    assert found.planned == pytest.approx(planned)
    assert found.actual == pytest.approx(actual)
    assert found.percent == pytest.approx(actual - planned, abs=1e-6)
    counted = [DAY + timedelta(days=n) for n in range(-130, 130)]
    near = 1e-9
    if abs(actual - planned) <= near:
        assert found.days == 0
    elif actual > planned:
        assert found.days == min((d - DAY).days for d in counted if _share(stages, d) >= actual - near)
        assert found.days > 0
    else:
        last = min(stage.planned_start for stage in stages) - timedelta(days=1)
        known = [d for d in counted if d >= last and _share(stages, d) <= actual + near]
        assert found.days == max((d - DAY).days for d in known)
        assert found.days < 0


def test_no_schedule_no_progress() -> None:
    """An object without stages is neither ahead nor behind."""
    assert progress([], DAY) is None


def test_a_pause_in_the_schedule_is_no_lead() -> None:
    """Between two stages the plan stands still: who is done with the first is on time."""
    first = Stage(code="foundation", planned_start=DAY, planned_end=DAY + timedelta(9), planned_cost=1, progress=100)
    last = Stage(
        code="frame", planned_start=DAY + timedelta(50), planned_end=DAY + timedelta(59), planned_cost=1, progress=0
    )
    on_time = progress([first, last], DAY + timedelta(30))
    assert on_time is not None
    assert (on_time.percent, on_time.days) == (0, 0)


def row(**said: object) -> Version:
    """Return a version that says something."""
    return Version(1, Period(), attributes=said)


def test_an_account_adds_up() -> None:
    """Planned to the day by days, used by articles, the rest left; and told in three languages."""
    span = {"period_start": date(2024, 1, 1), "period_end": date(2024, 1, 10)}
    contracts = [
        row(state="registered", price=500, received=300),
        row(state="terminated", price=400, received=10),
        row(state="executed", price=100, received=100),
    ]
    plan = [row(article="works", planned=101, **span), row(article="materials", planned=50, **span)]
    use = [row(article="works", used=400, **span), row(article="design", used=20, **span)]
    found = account(date(2024, 1, 3), contracts, plan, use)
    assert (found.due, found.received, found.used, found.balance) == (600, 410, 420, -10)
    assert [(line.article, line.planned, line.planned_to_date, line.used, line.over) for line in found.lines] == [
        ("design", 0, 0, 20, 20),
        ("materials", 50, 15, 0, 0),
        ("works", 101, 30, 400, 299),
    ]
    told = report("ЖК «Тест»", found, find("almaty"), "ru")
    assert "Строительно-монтажные работы: по плану 101, к этому дню 30, израсходовано 400 тенге" in told
    assert "сверх плана израсходовано 299 тенге" in told
    assert "на 10 тенге больше, чем поступило" in told
