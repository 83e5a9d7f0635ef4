"""A registrar of rights with a quarter to work in."""

from collections.abc import Iterator

import pytest

from tests.cadastres.land.registrar import Registrar
from tests.cadastres.real_estate.notary import Notary
from tests.registers import Cities


@pytest.fixture(scope="module")
def notary(fresh_city: Cities) -> Iterator[Notary]:
    """A registrar of rights in Helsinki, for a module: each test takes parcels and parties of its own.

    The quarter is 400 by 400 metres from the tests' origin, since 2015.
    """
    city = fresh_city("helsinki")
    Registrar(city).quarter()
    yield Notary(city)
    fresh_city.give_back(city)
