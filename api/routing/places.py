"""Where somebody sets off or wants to go: coordinates, a cadastral number, an address or its registration code."""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from psycopg import Connection
from shapely.geometry.base import BaseGeometry

from api.address.answers import label
from api.land.geometry import Geometer
from cadastres.address import number as rka
from cadastres.address.model import ADDRESS
from cadastres.address.search import LONGEST, SURE, Found
from cadastres.real_estate import asof
from cadastres.real_estate.subject import find, spelled
from gis.crs import transformer
from gis.errors import BadRequest, NotFound, QalaError, TooLarge
from gis.instant import Instant, Reading, read_head, settle
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Language, Text

Find = Callable[[str, Instant], Sequence[Found]]
"""Finds what a text may mean as an address, likeliest first."""

MOST_TEXTS: Final = 100
"""Places of one request that are told as texts, each of which the register is asked about; coordinates are not."""

_ALIKE: Final = 0.03
"""Scores that differ by less are those of addresses that a text may mean equally well."""

_HOUSE: Final = 0.25
"""What the search takes off the score of a street without the house that was written."""

_SAME: Final = 200.0
"""Metres within which it hardly matters which of two addresses is gone to."""

_TOLD: Final = 3
"""Addresses that a refusal names."""

_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?|[-+]?(?:nan|inf|infinity)"
_PAIR: Final = re.compile(rf"\s*({_NUMBER})\s*[,;]\s*({_NUMBER})\s*", re.IGNORECASE | re.ASCII)
_CADASTRAL: Final = re.compile("[0-9][-0-9: \N{HYPHEN}-\N{HORIZONTAL BAR}]{7,}(:\\S{1,20})?")


class Uncertain(QalaError):
    """An address that may be another than the one meant; ``data["candidates"]`` has those that may be."""

    code = "uncertain-place"
    status = 422


@dataclass(frozen=True, slots=True)
class Place:
    """A place that was asked for.

    Attributes:
        x, y: in the city's projected system [m].
        kind: ``point``, ``parcel``, ``building`` or ``address``.
        label: how people of the city call it; ``None`` of a point.
        feature_id: of the parcel, building or address.
        reach: metres to the farthest point of it, as a parcel is not entered in its middle.
    """

    x: float
    y: float
    kind: str = "point"
    label: str | None = None
    feature_id: int | None = None
    reach: float = 0.0

    @property
    def xy(self) -> tuple[float, float]:
        """Both coordinates."""
        return self.x, self.y


class Places:
    """Finds the places of one request.

    Args:
        register: the city's.
        instant: when they are looked for.
        finding: finds addresses.
        language: of labels.
        crs: name of the system of coordinates; CRS84 without one.
    """

    def __init__(
        self, register: Register, instant: Instant, finding: Find, language: Language, crs: str | None = None
    ) -> None:
        self._register = register
        self._instant = instant
        self._finding = finding
        self._language = language
        self._geometer = Geometer.of(register.profile, crs)

    def one(self, asked: Any, name: str) -> Place:
        """Return a place.

        Args:
            asked: a text (``lon,lat`` in the order of the system's name, a cadastral number, an address or its code),
                a list of two numbers, or a GeoJSON point.
            name: of the parameter or member, for a refusal.

        Raises:
            BadGeometry: coordinates that are none, or outside the city.
            BadRequest: none of these, or an address without its house.
            NotFound: nothing of that number, code or address.
            Uncertain: an address that may be another than the one meant.
            Gone: it is in force at another time.
        """
        if isinstance(asked, str) and not _PAIR.fullmatch(asked):
            return self._named(asked.strip(), name)
        point = self._geometer.point({"type": "Point", "coordinates": _coordinates(asked, name)})
        return Place(point.x, point.y)

    def many(self, asked: Sequence[Any], name: str) -> list[Place]:
        """Return places in the order given; coordinates are projected all at once.

        Raises:
            TooLarge: too many of them are texts.
            QalaError: as :meth:`one`.
        """
        texts = [i for i, one in enumerate(asked) if isinstance(one, str) and not _PAIR.fullmatch(one)]
        if len(texts) > MOST_TEXTS:
            raise TooLarge(_TEXTS.filled(count=len(texts), most=MOST_TEXTS), parameter=name, most=MOST_TEXTS)
        found = {i: self._named(asked[i].strip(), f"{name}.{i}") for i in texts}
        bare = [i for i in range(len(asked)) if i not in found]
        points = [_coordinates(asked[i], f"{name}.{i}") for i in bare]
        return [found[i] for i in range(len(asked))] if not bare else self._woven(found, bare, points)

    def _woven(self, found: dict[int, Place], bare: list[int], points: list[Any]) -> list[Place]:
        """Return the places that were found and those of coordinates, in their order."""
        # A line of one place only would be refused as a line: its coordinates are read as that place.
        alone = len({tuple(point) for point in points if _plain(point)}) < 2
        if alone:
            xy = [self._geometer.point({"type": "Point", "coordinates": point}).coords[0] for point in points]
        else:
            line = self._geometer.line({"type": "LineString", "coordinates": points})
            xy = [tuple(pair) for pair in shapely.get_coordinates(line).tolist()]
        placed = {i: Place(pair[0], pair[1]) for i, pair in zip(bare, xy, strict=True)}
        return [found[i] if i in found else placed[i] for i in range(len(found) + len(bare))]

    def shape(self, document: Any) -> BaseGeometry:
        """Return an area of a body in the city's projected system.

        Raises:
            BadGeometry: no polygon, broken, or outside the city.
        """
        return self._geometer.multipolygon(document)

    def line(self, document: Any) -> BaseGeometry:
        """Return a line of a body in the city's projected system; errors as :meth:`shape`."""
        return self._geometer.line(document)

    def _named(self, text: str, name: str) -> Place:
        if not text:
            raise BadRequest(_NO_PLACE.filled(name=name, text=""), parameter=name)
        if len(text) > LONGEST:
            raise BadRequest(_LONG.filled(name=name, length=len(text), most=LONGEST), parameter=name, most=LONGEST)
        if not text.isprintable():
            raise BadRequest(_NO_PLACE.filled(name=name, text=ascii(text)[:80]), parameter=name)
        if _CADASTRAL.fullmatch(text) is None:
            return self._address(text, name)
        with self._register.reading() as connection:
            reading = settle(self._instant, read_head(connection))
            if sum(character.isdigit() for character in text) == rka.DIGITS and ":" not in text:
                return _coded(connection, reading, rka.compact(text))
            return _numbered(connection, reading, text, self._register.profile)

    def _address(self, text: str, name: str) -> Place:
        found = self._finding(text, self._instant)
        housed = [one for one in found if one.address_id is not None and one.longitude is not None]
        if not housed:
            suggested = [self._label(one) for one in found[:5]]
            raise NotFound(_unhoused(text[:80], found), parameter=name, suggested=suggested)
        placed = [(one, self._placed(one)) for one in (*housed, *found) if one.longitude is not None]
        best, place = placed[0]
        if best is not found[0] or best.score < SURE or _outdone(best, found) or self._doubted(placed[: len(housed)]):
            raise self._uncertain(text, name, [one for one, _ in placed])
        return place

    def _placed(self, one: Found) -> Place:
        convert = transformer(4326, self._register.profile.system)
        x, y = convert.transform(one.longitude, one.latitude)
        return Place(float(x), float(y), "address", self._label(one), one.address_id)

    def _label(self, one: Found) -> str:
        return label(one.names, one.house, one.flat, self._language)

    @staticmethod
    def _doubted(placed: Sequence[tuple[Found, Place]]) -> bool:
        """Tell whether another address is as likely as the likeliest, and elsewhere."""
        (best, here), *others = placed
        return any(best.score - one.score < _ALIKE and math.dist(place.xy, here.xy) > _SAME for one, place in others)

    def _uncertain(self, text: str, name: str, found: Sequence[Found]) -> Uncertain:
        single = list({(one.address_id, one.place_id): one for one in found}.values())[:_TOLD]
        candidates = [
            {"label": self._label(one), "coordinates": [one.longitude, one.latitude], "address_id": one.address_id}
            for one in single
        ]
        listed = "; ".join(f"{self._label(one)} ({one.longitude:.6f},{one.latitude:.6f})" for one in single)
        return Uncertain(_UNCERTAIN.filled(text=text[:80], listed=listed), parameter=name, candidates=candidates)


def _outdone(best: Found, found: Sequence[Found]) -> bool:
    """Tell whether a street fits what was written better than the best address, but for the house it hasn't."""
    return any(
        one.address_id is None and one.asked_house is not None and one.score + _HOUSE > best.score for one in found
    )


def _unhoused(text: str, found: Sequence[Found]) -> Text:
    """Return why no address is found."""
    if not found:
        return _NO_ADDRESS.filled(text=text)
    house = found[0].asked_house
    return _NO_HOUSE.filled(text=text) if house is None else _NOT_THERE.filled(text=text, house=house)


def _numbered(connection: Connection, reading: Reading, text: str, profile: CityProfile) -> Place:
    """Return a parcel's or a building's place; it is its area that a way leads to."""
    subject = find(connection, text, reading, profile, ("parcel", "building"))
    versions = asof.versions(connection, subject.layer, reading, [subject.feature_id])
    shape = shapely.union_all([version.geometry for version in versions])
    if shape.is_empty:
        raise NotFound(_NO_GROUND.filled(number=spelled(subject.number)), number=subject.number)
    return replace(_within(shape), kind=subject.kind, label=spelled(subject.number), feature_id=subject.feature_id)


def _within(shape: BaseGeometry) -> Place:
    """Return a point of a shape, with the metres to its farthest corner."""
    point = shapely.point_on_surface(shape)
    corners = shapely.get_coordinates(shape)
    reach = float(np.hypot(corners[:, 0] - point.x, corners[:, 1] - point.y).max())
    return Place(point.x, point.y, reach=reach)


def _coded(connection: Connection, reading: Reading, code: str) -> Place:
    versions = asof.versions(connection, ADDRESS, reading, [code], "rka")
    if not versions or versions[0].geometry.is_empty:
        raise NotFound(_NO_CODE.filled(code=rka.format(code)), rka=code)
    version = versions[0]
    point = shapely.centroid(version.geometry)
    return Place(point.x, point.y, "address", rka.format(code), version.feature_id)


def _coordinates(asked: Any, name: str) -> Any:
    """Return the coordinates of a point in any of its forms; what they are worth is seen where they are read."""
    if isinstance(asked, str) and (pair := _PAIR.fullmatch(asked)):
        return [float(pair[1]), float(pair[2])]
    if isinstance(asked, dict) and asked.get("type") == "Point":
        return asked.get("coordinates")
    if isinstance(asked, list | tuple):
        return list(asked)
    text = json.dumps(asked, ensure_ascii=False, default=str)
    raise BadRequest(_NO_PLACE.filled(name=name, text=text[:80]), parameter=name)


def _plain(point: Any) -> bool:
    return isinstance(point, list) and all(isinstance(part, int | float) for part in point)


_NO_PLACE = Text(
    kk="{name}=«{text}» орынды білдірмейді; дұрысы, мысалы: 76.945,43.238 (бойлық, ендік), кадастрлық нөмір, "
    "мекенжай немесе оның РКА коды.",
    ru="{name}=«{text}» не обозначает места; верно, например: 76.945,43.238 (долгота, широта), кадастровый номер, "
    "адрес или его код РКА.",
    en="{name}='{text}' is no place; right would be, for example, 76.945,43.238 (longitude, latitude), a cadastral "
    "number, an address or its code (РКА).",
)
_LONG = Text(
    kk="{name} мәтінінде {length} таңба бар; ең көбі {most}.",
    ru="В тексте {name} знаков: {length}; можно не больше {most}.",
    en="The text of {name} has {length} characters; at most {most} are read.",
)
_TEXTS = Text(
    kk="Сұрауда мәтінмен берілген {count} орын бар; ең көбі {most}. Қалғандарын координаталармен беріңіз.",
    ru="В запросе мест, заданных текстом: {count}; можно не больше {most}. Остальные задайте координатами.",
    en="The request names {count} places by a text; {most} at most. Give the others by their coordinates.",
)
_NO_ADDRESS = Text(
    kk="«{text}» мекенжайы табылмады.",
    ru="Адрес «{text}» не найден.",
    en="No address '{text}' is found.",
)
_NO_HOUSE = Text(
    kk="«{text}» бойынша көше не елді жер табылды, бірақ үй табылмады; үйдің нөмірін жазыңыз.",
    ru="По тексту «{text}» найдена улица или место, но не дом; напишите номер дома.",
    en="For '{text}' a street or a place is found, but no house; write the number of the house.",
)
_NOT_THERE = Text(
    kk="«{text}» бойынша көше не елді жер табылды, бірақ онда {house} нөмірлі үй жоқ.",
    ru="По тексту «{text}» найдена улица или место, но дома {house} там нет.",
    en="For '{text}' a street or a place is found, but it has no house {house}.",
)
_UNCERTAIN = Text(
    kk="«{text}» дәл қай мекенжай екені белгісіз. Мүмкін: {listed}. Біреуін координаталарымен беріңіз.",
    ru="Неясно, какой адрес имеется в виду: «{text}». Возможно: {listed}. Задайте нужный координатами.",
    en="It is not certain which address '{text}' means. It may be: {listed}. Name the one meant by its coordinates.",
)
_NO_CODE = Text(
    kk="{code} коды бар мекенжай сұралған күні күшінде емес.",
    ru="Адрес с кодом {code} на запрошенную дату не действует.",
    en="No address of the code {code} is in force on the date asked about.",
)
_NO_GROUND = Text(
    kk="{number} нысанының геометриясы жоқ.",
    ru="У объекта {number} нет геометрии.",
    en="{number} has no geometry.",
)
