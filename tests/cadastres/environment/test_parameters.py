"""Parameter rows: one of a kind and class at a time, within sound bounds."""

from typing import Any

from cadastres.environment.verbs import Enter
from cadastres.environment.zone_model import ZONE_PARAMETER
from gis.record import NOWHERE
from tests.cadastres.environment.naturalist import Naturalist, entering

OVERLAP = "environment.zone_parameter.one-at-a-time"
SOUND = "environment.zone_parameter.sound"


def row(kind: str, class_key: str, width: float = 10.0, **said: Any) -> Enter:
    """Return the command that enters a row."""
    return entering(
        ZONE_PARAMETER.name, NOWHERE, zone_kind=kind, class_key=class_key, width=width, confirmed=False, **said
    )


def test_rows_of_one_class_may_not_be_valid_at_once(nature: Naturalist) -> None:
    """A second row needs the first one's end; another class, kind or band is another matter."""
    nature.row("sanitary", 300.0, "2010-01-01", class_key="III", until="2020-01-01")
    assert nature.broken(row("sanitary", "III"), "2019-12-31") == {OVERLAP}
    assert nature.broken(row("sanitary", "III"), "2020-01-01") == set()
    assert nature.broken(row("sanitary", "IV"), "2015-01-01") == set()


def test_bands_of_one_class_may_not_overlap(nature: Naturalist) -> None:
    """A band is open at its foot and closed at its head: the next one begins where it ends."""
    nature.row("electricity", 10.0, over=1.0, upto=20.0)
    assert nature.broken(row("electricity", "any", over=20.0, upto=35.0), "2010-01-01") == set()
    assert nature.broken(row("electricity", "any", over=10.0, upto=11.0), "2010-01-01") == {OVERLAP}
    assert nature.broken(row("electricity", "any", upto=1.5), "2010-01-01") == {OVERLAP}


def test_a_row_must_make_sense(nature: Naturalist) -> None:
    """No width below zero, no band that ends before it begins."""
    for wrong in (
        row("gas", "low", -1.0),
        row("electricity", "any", over=20.0, upto=10.0),
        row("electricity", "any", over=20.0, upto=20.0),
    ):
        assert nature.broken(wrong, "2010-01-01") == {SOUND}
