"""A register without anything in it, and a registrar for it."""

import pytest

from tests.cadastres.environment.naturalist import Naturalist
from tests.city import City


@pytest.fixture
def nature(empty_city: City) -> Naturalist:
    """An empty register of Helsinki and its environmental registrar."""
    return Naturalist(empty_city)
