"""``land.zone.no-overlap``, ``land.zone.sets-its-kind``, ``land.parcel.agrees-with-zone``."""

import pytest

from cadastres.land.territories import Zone
from gis.classifier import UnknownCode
from gis.edit import Put
from gis.record import Write
from tests.cadastres.land.registrar import ZONE, Registrar, box, many


def test_zones_of_one_kind_do_not_overlap(registrar: Registrar) -> None:
    """Two categories can't hold at one place; a category and a permitted use can."""
    registrar.zone("category", "2", box(0, 0, 100, 100))
    over = many(box(90, 0, 200, 100))
    assert registrar.broken(Zone(kind="category", code="3", geometry=over), "2018-01-01") == {"land.zone.no-overlap"}
    assert registrar.broken(Zone(kind="permitted-use", code="retail", geometry=over), "2018-01-01") == set()


def test_a_zone_sets_what_its_kind_says(registrar: Registrar) -> None:
    """A zone of a category without a category is refused; an unknown code as well."""
    period = registrar.act("2018-01-01").period
    empty = Write(ZONE, -1, period, many(box(0, 0, 100, 100)), {"kind": "category", "permitted_use": "retail"})
    assert registrar.broken(Put((empty,)), "2018-01-01") == {"land.zone.sets-its-kind"}
    with pytest.raises(UnknownCode):
        registrar.zone("category", "9", box(0, 0, 100, 100))


def test_zoning_may_give_its_category_to_the_parcels_in_it(registrar: Registrar) -> None:
    """Parcels that lie in the zone get a version from the day on; those that stick out don't."""
    inside = registrar.form(box(0, 0, 40, 40), category="7")
    across = registrar.form(box(80, 0, 120, 40), category="7")
    registrar.zone("category", "2", box(0, 0, 100, 100), day="2018-01-01", parcels=True)
    assert registrar.said(inside, "2018-01-01")["category"] == "2"
    assert registrar.said(inside, "2017-12-31")["category"] == "7"
    assert registrar.said(across, "2018-01-01")["category"] == "7"


def test_zoning_in_the_past_keeps_what_came_later(registrar: Registrar) -> None:
    """A retroactive zoning changes one attribute in each later version and nothing else."""
    parcel = registrar.form(box(0, 0, 40, 40), category="7")
    registrar.zone("permitted-use", "retail", box(0, 0, 100, 100), day="2020-01-01", parcels=True)
    registrar.zone("category", "2", box(0, 0, 100, 100), day="2018-01-01", parcels=True)
    assert [(v.attributes["category"], v.attributes["permitted_use"]) for v in registrar.timeline(parcel)] == [
        ("7", None),
        ("2", None),
        ("2", "retail"),
    ]


def test_a_parcel_that_disagrees_with_its_zone_is_a_warning(registrar: Registrar) -> None:
    """Both ways: a zone laid over a parcel, a parcel formed in a zone; silence is no disagreement."""
    registrar.form(box(0, 0, 40, 40), category="7")
    registrar.form(box(40, 0, 80, 40))
    laid = registrar.zone("category", "2", box(0, 0, 200, 100))
    assert [v.detail for v in laid.warnings if v.rule == "land.parcel.agrees-with-zone"] == ["7 / 2"]
    warned = registrar.adjust(
        {
            registrar.form(box(80, 0, 120, 40), category="3"): box(80, 0, 120, 40),
            registrar.form(box(120, 0, 160, 40), category="2"): box(120, 0, 160, 40),
        }
    ).warnings
    assert [v.detail for v in warned] == []
