"""A clerk in an empty register of Almaty, whose profile asks for official names in Kazakh and Russian."""

from collections.abc import Callable, Iterator

import pytest

from tests.cadastres.address.clerk import Clerk
from tests.city import City


@pytest.fixture
def clerk(fresh_city: Callable[[str], City]) -> Iterator[Clerk]:
    """A clerk with a register of their own."""
    city = fresh_city("almaty")
    yield Clerk(city)
    city.register.close()


@pytest.fixture(scope="module")
def desk(fresh_city: Callable[[str], City]) -> Iterator[Clerk]:
    """A clerk whose register the tests of a module share: for acts that are refused."""
    city = fresh_city("almaty")
    yield Clerk(city)
    city.register.close()
