"""The counter: priority by the database's clock, steps in their order, terms, and what an application holds."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from data.profiles import bundled, find
from gis.access import Look
from gis.act import Act
from gis.applications import Applicant, Clerk, Document, Intake, Receipt, State, Step, deadline
from gis.bulk import bulk
from gis.classifier import UnknownCode
from gis.counter import Counter, confidences, document
from gis.database import connect
from gis.edit import Put
from gis.errors import BadRequest, Conflict, NotFound, QalaError, TooLarge
from gis.profile import CityProfile
from gis.record import NOWHERE, Write
from gis.recording import Recorded
from gis.reservation import ORDER, RULE, OutOfOrder, Reserved, parse_number, spelled
from gis.staging import staged
from gis.workdays import Pause, Term, Workdays, due
from tests.city import City, square

GREEN = "environment.green_area"
CLERK = Clerk("A. Clerk", "registrar")
ASEL = Applicant("naturalPerson", "Серікова Әсел", "990101300015")
LOOK = Look(actor="A. Clerk", role="registrar", reason="to call her", subject="application")


@pytest.fixture(scope="module")
def city(fresh_city: Callable[[str], City]) -> Iterator[City]:
    """An empty register."""
    opened = fresh_city("helsinki")
    yield opened
    opened.register.close()


@pytest.fixture
def counter(city: City) -> Counter:
    """Its counter."""
    return Counter(city.register)


@pytest.fixture
def green(city: City) -> int:
    """A green area."""
    return city.put(GREEN, _area(0), green_area_type="park")


def _area(column: int) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([square(column, 0)])


def _apply(counter: Counter, *objects: int, kind: str = "split-parcel", layer: str = GREEN) -> int:
    return counter.receive(Intake(kind, ASEL, tuple((layer, i) for i in objects)), CLERK).number


def _examined(counter: Counter, *objects: int, **facts: str) -> int:
    number = _apply(counter, *objects, **facts)
    counter.move(number, Step("examination"), CLERK)
    return number


def _change(city: City, feature: int, application: int | None = None, column: int = 1) -> Recorded:
    act = replace(city.act("2021-01-01"), application=application)
    return city.register.perform(Put((_write(feature, act, column),)), act)


def _write(feature: int, act: Act, column: int) -> Write:
    return Write(GREEN, feature, act.period, _area(column), {"green_area_type": "park"})


def _state(counter: Counter, number: int) -> str:
    return counter.application(number).state


def test_numbers_go_with_moments_of_receipt(city: City, counter: Counter) -> None:
    """Sixteen clerks at once: numbers of the city's year without a gap, and who came first has the lower one."""
    before = _apply(counter)

    def receive(_: int) -> Receipt:
        return counter.receive(Intake("extract", ASEL), CLERK)

    with ThreadPoolExecutor(16) as clerks:
        receipts = sorted(clerks.map(receive, range(32)), key=lambda receipt: receipt.received)
    assert [r.number for r in receipts] == list(range(before + 1, before + 33))
    assert spelled(before).startswith(f"{datetime.now(city.profile.zone).year}-")
    assert parse_number(spelled(before)) == before


@pytest.mark.parametrize("text", ["2026-42", "20260000042", "2026-000004x", "", "-", "２０２６-0000001"])
def test_what_is_no_number_is_refused(text: str) -> None:
    """The refusal shows how a number looks."""
    with pytest.raises(BadRequest, match="2026-0000042"):
        parse_number(text)


def test_what_can_not_be_taken_in(counter: Counter) -> None:
    """An unknown service, a feature that never was, a layer that nobody may see."""
    with pytest.raises(UnknownCode, match="split-parcel"):
        counter.receive(Intake("dance", ASEL), CLERK)
    with pytest.raises(NotFound):
        counter.receive(Intake("split-parcel", ASEL, ((GREEN, 10**9),)), CLERK)
    with pytest.raises(NotFound):
        counter.receive(Intake("split-parcel", ASEL, (("personal.party", 1),)), CLERK)


_STEPS: dict[str, Step] = {
    "examination": Step("examination"),
    "suspended": Step("suspended", ("inquiry",)),
    "refused": Step("refused", ("false-data",)),
    "withdrawn": Step("withdrawn"),
}
_LEGAL = {
    ("received", "examination"), ("examination", "suspended"), ("suspended", "examination"),
    *((state, end) for state in ("received", "examination", "suspended") for end in ("refused", "withdrawn")),
}  # fmt: skip


@pytest.mark.parametrize("wanted", sorted(_STEPS))
@pytest.mark.parametrize("path", [(), ("examination",), ("examination", "suspended"), ("refused",), ("withdrawn",)])
def test_steps_in_their_order(counter: Counter, path: tuple[str, ...], wanted: str) -> None:
    """Every pair of states: the legal steps are taken, the others refused, and the database itself agrees."""
    number = _apply(counter)
    for state in path:
        counter.move(number, _STEPS[state], CLERK)
    before = path[-1] if path else "received"
    step = replace(_STEPS[wanted], resumes=(before, wanted) == ("suspended", "examination"))
    if (before, wanted) in _LEGAL:
        with pytest.raises(OutOfOrder):
            counter.move(number, replace(step, resumes=not step.resumes), CLERK)
        assert counter.move(number, step, CLERK).state == wanted
        return
    with pytest.raises(OutOfOrder) as refused:
        counter.move(number, step, CLERK)
    assert (refused.value.data["rule"], refused.value.data["state"]) == (ORDER, before)
    assert _state(counter, number) == before


@pytest.mark.parametrize("state", ["examination", "received", "decided"])
def test_the_database_holds_to_the_order_by_itself(city: City, counter: Counter, state: State) -> None:
    """Not even the writer's login takes a step that does not follow, nor removes one."""
    number = _apply(counter)
    counter.move(number, _STEPS["withdrawn"], CLERK)
    with connect(city.register.database.writer) as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(
                "INSERT INTO qala.application_event (application, state, actor, role, changeset) "
                "VALUES (%s, %s, 'x', 'x', %s)",
                (number, state, 1 if state == "decided" else None),
            )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM qala.application_event")
    with connect(city.register.database.owner) as owner, pytest.raises(psycopg.DatabaseError, match="only grows"):
        owner.execute("UPDATE qala.application SET received = now()")


def test_reasons_are_due_where_they_are_due(counter: Counter) -> None:
    """A refusal without a reason, one with a reason nobody knows, an examination with a reason."""
    number = _examined(counter)
    for step in (Step("refused"), Step("suspended"), Step("withdrawn", ("inquiry",))):
        with pytest.raises(BadRequest):
            counter.move(number, step, CLERK)
    with pytest.raises(UnknownCode, match="false-data"):
        counter.move(number, Step("refused", ("mood",)), CLERK)
    assert _state(counter, number) == "examination"


def test_who_may_not_touch_what_is_held(city: City, counter: Counter, green: int) -> None:
    """An act without the application is refused and names it, in the city's time; for the application it decides it."""
    number = _examined(counter, green)
    with pytest.raises(Reserved) as refused:
        _change(city, green)
    data = refused.value.data
    assert (data["rule"], data["application"]) == (RULE, spelled(number))
    assert data["features"] == [{"layer": GREEN, "id": green, "application": spelled(number)}]
    for language in ("kk", "ru", "en"):
        told = refused.value.in_language(language)
        assert spelled(number) in told
        assert "Әсел" not in told
    done = _change(city, green, number)
    last = counter.application(number).events[-1]
    assert (last.state, last.changeset, last.actor) == ("decided", done.number, "registrar-1")
    _change(city, green, column=2)


def test_asking_is_refused_like_doing(city: City, counter: Counter, green: int) -> None:
    """May I? No: it is held."""
    _examined(counter, green)
    act = city.act("2021-01-01")
    with pytest.raises(Reserved):
        city.register.may(Put((_write(green, act, 1),)), act)


def test_received_is_not_submitted(city: City, counter: Counter, green: int) -> None:
    """Before its examination an application holds nothing, and after its end nothing either; suspended it does."""
    number = _apply(counter, green)
    _change(city, green)
    with pytest.raises(OutOfOrder):
        _change(city, green, number, column=2)
    counter.move(number, _STEPS["examination"], CLERK)
    counter.move(number, _STEPS["suspended"], CLERK)
    with pytest.raises(Reserved):
        _change(city, green, column=2)
    with pytest.raises(OutOfOrder):
        _change(city, green, number, column=2)
    counter.move(number, _STEPS["refused"], CLERK)
    _change(city, green, column=2)
    with pytest.raises(OutOfOrder):
        _change(city, green, number, column=3)


def test_the_earlier_goes_first(city: City, counter: Counter, green: int) -> None:
    """Whichever is examined first: the earlier receipt holds, the later waits and takes its place."""
    earlier, later = _apply(counter, green), _apply(counter, green)
    counter.move(later, Step("examination"), CLERK)
    assert counter.application(later).ahead == 0
    counter.move(earlier, Step("examination"), CLERK)
    assert counter.application(later).ahead == 1
    with pytest.raises(Reserved, match=spelled(earlier)):
        _change(city, green, later)
    _change(city, green, earlier)
    assert counter.application(later).ahead == 0
    with pytest.raises(Reserved, match=spelled(later)):
        _change(city, green, column=2)
    _change(city, green, later, column=3)


def test_an_application_does_not_open_what_it_does_not_concern(city: City, counter: Counter, green: int) -> None:
    """The earlier of two has no way around the later over a feature that only the later concerns."""
    other = city.put(GREEN, _area(5), green_area_type="park")
    earlier = _examined(counter, other)
    later = _examined(counter, green)
    with pytest.raises(Reserved, match=spelled(later)):
        _change(city, green, earlier)


def test_a_right_on_the_unit_is_held_with_the_unit(city: City, counter: Counter) -> None:
    """Who sells a unit writes rights that name it; an application that holds objects only leaves that open."""
    lawless = City(replace(city.register, rules=(), followers=()), city.profile)
    unit = lawless.put("real_estate.unit", NOWHERE, unit_number="91001001777", type="basicPropertyUnit")
    number = _examined(counter, unit, layer="real_estate.unit", kind="register-right")
    with pytest.raises(Reserved, match=spelled(number)):
        _servitude(lawless, unit)
    counter.move(number, _STEPS["withdrawn"], CLERK)
    _examined(counter, unit, layer="real_estate.unit", kind="name-street")
    _examined(counter, unit, layer="real_estate.unit", kind="extract")
    assert _servitude(lawless, unit)
    lawless.register.close()


def _servitude(city: City, unit: int) -> int:
    return city.put(
        "real_estate.right",
        NOWHERE,
        unit_id=unit,
        category="restriction",
        kind="servitude",
        share_check=False,
        party_required=False,
        registered=True,
        excludes_others=False,
    )


def test_a_refused_act_decides_nothing(city: City, counter: Counter, green: int) -> None:
    """All or nothing: the application stays under examination when the act fails."""
    number = _examined(counter, green)
    act = replace(city.act("2021-01-01"), application=number)
    with pytest.raises(QalaError):
        city.register.perform(
            Put((Write(GREEN, green, act.period, _area(0), {"green_area_type": "no such type"}),)), act
        )
    assert _state(counter, number) == "examination"
    with pytest.raises(NotFound):
        _change(city, green, 20_260_000_000)


def test_a_bulk_load_may_not_either(city: City, counter: Counter, green: int) -> None:
    """What a file would change is held against it."""
    number = _examined(counter, green)
    with bulk(city.register, replace(city.act(), role="operator"), [GREEN]) as load:
        load.connection.execute(_STAGED.format(staged=staged(city.register.layers[GREEN])), (green,))
        with pytest.raises(Reserved, match=spelled(number)):
            load.record("register.import")


_STAGED = sql.SQL(
    "INSERT INTO {staged} (feature_id, version, valid, abolished, geom, green_area_type, _state) "
    "SELECT feature_id, version, valid, abolished, geom, green_area_type, 'closed' "
    "FROM environment.green_area WHERE feature_id = %s"
)


def test_one_of_many_at_once(city: City, counter: Counter, green: int) -> None:
    """While sixteen acts without an application race its examination, none is recorded after it began."""
    number = _apply(counter, green)

    def act(column: int) -> int:
        try:
            return _change(city, green, column=column + 10).number
        except Reserved:
            return 0

    with ThreadPoolExecutor(17) as clerks:
        acts = [clerks.submit(act, i) for i in range(8)]
        examination = clerks.submit(counter.move, number, Step("examination"), CLERK)
        acts += [clerks.submit(act, i) for i in range(8, 16)]
        began = examination.result().events[-1].at
        numbers = [n for n in (done.result() for done in acts) if n]
    with connect(city.register.database.owner) as connection:
        row = connection.execute("SELECT max(recorded) FROM qala.changeset WHERE number = ANY(%s)", (numbers,))
        latest = row.fetchone()
    assert latest is not None
    assert latest[0] is None or latest[0] < began
    assert _change(city, green, number, column=40).number > max(numbers, default=0)


def test_one_decision_of_many_acts(city: City, counter: Counter) -> None:
    """Eight acts at once for one application: one decides it."""
    number = _examined(counter)
    places = [city.put(GREEN, _area(50 + i), green_area_type="park") for i in range(8)]

    def act(feature: int) -> bool:
        try:
            return bool(_change(city, feature, number, column=60 + feature))
        except OutOfOrder:
            return False

    with ThreadPoolExecutor(8) as clerks:
        assert sum(clerks.map(act, places)) == 1


def test_documents_and_names_are_closed(city: City, counter: Counter) -> None:
    """The public login enters nothing, the confidant sees it with a logged look; contents come back as they were."""
    number = _apply(counter)
    content = bytes(range(256)) * 100
    kept = counter.attach(number, Document("шарт.pdf", "application/pdf", content), CLERK)
    counter.move(number, Step("examination"), CLERK)
    counter.move(number, Step("suspended", ("inquiry",), "Сериковтан жауап"), CLERK)
    for table in ("personal.applicant", "personal.application_document", "qala.application", "qala.application_event"):
        with connect(city.register.database.reader) as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(f"SELECT * FROM {table}")
    with connect(city.register.database.confidant) as unlogged:
        assert unlogged.execute("SELECT * FROM personal.applicant").fetchall() == []
    with city.register.confiding(LOOK) as connection:
        told = confidences(connection, number)
        assert document(connection, number, 1).content == content
    assert (told.applicant, list(told.documents)) == (ASEL, [kept])
    assert list(told.notes.values()) == ["Сериковтан жауап"]
    assert not hasattr(counter.application(number), "applicant")


def test_what_is_not_kept(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty document, one too large, one too many, one of an application that has ended."""
    number = _apply(counter)
    with pytest.raises(BadRequest):
        counter.attach(number, Document("a", "text/plain", b""), CLERK)
    with pytest.raises(TooLarge):
        counter.attach(number, Document("a", "text/plain", bytes(20 * 1024 * 1024 + 1)), CLERK)
    monkeypatch.setattr("gis.counter.MOST_DOCUMENTS", 1)
    counter.attach(number, Document("a", "text/plain", b"1"), CLERK)
    with pytest.raises(Conflict):
        counter.attach(number, Document("b", "text/plain", b"2"), CLERK)
    counter.move(number, _STEPS["withdrawn"], CLERK)
    with pytest.raises(Conflict):
        counter.attach(number, Document("c", "text/plain", b"3"), CLERK)


def test_status_by_the_code_alone(counter: Counter) -> None:
    """The code, in any spelling, opens its own application and no other; nothing tells a wrong code from none."""
    receipt = counter.receive(Intake("extract", ASEL), CLERK)
    other = counter.receive(Intake("extract", ASEL), CLERK)
    shown = counter.status(receipt.number, f" {receipt.code[:8].lower()}-{receipt.code[8:]}")
    assert (shown.state, shown.kind, shown.events[0].actor) == ("received", "extract", None)
    refusals = []
    for number, code in ((receipt.number, other.code), (receipt.number, ""), (receipt.number + 500, receipt.code)):
        with pytest.raises(NotFound) as refused:
            counter.status(number, code)
        refusals.append(str(refused.value).replace(spelled(number), ""))
    assert len(set(refusals)) == 1


class _Model:
    """The order of an office on paper: who is examined, and whose turn it is."""

    def __init__(self) -> None:
        self.states: list[str] = []
        self.objects: list[frozenset[int]] = []

    def holder(self, feature: int) -> int | None:
        """Return the application that holds a feature: of those examined, the first received."""
        waiting = (i for i, objects in enumerate(self.objects) if feature in objects)
        return next((i for i in waiting if self.states[i] in {"examination", "suspended"}), None)

    def may_act(self, feature: int, application: int | None) -> bool:
        """Tell whether an act on a feature may be, for an application or for none."""
        if application is not None and self.states[application] != "examination":
            return False
        return self.holder(feature) in {None, application}

    def may_move(self, application: int, move: str) -> bool:
        """Tell whether a step may be taken."""
        allowed = {"examine": {"received"}, "suspend": {"examination"}, "resume": {"suspended"}}
        return self.states[application] in allowed.get(move, {"received", "examination", "suspended"})


_MOVES = {
    "examine": Step("examination"),
    "suspend": Step("suspended", ("inquiry",)),
    "resume": Step("examination", resumes=True),
    "refuse": Step("refused", ("false-data",)),
}
_columns = count(100)
_WHICH = st.integers(0, 2)
_INTAKE = st.tuples(st.just("receive"), st.sampled_from([frozenset({0}), frozenset({0, 1})]))
_ORDERS = st.one_of(
    st.tuples(st.sampled_from(["examine", "examine", *sorted(_MOVES)]), _WHICH),
    st.tuples(st.just("act"), st.tuples(st.integers(0, 1), st.none() | _WHICH)),
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(intakes=st.tuples(_INTAKE, _INTAKE, _INTAKE), orders=st.lists(_ORDERS, min_size=10, max_size=16))
def test_any_order_of_events_as_on_paper(
    city: City, counter: Counter, intakes: tuple[Any, ...], orders: list[tuple[str, Any]]
) -> None:
    """Whatever comes in whichever order: the register lets through what the model does, and nothing else."""
    model, numbers = _Model(), list[int]()
    features = [city.put(GREEN, _area(next(_columns)), green_area_type="park") for _ in range(2)]
    for order, what in (*intakes, *orders):
        if order == "receive":
            numbers.append(_apply(counter, *(features[i] for i in sorted(what))))
            model.states.append("received")
            model.objects.append(what)
        elif order == "act":
            feature, which = what
            number = None if which is None else numbers[which]
            allowed = model.may_act(feature, which)
            assert _done(partial(_change, city, features[feature], number, next(_columns))) == allowed
            if allowed and which is not None:
                model.states[which] = "decided"
        else:
            allowed = model.may_move(what, order)
            assert _done(partial(counter.move, numbers[what], _MOVES[order], CLERK)) == allowed
            if allowed:
                model.states[what] = _MOVES[order].state
    assert [_state(counter, number) for number in numbers] == model.states


def _done(what: Callable[[], object]) -> bool:
    try:
        what()
    except (Reserved, OutOfOrder):
        return False
    return True


_DAYS = st.dates(date(2015, 1, 1), date(2035, 1, 1))


@given(since=_DAYS, length=st.integers(1, 60), holidays=st.lists(_DAYS, max_size=20))
def test_working_days_agree_with_numpy(since: date, length: int, holidays: list[date]) -> None:
    """Without suspensions a term in working days ends where numpy's business days do."""
    workdays = Workdays(moved_off=tuple(holidays))
    ends = due(Term(length, "working", since), workdays, [], _midnight)
    start = np.busday_offset(since, 0, roll="backward", holidays=holidays)
    assert ends == np.busday_offset(start, length, holidays=holidays).astype(date)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@given(since=_DAYS, length=st.integers(1, 30), cuts=st.lists(st.integers(0, 2000), max_size=6, unique=True))
def test_suspension_stops_the_clock(since: date, length: int, cuts: list[int]) -> None:
    """Day by day, hour by hour: a day counts when its last hour is not suspended."""
    start = _midnight(since)
    cuts = sorted(cuts)[: len(cuts) // 2 * 2]
    pauses = [
        Pause(start + timedelta(hours=a), start + timedelta(hours=b))
        for a, b in zip(cuts[::2], cuts[1::2], strict=True)
    ]
    day, left = since, length
    while left:
        day += timedelta(days=1)
        end = (day - since).days * 24 + 24
        suspended = any(a <= end - 1 < b for a, b in zip(cuts[::2], cuts[1::2], strict=True))
        left -= not suspended
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    assert due(Term(length, "calendar", since), Workdays(), pauses, _midnight) == day


def test_kazakh_holidays_move_to_working_days() -> None:
    """Of Nauryz 2026 two days fall on a weekend: 24 and 25 March are off as well; Christmas moves nothing."""
    worked = find("almaty").workdays.worked
    assert [d for d in range(16, 32) if not worked(date(2026, 3, d))] == [21, 22, 23, 24, 25, 28, 29]
    assert not worked(date(2028, 1, 7))
    assert not worked(date(2024, 1, 7))
    assert worked(date(2024, 1, 8))


def test_overdue(city: City, counter: Counter) -> None:
    """An application is overdue after the last day of its term, not on it; suspended within it, it has no last day."""
    profile: CityProfile = city.profile
    number = _examined(counter, kind="name-street")
    application = counter.application(number)
    last = deadline(application, profile, datetime.now(UTC)).due
    assert last is not None
    evening = profile.midnight(last + timedelta(days=1)) - timedelta(seconds=1)
    assert number not in [a.number for a, _ in counter.overdue(evening)]
    assert number in [a.number for a, _ in counter.overdue(evening + timedelta(seconds=1))]
    counter.move(number, _STEPS["suspended"], CLERK)
    assert deadline(counter.application(number), profile, evening + timedelta(days=9)).due is None
    assert number not in [a.number for a, _ in counter.overdue(evening + timedelta(days=9))]
    counter.move(number, _STEPS["refused"], CLERK)
    assert not deadline(counter.application(number), profile, evening + timedelta(days=9)).overdue


@pytest.mark.parametrize(
    "table", [{"holidays": ("02-30",)}, {"days_off": ("1-1",)}, {"weekend": (0,)}, {"weekend": (1, 2, 3, 4, 5, 6, 7)}]
)
def test_workdays_that_make_no_sense(table: dict[str, object]) -> None:
    """A day that no year has, a day that no week has, a week without work."""
    with pytest.raises(ValueError, match=r"no month and day|greater than or equal|at least must be worked"):
        Workdays.model_validate(table)


@pytest.mark.parametrize("city_profile", bundled(), ids=lambda profile: profile.id)
def test_every_city_has_its_services(city_profile: CityProfile) -> None:
    """Each is told in three languages, and none passes for confirmed that was not read in its act."""
    assert {"register-right", "split-parcel", "name-street", "passport"} <= city_profile.services.keys()
    for service in city_profile.services.values():
        assert all(text.strip() for text in service.title.as_dict().values())
        assert not service.confirmed or service.act
    for name in ("application_suspension", "application_refusal"):
        assert city_profile.classifier(name).entries
