"""What a request asks of the address search, read and checked at the edge."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request

from api.drafts.asked import PARAMETER, overlay_for
from api.moments import parse_moment
from api.ogc.request import only
from cadastres.address.search import LONGEST
from gis.crs import CRS84, OwnSystem, parse_crs, transformer
from gis.draft import Overlay
from gis.errors import BadRequest
from gis.instant import Instant
from gis.profile import CityProfile
from gis.text import Text

MOST: Final = 50
"""Answers at most."""

FARTHEST: Final = 100_000.0
"""Metres: the widest radius."""

TIMES: Final = ("datetime", "recorded-at", "draft")
SEARCH: Final = ("q", "limit", "near", *TIMES)
REVERSE: Final = ("lon", "lat", "point", "crs", "limit", "radius", *TIMES)

_GLOBE = (180.0, 90.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of one request; ``draft`` is what the draft that it names lays over the register.

    Raises:
        BadRequest: from the readers, what was wrong and what would be right.
    """

    given: Mapping[str, str]
    profile: CityProfile
    draft: Overlay | None = None

    def text(self) -> str:
        """Read ``q``: an address as people write it."""
        text = self.given.get("q", "").strip()
        if not text:
            raise BadRequest(_NO_TEXT, parameter="q")
        if len(text) > LONGEST:
            raise BadRequest(_LONG_TEXT.filled(length=len(text), most=LONGEST), parameter="q", most=LONGEST)
        return text

    def instant(self) -> Instant:
        """Read the point on both axes of time."""
        return Instant(self._moment("datetime"), self._moment("recorded-at"), self.draft)

    def limit(self, default: int) -> int:
        """Read how many answers are wanted."""
        text = self.given.get("limit")
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST):
            raise BadRequest(_LIMIT.filled(text=text[:40], most=MOST), parameter="limit")
        return int(text)

    def near(self) -> tuple[float, float] | None:
        """Read ``near=lon,lat`` (WGS 84) as x, y of the city's system."""
        if "near" not in self.given:
            return None
        return self._projected("near", self._pair("near"))

    def point(self) -> tuple[float, float]:
        """Read ``lon`` and ``lat`` (WGS 84), or ``point`` in the axis order of ``crs``, as x, y of the city."""
        if ("point" in self.given) == ("lon" in self.given or "lat" in self.given):
            raise BadRequest(_ONE_PLACE, parameter="point")
        if "point" in self.given:
            return self._projected("point", self._pair("point"), self.given.get("crs"))
        return self._projected("lon", (self._coordinate("lon", 0), self._coordinate("lat", 1)))

    def radius(self) -> float | None:
        """Read the radius in metres."""
        if "radius" not in self.given:
            return None
        radius = _number(self.given["radius"])
        if radius is None or not 0 < radius <= FARTHEST:
            raise BadRequest(_RADIUS.filled(text=self.given["radius"][:40], most=int(FARTHEST)), parameter="radius")
        return radius

    def _moment(self, name: str) -> datetime | None:
        return parse_moment(name, self.given[name], self.profile) if self.given.get(name) else None

    def _pair(self, name: str) -> tuple[float, float]:
        numbers = [_number(part) for part in self.given[name].split(",")]
        if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
            raise BadRequest(_PAIR.filled(name=name, text=self.given[name][:80]), parameter=name)
        return numbers[0], numbers[1]

    def _coordinate(self, name: str, axis: int) -> float:
        text = self.given.get(name, "")
        value = _number(text)
        if value is None or abs(value) > _GLOBE[axis]:
            raise BadRequest(_COORDINATE.filled(name=name, text=text[:40], most=int(_GLOBE[axis])), parameter=name)
        return value

    def _projected(self, name: str, pair: tuple[float, float], crs_name: str | None = None) -> tuple[float, float]:
        system = self.profile.system
        crs = parse_crs(crs_name, system if isinstance(system, OwnSystem) else None) if crs_name else CRS84
        x, y = (pair[1], pair[0]) if crs.swap else pair
        on_globe = not crs.is_geographic or (abs(x) <= _GLOBE[0] and abs(y) <= _GLOBE[1])
        placed = transformer(crs.system, system).transform(x, y) if on_globe else (math.inf, math.inf)
        if not all(math.isfinite(value) for value in placed):
            raise BadRequest(_NOWHERE.filled(name=name, text=self.given[name][:80]), parameter=name)
        return float(placed[0]), float(placed[1])


async def read(request: Request, known: tuple[str, ...], profile: CityProfile) -> Asked:
    """Return the query of a request; a parameter that is unknown or stands twice is refused."""
    only(request, known)
    query = request.query_params
    return Asked(query, profile, await overlay_for(request, query.get(PARAMETER)))


def _number(text: str) -> float | None:
    try:
        value = float(text) if text.isascii() and len(text) < 40 and "_" not in text else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) else None


_NO_TEXT = Text(
    kk="Іздейтін мекенжайды q параметрінде жазыңыз, мысалы: q=Абай даңғылы 12.",
    ru="Напишите искомый адрес в параметре q, например: q=проспект Абая 12.",
    en="Write the address to look for in the parameter q, for example q=Abay avenue 12.",
)
_LONG_TEXT = Text(
    kk="q параметрінде {length} таңба бар; ең көбі {most}.",
    ru="В параметре q {length} знаков; можно не больше {most}.",
    en="The parameter q has {length} characters; at most {most} are read.",
)
_LIMIT = Text(
    kk="limit=«{text}» жарамайды; 1 мен {most} аралығындағы бүтін сан керек.",
    ru="limit=«{text}» не годится; нужно целое число от 1 до {most}.",
    en="limit='{text}' can't be used; a whole number from 1 to {most} is needed.",
)
_RADIUS = Text(
    kk="radius=«{text}» жарамайды; метрмен берілген, 0-ден үлкен, {most}-нан аспайтын сан керек.",
    ru="radius=«{text}» не годится; нужно число метров больше 0 и не больше {most}.",
    en="radius='{text}' can't be used; metres are needed, above 0 and at most {most}.",
)
_PAIR = Text(
    kk="{name}=«{text}» нүкте емес; дұрысы үтірмен бөлінген екі сан, мысалы: {name}=76.92,43.24.",
    ru="{name}=«{text}» — не точка; верно два числа через запятую, например: {name}=76.92,43.24.",
    en="{name}='{text}' is no point; right would be two numbers and a comma, for example {name}=76.92,43.24.",
)
_COORDINATE = Text(
    kk="{name}=«{text}» жарамайды; -{most} мен {most} аралығындағы градус керек.",
    ru="{name}=«{text}» не годится; нужны градусы от -{most} до {most}.",
    en="{name}='{text}' can't be used; degrees from -{most} to {most} are needed.",
)
_ONE_PLACE = Text(
    kk="Орынды бір тәсілмен беріңіз: lon мен lat (WGS 84), не point пен crs.",
    ru="Задайте место одним способом: lon и lat (WGS 84) или point и crs.",
    en="Give the place in one way: lon and lat (WGS 84), or point and crs.",
)
_NOWHERE = Text(
    kk="{name}=«{text}» нүктесі қаланың координаттар жүйесі жететін жерден тыс; өстердің ретін тексеріңіз.",
    ru="Точка {name}=«{text}» лежит вне досягаемости системы координат города; проверьте порядок осей.",
    en="The point {name}='{text}' is beyond the reach of the city's coordinate system; check the order of its axes.",
)
