"""Several registrars at once: of acts that can't stand together exactly one is recorded."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from cadastres.real_estate.parties import RegisterParty
from cadastres.real_estate.rights_verbs import NewRight, RegisterRight, Transfer
from gis.act import Command
from gis.errors import QalaError
from tests.cadastres.real_estate.notary import Notary, bin_number, owning, share, to

MANY = 6


def _at_once(notary: Notary, commands: Sequence[Command], day: str = "2018-01-01") -> int:
    """Perform commands at the same moment; return how many were recorded."""
    gate = Barrier(len(commands))

    def one(command: Command) -> bool:
        gate.wait()
        try:
            notary.perform(command, day)
        except QalaError:
            return False
        return True

    with ThreadPoolExecutor(len(commands)) as pool:
        return sum(pool.map(one, commands))


def test_the_first_ownership_is_registered_once(notary: Notary) -> None:
    """Of claims to the whole of a unit without an owner one succeeds."""
    unit = notary.unit()
    claims = [RegisterRight(unit=unit, rights=(owning(notary.person()),)) for _ in range(MANY)]
    assert _at_once(notary, claims) == 1
    assert sum(notary.held(unit, "2018-01-01").values()) == 1


def test_halves_are_sold_as_often_as_there_are(notary: Notary) -> None:
    """Of six sales of a half of one right two succeed."""
    unit, (right,) = notary.owned(notary.person())
    sales = [Transfer(right=right, to=(to(notary.person(), "1/2"),)) for _ in range(MANY)]
    assert _at_once(notary, sales) == 2
    assert sorted(notary.held(unit, "2018-01-01").values()) == [share("1/2"), share("1/2")]


def test_a_sale_and_an_arrest_do_not_pass_each_other(notary: Notary) -> None:
    """Either the sale came first, or the arrest forbids it; never is the thing sold under arrest."""
    for _ in range(3):
        unit, (right,) = notary.owned(notary.person())
        arrest = RegisterRight(unit=unit, rights=(NewRight(kind="arrest", on_right=right),))
        sale = Transfer(right=right, to=(to(notary.person()),))
        _at_once(notary, [arrest, sale])
        sold = notary.said(right, "2018-01-01") == {}
        for i in notary.on_unit(unit, "2018-01-01", "arrest"):
            bound = notary.said(i, "2018-01-01")["on_right_id"]
            assert notary.said(bound, "2018-01-01")
            assert not sold or bound != right


def test_a_first_pledge_is_registered_once(notary: Notary) -> None:
    """Of banks that pledge a free flat at once the first gets rank 1; the others need its consent."""
    unit, _ = notary.owned(notary.person())
    pledges = [RegisterRight(unit=unit, rights=(NewRight(kind="pledge", holder=notary.bank()),)) for _ in range(MANY)]
    assert _at_once(notary, pledges) == 1
    (pledge,) = notary.on_unit(unit, "2018-01-01", "pledge")
    assert notary.said(pledge, "2018-01-01")["rank"] == 1


def test_a_number_is_taken_once(notary: Notary) -> None:
    """Registered at several counters at once, an organisation is one party."""
    number = bin_number()
    commands = [RegisterParty(party_type="nonNaturalPerson", name=f"ЖШС Тест {i}", iin_bin=number) for i in range(MANY)]
    assert _at_once(notary, commands) == 1
