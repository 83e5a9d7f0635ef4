"""The bench of the search holds itself to account: its list is the same each time, and knows nothing of the folding."""

from random import Random

from api.bench import address_names, spellings
from api.bench.address_city import PER_STREET, _number
from api.bench.address_names import names
from api.bench.spellings import STYLES, House, spelling


def _listed() -> list[spellings.Spelling]:
    random, streets = Random(1), names(400, Random(2))
    return [spelling(House(random.choice(streets), "12", i), STYLES[i % 5], random, typo=True) for i in range(500)]


def test_the_list_is_the_same_each_time() -> None:
    """The same seeds give the same streets and the same spellings."""
    assert _listed() == _listed()


def test_a_typo_is_one_slip_and_spares_the_number() -> None:
    """Every slip is in the name: the house's number stays as it is."""
    for each in _listed():
        assert "12" in each.text
    assert sum(each.typo for each in _listed()) > 400


def test_no_two_houses_of_a_street_share_a_number() -> None:
    """The right answer is one address."""
    for street in range(7):
        assert len({_number(street, serial) for serial in range(PER_STREET)}) == PER_STREET


def test_no_two_streets_share_a_name_and_kind() -> None:
    """In either language."""
    for language in ("kk", "ru"):
        full = [name.full(language) for name in names(2000, Random(2)) if name.full(language)]
        assert len(full) == len(set(full))


def test_the_list_is_written_without_the_search() -> None:
    """Neither module that writes it imports what it measures."""
    for module in (address_names, spellings):
        assert not any("cadastres" in str(getattr(value, "__module__", "")) for value in vars(module).values())
