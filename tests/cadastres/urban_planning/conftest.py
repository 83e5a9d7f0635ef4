"""A planner with an empty register to work in, and a clerk of construction and auctions."""

from collections.abc import Iterator

import pytest

from tests.cadastres.land.registrar import Registrar
from tests.cadastres.real_estate.notary import Notary
from tests.cadastres.urban_planning.builder import Builder
from tests.cadastres.urban_planning.planner import Planner
from tests.city import City
from tests.registers import Cities


@pytest.fixture
def planner(empty_city: City) -> Planner:
    """A planner of Helsinki."""
    return Planner(empty_city)


@pytest.fixture(scope="module")
def builder(fresh_city: Cities) -> Iterator[Builder]:
    """A clerk of construction and auctions in Helsinki, with a quarter of 400 by 400 metres since 2015."""
    city = fresh_city("helsinki")
    Registrar(city).quarter()
    yield Builder(Notary(city))
    fresh_city.give_back(city)
