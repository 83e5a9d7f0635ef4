"""Equity holders' contracts and money: what they may be, who holds them, what becomes of them; many clerks at once."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import psycopg
import pytest
import shapely

from cadastres.urban_planning.construction_acceptance import AcceptObject, ExecuteContract
from cadastres.urban_planning.construction_equity_verbs import (
    AssignContract,
    EnterFunds,
    FundRow,
    ReceivePayment,
    RegisterContract,
    TerminateContract,
)
from cadastres.urban_planning.construction_verbs import ChangeObject
from gis.act import Command
from gis.edit import Put
from gis.errors import BadRequest, QalaError
from gis.record import NOWHERE, Write
from tests.cadastres.real_estate.notary import UNIT
from tests.cadastres.urban_planning.builder import CONTRACT, HOLDER, Builder, stepping


def test_a_contract_is_public_and_its_holder_is_not(builder: Builder) -> None:
    """The facts stand in the open layer; the holder's id nowhere in it."""
    construction, _, _ = builder.permitted()
    holder = builder.notary.person()
    contract = builder.contract(construction, holder=holder, premises="кв. 5", area=61.5, price=20_000_000, received=5)
    said = builder.said(CONTRACT, contract, "2018-04-01")
    assert (said["planned_premises"], said["planned_area"], said["price"], said["received"]) == (
        "кв. 5", 61.5, 20_000_000, 5,
    )  # fmt: skip
    assert (said["state"], said["registered_date"]) == ("registered", date(2018, 4, 1))
    assert holder not in said.values()
    (row,) = builder.notary.rows(HOLDER, "contract_id", contract)
    assert builder.said(HOLDER, row, "2018-04-01")["party_id"] == holder
    with builder.notary.city.register.reading() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM personal.equity_holder")


@pytest.mark.parametrize("facts", [{"price": 0}, {"area": 0}, {"received": -1}, {"price": 10, "received": 11}], ids=str)
def test_a_contract_makes_sense(builder: Builder, facts: dict[str, Any]) -> None:
    """Price and area above zero; nothing received beyond the price."""
    construction, _, _ = builder.permitted()
    command = builder.contracting(construction, **facts)
    assert builder.broken(command, "2018-04-01") == {"urban_planning.equity-contract.sound"}


@pytest.mark.parametrize(
    ("steps", "allowed"),
    [
        ([], False),
        (["permit"], True),
        (["permit", "begin"], True),
        (["permit", "begin", "suspend"], False),
        (["permit", "begin", "complete"], False),
        (["permit", "revoke"], False),
    ],
)
def test_contracts_are_made_under_a_permit_only(builder: Builder, steps: list[str], *, allowed: bool) -> None:
    """While a permit is in force and neither suspended nor used up; an older contract stays whatever comes later."""
    construction, _, _ = builder.object()
    for month, step in enumerate(steps):
        builder.step(construction, step, f"2018-{month + 2:02d}-01")
    found = builder.broken(builder.contracting(construction), "2018-09-01")
    assert found == (set() if allowed else {"urban_planning.equity-contract.under-permit"})


def test_a_permit_with_contracts_is_not_dated_later(builder: Builder) -> None:
    """Saying afterwards that there was no permit when a contract was made is refused."""
    construction, _, site = builder.permitted()
    builder.contract(construction)
    said = {**builder.said("urban_planning.construction_object", construction, "2018-01-15"), "state": "design"}
    act = builder.notary.act("2018-03-15")
    put = Put(
        (Write("urban_planning.construction_object", construction, act.period, shapely.MultiPolygon([site]), said),)
    )
    assert builder.broken(put, "2018-03-15") == {"urban_planning.equity-contract.under-permit"}


def test_a_flat_is_sold_once(builder: Builder) -> None:
    """However its number is spelled; again after the contract ended, and in another house at any time."""
    construction, _, _ = builder.permitted()
    first = builder.contract(construction, premises="кв. 12-А")
    again = builder.contracting(construction, premises="КВ 12а")
    assert builder.broken(again, "2018-05-01") == {"urban_planning.equity-contract.premises-sold-once"}
    builder.perform(TerminateContract(contract=first), "2018-06-01")
    assert builder.broken(again, "2018-06-01") == set()
    other, _, _ = builder.permitted()
    assert builder.broken(builder.contracting(other, premises="кв. 12-А"), "2018-05-01") == set()


@pytest.mark.parametrize("spelled", ["Кв. 1", "кв1", "квартира №1", "ПӘТЕР 1", "п. 1", "№ 1", "No 1", "кв. № 1"])
def test_a_flat_is_the_same_whatever_its_number_is_called(builder: Builder, spelled: str) -> None:
    """The word before the number is no part of it; a letter or a number besides is."""
    construction, _, _ = builder.permitted()
    builder.contract(construction, premises="1")
    again = builder.contracting(construction, premises=spelled)
    assert builder.broken(again, "2018-05-01") == {"urban_planning.equity-contract.premises-sold-once"}
    for other in ("1-П", "НП-1", "паркинг 1", "кв. 11"):
        assert builder.broken(builder.contracting(construction, premises=other), "2018-05-01") == set()


def test_no_more_area_is_sold_than_planned(builder: Builder) -> None:
    """Random contracts, held against a plain sum; what ends gives its area back; the plan can't shrink below it."""
    construction, _, _ = builder.permitted(planned_area=1000.0, planned_sale_area=300.0)
    dice = random.Random(4)
    sold: dict[int, float] = {}
    rule = {"urban_planning.equity-contract.area-within-plan"}
    for month in range(1, 13):
        if sold and dice.random() < 0.3:
            ending = dice.choice(sorted(sold))
            builder.perform(TerminateContract(contract=ending), f"2019-{month:02d}-01")
            del sold[ending]
        area = dice.choice((30.0, 60.5, 90.25, 120.0))
        command = builder.contracting(construction, area=area)
        fits = sum(sold.values()) + area <= 300.0
        if fits:
            sold[builder.perform(command, f"2019-{month:02d}-02").features[-1]] = area
        else:
            assert builder.broken(command, f"2019-{month:02d}-02") == rule
    assert sold
    left = sum(sold.values())
    narrower = ChangeObject(construction=construction, attributes={"planned_sale_area": left - 0.25})
    assert builder.broken(narrower, "2020-01-01") == rule
    assert (
        builder.broken(ChangeObject(construction=construction, attributes={"planned_sale_area": left}), "2020-01-01")
        == set()
    )


def test_a_contract_has_one_holder(builder: Builder) -> None:
    """Ceded, it goes over from a day on; without a holder, or with two, it is refused."""
    construction, _, _ = builder.permitted()
    first, second = builder.notary.person(), builder.notary.person()
    contract = builder.contract(construction, holder=first)
    builder.perform(AssignContract(contract=contract, holder=second), "2018-06-01")
    rows = builder.notary.rows(HOLDER, "contract_id", contract)

    def held(day: str) -> list[int]:
        return [told["party_id"] for told in (builder.said(HOLDER, row, day) for row in rows) if told]

    assert (held("2018-05-31"), held("2018-06-01")) == ([first], [second])
    act = builder.notary.act("2018-07-01")
    more = Write(HOLDER, -1, act.period, NOWHERE, {"contract_id": contract, "party_id": first})
    assert builder.broken(Put((more,)), "2018-07-01") == {"urban_planning.equity-contract.one-holder"}
    last = Write(HOLDER, rows[-1], act.period, NOWHERE, builder.said(HOLDER, rows[-1], "2018-07-01"), abolished=True)
    assert builder.broken(Put((last,)), "2018-07-01") == {"urban_planning.equity-contract.one-holder"}


def test_payments_add_up_in_their_time(builder: Builder) -> None:
    """A payment entered late lies under later ones; more than the price is refused; a refund takes it back."""
    construction, _, _ = builder.permitted()
    contract = builder.contract(construction, price=100)
    builder.perform(ReceivePayment(contract=contract, amount=30), "2018-06-01")
    builder.perform(ReceivePayment(contract=contract, amount=20), "2018-05-01")
    days = ("2018-04-30", "2018-05-01", "2018-06-01")
    assert [builder.said(CONTRACT, contract, day)["received"] for day in days] == [0, 20, 50]
    assert builder.broken(ReceivePayment(contract=contract, amount=51), "2018-07-01") == {
        "urban_planning.equity-contract.sound"
    }
    with pytest.raises(BadRequest):
        builder.perform(ReceivePayment(contract=contract, amount=0), "2018-07-01")
    builder.perform(TerminateContract(contract=contract, refunded=40), "2018-08-01")
    assert builder.said(CONTRACT, contract, "2018-08-01")["received"] == 10
    with pytest.raises(BadRequest):
        builder.perform(ReceivePayment(contract=contract, amount=1), "2018-09-01")


def funds(construction: int, *amounts: int, used: bool = True, **facts: Any) -> EnterFunds:
    """Return the command that enters funds of a month."""
    span = {"period_start": date(2018, 5, 1), "period_end": date(2018, 5, 31), **facts}
    rows = tuple(FundRow(article="works", amount=amount, **span) for amount in amounts)
    return EnterFunds(construction=construction, rows=rows, used=used)


def test_sums_and_periods_make_sense(builder: Builder) -> None:
    """A period ends after it starts, a sum is not below zero; an article is one of the city's."""
    construction, _, _ = builder.permitted()
    for used in (True, False):
        assert builder.broken(funds(construction, -1, used=used), "2018-06-01") == {"urban_planning.fund.sound"}
        back = funds(construction, 1, used=used, period_end=date(2018, 4, 30))
        assert builder.broken(back, "2018-06-01") == {"urban_planning.fund.sound"}
        assert builder.broken(funds(construction, 0, 5, used=used), "2018-06-01") == set()
    row = FundRow(article="yacht", period_start=date(2018, 5, 1), period_end=date(2018, 5, 2), amount=1)
    with pytest.raises(BadRequest):
        builder.perform(EnterFunds(construction=construction, rows=(row,), used=True), "2018-06-01")


def test_spending_more_than_was_received_is_told(builder: Builder) -> None:
    """A warning with what is lacking, where money is spent and where received money is said to be less."""
    construction, _, _ = builder.permitted()
    contract = builder.contract(construction, price=1000, received=100)
    assert not builder.perform(funds(construction, 100), "2018-06-01").warnings
    done = builder.perform(funds(construction, 25), "2018-06-02")
    assert [(v.rule, v.amount, v.detail) for v in done.warnings] == [
        ("urban_planning.fund.used-within-received", 25.0, "125 / 100 KZT")
    ]
    builder.perform(ReceivePayment(contract=contract, amount=25), "2018-06-02")
    ended = builder.perform(TerminateContract(contract=contract), "2018-07-01")
    assert [(v.rule, v.amount) for v in ended.warnings] == [("urban_planning.fund.used-within-received", 125.0)]


def test_the_holder_gets_what_was_built(builder: Builder) -> None:
    """Executed, a contract forms the unit of its premises, whose owner its holder is; the open layers name nobody."""
    construction, building = _accepted_with(builder, holder := builder.notary.person())
    (contract,) = builder.notary.rows(CONTRACT, "object_id", construction)
    flat = builder.premises(building)
    number = builder.said("real_estate.premises", flat, "2020-03-01")["premises_number"]
    done = builder.perform(ExecuteContract(contract=contract, premises=flat), "2020-04-01")
    unit = done.features[-1]
    assert builder.notary.held(unit, "2020-04-01") == {holder: 1}
    assert builder.said(UNIT, unit, "2020-04-01")["unit_number"] == number
    said = builder.said(CONTRACT, contract, "2020-04-01")
    assert (said["state"], said["premises_number"]) == ("executed", number)
    with pytest.raises(BadRequest):
        builder.perform(ExecuteContract(contract=contract, premises=flat), "2020-05-01")


def _accepted_with(builder: Builder, holder: int) -> tuple[int, int]:
    construction, _, site = builder.permitted()
    builder.contract(construction, holder=holder)
    builder.perform(stepping(construction, "begin"), "2018-05-01")
    builder.perform(stepping(construction, "complete"), "2019-12-01")
    command = AcceptObject(construction=construction, footprint=shapely.MultiPolygon([site]))
    return construction, builder.perform(command, "2020-02-01").features[-1]


def test_nothing_is_handed_over_of_another_house(builder: Builder) -> None:
    """Premises of another building, or of a house not accepted yet, are not what the contract promised."""
    _, building = _accepted_with(builder, builder.notary.person())
    flat = builder.premises(building)
    other, _, _ = builder.permitted()
    contract = builder.contract(other)
    with pytest.raises(BadRequest, match="premises"):
        builder.perform(ExecuteContract(contract=contract, premises=flat), "2020-04-01")


def test_clerks_at_once_sell_a_flat_once_and_no_more_than_there_is(builder: Builder) -> None:
    """Of six contracts for one flat one stands; of six for 100 m2 each of 250 two do."""
    construction, _, _ = builder.permitted(planned_sale_area=250.0)

    def at_once(commands: list[Command]) -> int:
        gate = Barrier(len(commands))

        def one(command: Command) -> bool:
            gate.wait()
            try:
                builder.perform(command, "2018-04-01")
            except QalaError:
                return False
            return True

        with ThreadPoolExecutor(len(commands)) as pool:
            return sum(pool.map(one, commands))

    assert at_once([builder.contracting(construction, premises="1", area=40.0) for _ in range(6)]) == 1
    assert at_once([builder.contracting(construction, area=100.0) for _ in range(6)]) == 2
    assert len(builder.notary.rows(CONTRACT, "object_id", construction)) == 3


def test_a_contract_number_is_issued_once(builder: Builder) -> None:
    """A number that a contract bore is never another's."""
    construction, _, _ = builder.permitted()
    builder.perform(_numbered(builder, construction, "2018/77"), "2018-04-01")
    with pytest.raises(QalaError):
        builder.perform(_numbered(builder, construction, "2018/77"), "2018-04-02")


def _numbered(builder: Builder, construction: int, number: str) -> RegisterContract:
    holder = builder.notary.person()
    serial = next(builder.serial)
    return RegisterContract(
        construction=construction, number=number, premises=f"n{serial}", area=10.0, price=1, holder=holder
    )
