"""Construction objects: their steps, their permits, who builds them, their schedule, and what follows them."""

import dataclasses
from datetime import date

import pytest
import shapely

from cadastres.land.verbs import Split
from cadastres.real_estate.identity_number import InvalidIdentityNumber
from cadastres.real_estate.verbs import DemolishBuilding
from cadastres.urban_planning.construction_acceptance import AcceptObject
from cadastres.urban_planning.construction_verbs import (
    ChangeObject,
    InspectStage,
    NameBuilder,
    PlannedStage,
    PlanStages,
)
from gis.edit import Put
from gis.errors import BadRequest, Conflict
from gis.record import NOWHERE, Write
from tests.cadastres.land.registrar import QUARTER, forming
from tests.cadastres.real_estate.notary import bin_number
from tests.cadastres.urban_planning.builder import OBJECT, STAGE, Builder, stepping

PARTIES = "personal.construction_party"


@pytest.mark.parametrize(
    ("done", "step"),
    [
        ([], "begin"),
        ([], "complete"),
        (["permit"], "complete"),
        (["permit"], "suspend"),
        (["permit", "begin"], "permit"),
        (["permit", "begin", "suspend"], "complete"),
        (["permit", "begin", "complete"], "suspend"),
    ],
)
def test_no_step_is_skipped(builder: Builder, done: list[str], step: str) -> None:
    """A step that is not the next one is refused, and the refusal says from where to where."""
    construction, _, _ = builder.object()
    for month, each in enumerate(done):
        builder.step(construction, each, f"2018-{month + 2:02d}-01")
    state = builder.said(OBJECT, construction, "2018-12-01")["state"]
    assert "urban_planning.construction.step-order" in builder.details(stepping(construction, step), "2018-12-01")
    assert builder.said(OBJECT, construction, "2018-12-31")["state"] == state


def test_steps_in_their_order_on_both_axes(builder: Builder) -> None:
    """Each state holds from its own day, two steps may be made on one day, and suspended work resumes."""
    construction, _, _ = builder.object("2018-01-01")
    for step, day in (
        ("permit", "2018-02-01"),
        ("begin", "2018-02-01"),
        ("suspend", "2018-06-01"),
        ("resume", "2018-08-01"),
        ("complete", "2019-12-01"),
    ):
        builder.step(construction, step, day)
    days = ("2018-01-15", "2018-02-01", "2018-07-01", "2018-08-01", "2020-01-01")
    states = [builder.said(OBJECT, construction, day)["state"] for day in days]
    assert states == ["design", "construction", "suspended", "construction", "completed"]
    said = builder.said(OBJECT, construction, "2020-01-01")
    assert (said["permit_number"], said["permit_date"]) == ("KZ-2018/17", date(2018, 2, 1))


def test_a_step_before_a_later_one_is_refused(builder: Builder) -> None:
    """What an act dated back would make of a later step can't be guessed."""
    construction, _, _ = builder.permitted()
    builder.step(construction, "begin", "2018-09-01")
    with pytest.raises(Conflict):
        builder.step(construction, "begin", "2018-05-01")


def test_a_permit_has_its_number(builder: Builder) -> None:
    """A permit without a number is refused."""
    construction, _, _ = builder.object()
    bare = dataclasses.replace(stepping(construction, "permit"), permit_number=None)
    assert builder.broken(bare, "2018-02-01") == {"urban_planning.construction.permit-known"}


def test_an_object_names_its_parcel(builder: Builder) -> None:
    """An object that lost its parcel before acceptance is refused; so is one on a parcel that is not in force."""
    construction, parcel, site = builder.object()
    said = {**builder.said(OBJECT, construction, "2018-01-01"), "parcel_id": None}
    act = builder.notary.act("2018-05-01")
    write = Write(OBJECT, construction, act.period, shapely.MultiPolygon([site]), said)
    assert builder.broken(Put((write,)), "2018-05-01") == {"urban_planning.construction.stands-on-parcel"}
    with pytest.raises(BadRequest):
        builder.perform(builder.entering(parcel, site), "2015-06-01")


def test_a_site_beyond_its_parcel_is_told(builder: Builder) -> None:
    """A site that reaches 2 m beyond its parcel of 20 by 20 m: a warning with the strip's area."""
    place = builder.notary.place()
    parcel = builder.perform(forming(place), "2016-01-01").features[-1]
    west, south, east, north = place.bounds
    done = builder.perform(builder.entering(parcel, shapely.box(west, south, east + 2, north)), "2018-01-01")
    told = {(v.rule, round(v.amount or 0, 6)) for v in done.warnings}
    assert told == {("urban_planning.construction.site-on-parcel", 40.0)}


@pytest.mark.parametrize(
    "said",
    [
        {"planned_start": date(2018, 5, 1), "planned_end": date(2018, 4, 30)},
        {"planned_floors": 0},
        {"planned_area": -1.0},
        {"planned_sale_area": 1000.5},
    ],
)
def test_a_plan_makes_sense(builder: Builder, said: dict[str, object]) -> None:
    """Dates in order, sizes above zero, no more for sale than there is."""
    place = builder.notary.place()
    parcel = builder.perform(forming(place), "2016-01-01").features[-1]
    assert builder.broken(builder.entering(parcel, place, **said), "2018-01-01") == {
        "urban_planning.construction.plan-sound"
    }


def test_builders_have_right_numbers(builder: Builder) -> None:
    """A BIN is checked and kept in 12 digits; a name without a number is refused, however it is written."""
    number = bin_number()
    spelled = f"{number[:6]} {number[6:]}"
    construction, _, site = builder.object(developer_name="ТОО «Тест Құрылыс»", developer_bin=spelled)
    assert builder.said(OBJECT, construction, "2018-01-01")["developer_bin"] == number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    with pytest.raises(InvalidIdentityNumber):
        builder.perform(ChangeObject(construction=construction, attributes={"developer_bin": wrong}), "2018-05-01")
    nameless = ChangeObject(construction=construction, attributes={"developer_name": None})
    assert builder.broken(nameless, "2018-05-01") == {"urban_planning.construction.organisations"}
    said = {**builder.said(OBJECT, construction, "2018-01-01"), "developer_bin": wrong}
    put = Put(
        (Write(OBJECT, construction, builder.notary.act("2018-05-01").period, shapely.MultiPolygon([site]), said),)
    )
    assert builder.broken(put, "2018-05-01") == {"urban_planning.construction.organisations"}


def test_a_person_who_builds_stands_in_the_closed_schema(builder: Builder) -> None:
    """A person who develops is entered apart and replaced by the next; the open layer names nobody."""
    construction, _, _ = builder.object()
    first, second = builder.notary.person(), builder.notary.person()
    builder.perform(NameBuilder(construction=construction, part="developer", party=first), "2018-02-01")
    builder.perform(NameBuilder(construction=construction, part="developer", party=second), "2018-06-01")
    builder.perform(NameBuilder(construction=construction, part="contractor", party=first), "2018-06-01")
    found = builder.notary.rows(PARTIES, "object_id", construction)

    def named(day: str) -> set[tuple[str, int]]:
        told = [builder.said(PARTIES, i, day) for i in found]
        return {(t["part"], t["party_id"]) for t in told if t}

    assert named("2018-03-01") == {("developer", first)}
    assert named("2018-07-01") == {("developer", second), ("contractor", first)}
    assert builder.said(OBJECT, construction, "2018-07-01")["developer_name"] is None


def stages(construction: int, *rows: tuple[str, str, str, int]) -> PlanStages:
    """Return the command that plans stages."""
    planned = tuple(
        PlannedStage(
            stage=stage,
            planned_start=date.fromisoformat(start),
            planned_end=date.fromisoformat(end),
            planned_cost=cost,
        )
        for stage, start, end, cost in rows
    )
    return PlanStages(construction=construction, stages=planned)


def test_progress_is_a_share_found_by_an_inspection(builder: Builder) -> None:
    """Progress stands from its inspection on; beyond 100 % or without an inspection it is refused."""
    construction, _, _ = builder.permitted()
    command = stages(construction, ("foundation", "2018-03-01", "2018-05-01", 100))
    stage = builder.perform(command, "2018-02-01").features[-1]
    builder.perform(InspectStage(stage=stage, progress=40, report="іргетас құйылды"), "2018-04-01")
    builder.perform(InspectStage(stage=stage, progress=70), "2018-05-01")
    assert [builder.said(STAGE, stage, day)["progress"] for day in ("2018-03-01", "2018-04-15", "2018-05-01")] == [
        0, 40, 70,
    ]  # fmt: skip
    assert builder.said(STAGE, stage, "2018-05-01")["inspection_date"] == date(2018, 5, 1)
    sound = {"urban_planning.construction.stage-sound"}
    assert builder.broken(InspectStage(stage=stage, progress=100.5), "2018-06-01") == sound
    assert builder.broken(stages(construction, ("frame", "2018-05-02", "2018-05-01", 1)), "2018-06-01") == sound
    said = {**builder.said(STAGE, stage, "2018-05-01"), "inspection_date": None}
    put = Put((Write(STAGE, stage, builder.notary.act("2018-06-01").period, NOWHERE, said),))
    assert builder.broken(put, "2018-06-01") == sound


def test_a_stage_stands_once(builder: Builder) -> None:
    """A schedule planned again changes its stages and keeps their progress; a second row of a stage is refused."""
    construction, _, _ = builder.permitted()
    plan = stages(construction, ("foundation", "2018-03-01", "2018-05-01", 100))
    stage = builder.perform(plan, "2018-02-01").features[-1]
    builder.perform(InspectStage(stage=stage, progress=40), "2018-04-01")
    again = stages(
        construction, ("foundation", "2018-03-01", "2018-07-01", 120), ("frame", "2018-07-01", "2018-09-01", 5)
    )
    assert len(builder.perform(again, "2018-04-15").features) == 1
    said = builder.said(STAGE, stage, "2018-04-15")
    assert (said["planned_end"], said["planned_cost"], said["progress"]) == (date(2018, 7, 1), 120, 40)
    twin = Put((Write(STAGE, -1, builder.notary.act("2018-05-01").period, NOWHERE, said),))
    assert builder.broken(twin, "2018-05-01") == {"urban_planning.construction.stage-once"}


def test_acceptance_forms_the_building_in_one_act(builder: Builder) -> None:
    """The building gets its number on the parcel, the object names it, and both come of one changeset."""
    construction, parcel, site = builder.completed(name_ru="ЖК «Тест»")
    command = AcceptObject(
        construction=construction,
        footprint=shapely.MultiPolygon([site]),
        letter="А",
        attributes={"number_of_floors_above_ground": 9},
    )
    done = builder.perform(command, "2020-02-01")
    building, said = done.features[-1], builder.said(OBJECT, construction, "2020-02-01")
    number = builder.said("land.parcel", parcel, "2020-02-01")["cadastral_number"]
    formed = builder.said("real_estate.building", building, "2020-02-01")
    assert (formed["building_number"], formed["name_ru"]) == (f"{number}:1/А", "ЖК «Тест»")
    assert formed["number_of_floors_above_ground"] == 9
    assert (said["state"], said["building_id"], said["building_number"], said["parcel_id"]) == (
        "accepted", building, f"{number}:1/А", None,
    )  # fmt: skip
    assert builder.said(OBJECT, construction, "2020-01-31")["parcel_id"] == parcel
    timeline = builder.notary.timeline(construction, OBJECT)
    assert timeline[-1].changeset == builder.notary.timeline(building, "real_estate.building")[0].changeset


def test_what_is_not_completed_is_not_accepted(builder: Builder) -> None:
    """Nothing of a refused acceptance is written: no building either."""
    construction, _, site = builder.permitted()
    command = AcceptObject(construction=construction, footprint=shapely.MultiPolygon([site]))
    assert builder.broken(command, "2020-02-01") == {"urban_planning.construction.step-order"}
    assert builder.said(OBJECT, construction, "2020-02-01")["state"] == "permit"


def test_an_object_goes_over_to_the_parcel_that_holds_most_of_its_site(builder: Builder) -> None:
    """A parcel split under a site: the object names the greater part from then on, the old parcel before."""
    construction, parcel, site = builder.permitted()
    west, south, _, north = site.bounds
    line = shapely.LineString([(west + 3, south - 9), (west + 3, north + 9)])
    done = builder.perform(Split(parcel=parcel, quarter=QUARTER, line=line), "2018-06-01")
    children = [i for k, i in sorted(done.features.items(), reverse=True)]
    areas = {i: builder.notary.timeline(i, "land.parcel")[0].geometry.intersection(site).area for i in children}
    heir = max(areas, key=lambda i: areas[i])
    said = builder.said(OBJECT, construction, "2018-06-01")
    assert said["parcel_id"] == heir
    assert said["parcel_number"] == builder.said("land.parcel", heir, "2018-06-01")["cadastral_number"]
    assert builder.said(OBJECT, construction, "2018-05-31")["parcel_id"] == parcel


def test_a_demolished_building_leaves_the_object_its_number(builder: Builder) -> None:
    """The object is history then; it does not stand in the way of the demolition."""
    construction, building = builder.accepted()
    number = builder.said(OBJECT, construction, "2020-02-01")["building_number"]
    builder.perform(DemolishBuilding(building=building), "2022-01-01")
    said = builder.said(OBJECT, construction, "2022-01-01")
    assert (said["building_id"], said["building_number"], said["state"]) == (None, number, "accepted")
