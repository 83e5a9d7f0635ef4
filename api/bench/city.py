"""The bench's register: its own cluster, a made-up city with ten acts of history on each parcel, and a plain copy.

It is built once and kept under ``QALA_HOME/bench``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from api.bench.building import build
from api.bench.parcels import Net, net_around
from data.installation import Installation
from data.profiles import find
from gis.bbox import Box
from gis.cluster import default_home
from gis.crs import transformer
from gis.profile import CityProfile
from gis.register import Register

Tell = Callable[[str], None]

CENTRE = (583.5, 296.5)
"""Column and row of zoom 10 of Web Mercator: the middle of a tile over Helsinki, which the city almost fills."""

_ZOOM = 10


@dataclass(frozen=True)
class BenchCity:
    """A made-up city of so many parcels, in a database of its own."""

    count: int
    home: Path

    @classmethod
    def of(cls, count: int, home: Path | None = None) -> "BenchCity":
        """Return the city of a size, under ``QALA_HOME/bench`` unless told where."""
        return cls(count, home or default_home() / "bench")

    @cached_property
    def installation(self) -> Installation:
        """Its installation: a cluster apart from the one that serves."""
        return Installation(self.home, None)

    @cached_property
    def profile(self) -> CityProfile:
        """Helsinki's, under a name of its own, with the made-up city inside its bounds."""
        return find("helsinki").model_copy(update={"id": f"bench_{self.count}", "extent": (24.5, 59.5, 25.6, 60.8)})

    @cached_property
    def net(self) -> Net:
        """Shape of the city."""
        x, y = transformer(4326, self.profile.system).transform(*lonlat(*CENTRE, _ZOOM))
        return net_around((round(x), round(y)), self.count)

    @cached_property
    def register(self) -> Register:
        """Its register. The cluster must be running."""
        return self.installation.open(self.profile)

    def ensure(self, tell: Tell) -> None:
        """Build the city unless it stands already."""
        build(self.register, self.net, tell)

    def lonlat_box(self, box: Box) -> Box:
        """Return the box of about the same size and place in degrees."""
        to_degrees = transformer(self.profile.system, 4326)
        x, y = (box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2
        (west, east), _ = to_degrees.transform([box.min_x, box.max_x], [y, y])
        _, (south, north) = to_degrees.transform([x, x], [box.min_y, box.max_y])
        return Box(west, south, east, north)

    def random_boxes(self, seed: int, side: float) -> Iterator[Box]:
        """Yield boxes of ``side`` metres, anywhere inside the city, in its projected system; the same for one seed."""
        west, south, east, north = self.net.bounds
        random = np.random.default_rng(seed)
        while True:
            x, y = random.uniform((west, south), (east - side, north - side))
            yield Box(float(x), float(y), float(x) + side, float(y) + side)


def lonlat(column: float, row: float, zoom: int) -> tuple[float, float]:
    """Return longitude and latitude of a place in the tile scheme WebMercatorQuad."""
    return column / 2**zoom * 360 - 180, float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * row / 2**zoom)))))
