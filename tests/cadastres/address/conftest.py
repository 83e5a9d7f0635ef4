"""A clerk in an empty register of Almaty, whose profile asks for official names in Kazakh and Russian."""

from collections.abc import Iterator

import pytest

from tests.cadastres.address.clerk import Clerk
from tests.registers import Cities


@pytest.fixture
def clerk(fresh_city: Cities) -> Iterator[Clerk]:
    """A clerk with a register of their own."""
    city = fresh_city("almaty")
    yield Clerk(city)
    fresh_city.give_back(city)


@pytest.fixture(scope="module")
def desk(fresh_city: Cities) -> Iterator[Clerk]:
    """A clerk whose register the tests of a module share: for acts that are refused."""
    city = fresh_city("almaty")
    yield Clerk(city)
    fresh_city.give_back(city)
