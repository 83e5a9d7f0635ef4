"""Protected areas with their zones, hazards and events, stations."""

from datetime import UTC, datetime

import shapely

from cadastres.environment.model import PROTECTED_SITE, PROTECTED_ZONE
from cadastres.environment.monitoring_model import HAZARD_AREA, MONITORING_STATION, OBSERVED_EVENT
from cadastres.environment.verbs import Change, Enter
from tests.cadastres.environment.naturalist import Naturalist, area, entering
from tests.city import ORIGIN

IN_SITE = "environment.protected_zone.in-site"


def zone(site: int, kind: str, *bounds: float) -> Enter:
    """Return the command that enters a zone of a site."""
    return entering(PROTECTED_ZONE.name, area(*bounds), site_id=site, zone_type=kind)


def test_functional_zones_lie_in_their_site_and_the_buffer_around_it(nature: Naturalist) -> None:
    """A functional zone may not stick out, a buffer zone may not reach in."""
    site = nature.enter(PROTECTED_SITE.name, "2015-01-01", area(0, 0, 100, 100), site_kind="botanical_garden")
    assert nature.broken(zone(site, "strict", 0, 0, 50, 100), "2015-01-01") == set()
    assert nature.broken(zone(site, "recreation", 50, 0, 101, 100), "2015-01-01") == {IN_SITE}
    assert nature.broken(zone(site, "buffer", 100, 0, 200, 100), "2015-01-01") == set()
    assert nature.broken(zone(site, "buffer", 50, 90, 100, 200), "2015-01-01") == {IN_SITE}


def test_zones_of_one_site_lie_apart(nature: Naturalist) -> None:
    """Common edges are fine, common ground is not."""
    site = nature.enter(PROTECTED_SITE.name, "2015-01-01", area(0, 0, 100, 100), site_kind="reservat")
    nature.perform(zone(site, "strict", 0, 0, 50, 100), "2015-01-01")
    assert nature.broken(zone(site, "recreation", 50, 0, 100, 50), "2015-01-01") == set()
    assert nature.broken(zone(site, "limited_use", 49, 50, 100, 100), "2015-01-01") == {
        "environment.protected_zone.no-overlap"
    }


def test_a_site_that_shrinks_must_still_hold_its_zones(nature: Naturalist) -> None:
    """The zones are looked at when the site is what changes."""
    site = nature.enter(PROTECTED_SITE.name, "2015-01-01", area(0, 0, 100, 100), site_kind="reservat")
    nature.perform(zone(site, "strict", 0, 0, 50, 100), "2015-01-01")
    shrunk = Change(layer=PROTECTED_SITE.name, feature=site, geometry=area(0, 0, 100, 60))
    assert nature.broken(shrunk, "2018-01-01") == {IN_SITE}


def test_an_event_ends_after_it_began(nature: Naturalist) -> None:
    """A mudflow in a hazard area, with its magnitude; time does not run backwards."""
    hazard = nature.enter(
        HAZARD_AREA.name, "2015-01-01", area(0, 0, 400, 100), hazard_type="mudflow", likelihood="high"
    )
    began, later = datetime(2015, 7, 23, 1, tzinfo=UTC), datetime(2015, 7, 23, 5, tzinfo=UTC)
    said = {"event_type": "mudflow", "magnitude": 40_000.0, "magnitude_scale": "m3", "hazard_area_id": hazard}
    point = shapely.Point(ORIGIN)
    event = entering(OBSERVED_EVENT.name, point, occurred_at=began, ended_at=later, **said)
    assert nature.broken(event, "2015-07-23") == set()
    backwards = entering(OBSERVED_EVENT.name, point, occurred_at=later, ended_at=began, **said)
    assert nature.broken(backwards, "2015-07-23") == {"environment.observed_event.ends-after-it-began"}


def test_two_stations_have_two_codes(nature: Naturalist) -> None:
    """A code may be given again once its first station has ended."""
    station = {"station_code": "PNZ-1", "media_monitored": "air"}
    first = nature.enter(MONITORING_STATION.name, "2015-01-01", shapely.Point(ORIGIN), **station)
    again = entering(MONITORING_STATION.name, shapely.Point(ORIGIN), **station)
    assert nature.broken(again, "2016-01-01") == {"environment.monitoring_station.code-unique"}
    nature.end(MONITORING_STATION.name, first, "2017-01-01")
    assert nature.broken(again, "2017-01-01") == set()
