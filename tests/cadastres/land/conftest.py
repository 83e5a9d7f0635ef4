"""A registrar with a quarter to work in."""

import pytest

from tests.cadastres.land.registrar import Registrar
from tests.city import City


@pytest.fixture
def registrar(empty_city: City) -> Registrar:
    """A registrar of Helsinki; quarter 91001001 is 400 by 400 metres from the tests' origin, since 2015."""
    at_work = Registrar(empty_city)
    at_work.quarter()
    return at_work
