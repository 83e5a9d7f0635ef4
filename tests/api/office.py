"""A land office under test: a register, and a client whose token is a registrar's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from api.violations import on_globe
from gis import tokens
from tests.api.server import serving
from tests.cadastres.land.registrar import box
from tests.city import City

QUARTER = "91001001"
_places = count(0)


@dataclass
class Office:
    """A land office: its city, and a client whose token is a registrar's."""

    city: City
    client: httpx2.Client
    serial: Iterator[int] = field(default_factory=lambda: count(1))

    def globe(self, shape: BaseGeometry) -> dict[str, Any]:
        """Return a shape of the projected system as GeoJSON in longitude and latitude."""
        return on_globe(shape, self.city.profile.system)

    def body(self, day: str = "2016-01-01", **members: Any) -> dict[str, Any]:
        """Return the body of an act."""
        source = {"kind": "akimat-decision", "number": f"H-{next(self.serial)}", "acceptance": day}
        return {"source": source, "reason": "test", **members}

    def post(self, path: str, day: str = "2016-01-01", *, headers: Any = None, query: str = "", **members: Any) -> Any:
        """Order an act."""
        return self.client.post(f"/land/{path}{query}", json=self.body(day, **members), headers=headers or {})

    def place(self, width: float = 40.0) -> Polygon:
        """Return a free place of 40 by 40 metres that adjoins nothing."""
        number = next(_places)
        west, south = 60.0 * (number % 20), 60.0 * (number // 20)
        return box(west, south, west + width, south + 40)

    def form(self, area: Polygon, day: str = "2016-01-01", **attributes: Any) -> dict[str, Any]:
        """Form a parcel; return it as the answer names it."""
        answer = self.post("parcels", day, geometry=self.globe(area), attributes=attributes)
        assert answer.status_code == 201, answer.text
        feature: dict[str, Any] = answer.json()["features"][0]
        return feature


@contextmanager
def opened_office(city: City) -> Iterator[Office]:
    """Open a land office of one quarter of 1200 by 1200 metres in an empty city."""
    with city.register.writing() as connection:
        secret = tokens.create(connection, "A. Registrar", "registrar")
    with (
        serving(city.register) as server,
        httpx2.Client(base_url=server.address, timeout=60.0, headers={"Authorization": f"Bearer {secret}"}) as client,
    ):
        opened = Office(city, client)
        area = opened.globe(box(-10, -10, 1210, 1210))
        assert opened.post("quarters", "2015-01-01", code="91-001-001", geometry=area).status_code == 201
        yield opened
