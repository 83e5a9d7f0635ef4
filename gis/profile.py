"""The city profile: everything that one city has and another has not, read from one TOML file.

A profile may say ``extends = "kazakhstan"``: it then starts from that file (beside it, or in one of the folders
that the caller names), its own tables laid over the base's key by key; lists, and the whole table ``crs``, replace the
base's.
Nothing of one city is written in code.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, ValidationError, model_validator

from gis.classifier import AdministrativeUnit, Classifier, Settings, UnknownCode, latest, refuse_overlaps, unknown_code
from gis.crs import OwnSystem, System, known_epsg, require_projected_metre
from gis.errors import BadRequest, QalaError
from gis.place import nearest_timezone, utm_epsg
from gis.text import LANGUAGES, Language, Text
from gis.workdays import Service, Workdays
from gis.years import require_in_calendar

Folder = Path | Traversable

_DEEPEST = 8
"""Profiles in a chain of ``extends``; a longer one is a circle."""


class BadProfile(BadRequest):
    """A profile file that can't be read or does not make sense; the message names file, key and what would be right."""

    code = "bad-profile"


class Extent(NamedTuple):
    """Where a city lies: longitudes and latitudes of WGS 84 [degrees]."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        """Tell whether a point lies inside."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north

    def looks_swapped(self, longitude: float, latitude: float) -> bool:
        """Tell whether a point lies outside, but inside once its axes are swapped."""
        return not self.holds(longitude, latitude) and self.holds(latitude, longitude)


class ProjectedSystem(Settings):
    """Table ``crs``: either ``epsg``, or ``wkt2`` with ``name`` and ``srid`` (and ``to_wgs84`` where it is untied)."""

    epsg: int | None = None
    name: str | None = None
    srid: int | None = None
    wkt2: str | None = None
    to_wgs84: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if (self.epsg is None) == (self.wkt2 is None):
            raise ValueError("needs either epsg = 32643 or wkt2 = '''PROJCRS[…]''' with name and srid")
        if self.epsg is not None and not known_epsg(self.epsg):
            msg = f"EPSG lists no system {self.epsg}; describe it by wkt2, name and srid"
            raise ValueError(msg)
        if self.epsg is None and (self.name is None or self.srid is None):
            raise ValueError("wkt2 needs a name and a srid of its own, e.g. 990001")
        try:
            require_projected_metre(self.system)
        except QalaError as error:
            raise ValueError(str(error)) from None
        return self

    @cached_property
    def system(self) -> System:
        """What :mod:`gis.crs` works with."""
        if self.epsg is not None:
            return self.epsg
        return OwnSystem(self.srid or 0, self.name or "", self.wkt2 or "", self.to_wgs84)


class NumberScheme(Settings):
    """Numbers of one kind of thing: the codes that this city puts into new ones, and how they are shown.

    The parts of a number and their widths are law, and stand in the number's own module.
    """

    title: Text
    act: Text | None = None
    confirmed: bool = True
    separator: Annotated[str, Field(max_length=3)] = "-"
    codes: Mapping[str, Annotated[str, Field(pattern="^[0-9]+$")]] = {}


class NationalReference(Settings):
    """The number that a thing has in its own country's register; kept as it is, checked against a pattern."""

    title: Text
    pattern: str
    example: str

    @model_validator(mode="after")
    def _matches(self) -> Self:
        try:
            fits = re.fullmatch(self.pattern, self.example)
        except re.error as error:
            msg = f"pattern {self.pattern!r} is no regular expression: {error}"
            raise ValueError(msg) from None
        if not fits:
            msg = f"example {self.example!r} does not match pattern {self.pattern!r}"
            raise ValueError(msg)
        return self

    def fits(self, reference: str) -> bool:
        """Tell whether a number has the right form."""
        return re.fullmatch(self.pattern, reference) is not None


class Tolerances(Settings):
    """How exact is exact enough.

    Attributes:
        linear: T, in metres of the projected system.
        area_sum_ratio: official areas before and after an act may differ by this share of the former (rule 8).
        area_computed_ratio: an official area may differ by this share from the computed one before a warning.
    """

    linear: Annotated[float, Field(gt=0, le=1)] = 0.01
    area_sum_ratio: Annotated[float, Field(ge=0, le=0.1)] = 0.001
    area_computed_ratio: Annotated[float, Field(ge=0, le=0.5)] = 0.01


class Limits(Settings):
    """Bounds beyond which an entry is a slip of the pen.

    Attributes:
        boundary_step: how far one adjustment may move a boundary's point [m].
        earliest_date: no legal date is older.
    """

    boundary_step: Annotated[float, Field(gt=0)] = 5.0
    earliest_date: date = date(1800, 1, 1)


class Blocks(Settings):
    """How buildings whose shape nobody measured are shown in three dimensions.

    Attributes:
        storey_height: metres of a storey, where only their number is known.
        assumed_storeys: of a building of which nothing is known.
        geoid_height: metres of the geoid above the WGS 84 ellipsoid here, for viewers that count from the latter.
        confirmed: whether somebody checked them against the city.
    """

    storey_height: Annotated[float, Field(gt=0, le=20)] = 3.0
    assumed_storeys: Annotated[int, Field(ge=1, le=200)] = 1
    geoid_height: Annotated[float, Field(ge=-110, le=90)] = 0.0
    confirmed: bool = False


class Tenure(Settings):
    """What the law says of holding: data of each country, with its own marks of what is confirmed.

    Attributes:
        unownable_categories: codes of categories that can't be private.
        unownable_uses: codes of permitted uses that can't be private.
        registration_since: the day from which rights arise by registration; older ones are valid without it.
        act: where that stands.
        confirmed: whether it was read there.
    """

    unownable_categories: tuple[str, ...] = ()
    unownable_uses: tuple[str, ...] = ()
    registration_since: date = date(1996, 3, 1)
    act: Text | None = None
    confirmed: bool = True


def _known_timezone(key: str) -> str:
    if key not in available_timezones():
        msg = f"{key!r} is no IANA time zone; right would be, for example, Asia/Almaty"
        raise ValueError(msg)
    return key


def _on_globe(extent: Extent) -> Extent:
    west, south, east, north = extent
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("must be west, south, east, north in degrees, west < east and south < north")
    return extent


class CityProfile(Settings):
    """One city's settings, checked.

    Attributes:
        id: slug of lower-case letters, digits and underscores; it names the city's database.
        extent: lon/lat box of the city, wide enough for every record; outside it swapped axes are suspected.
        numbers: schemes of issued numbers, by layer (``land.parcel``).
        national_reference: form of the numbers of the city's own national register, kept beside the engine's.
        services: kinds of application that the counter takes in, by name.
        workdays: which days are worked, for terms.
    """

    id: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$", description="a slug such as almaty")]
    name: Text = Field(description='the name in three languages: { kk = "…", ru = "…", en = "…" }')
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = LANGUAGES
    timezone: Annotated[str, AfterValidator(_known_timezone)] = Field(description="an IANA zone such as Asia/Almaty")
    crs: ProjectedSystem = Field(description="a table with epsg = 32643, or with wkt2, name and srid")
    extent: Annotated[Extent, AfterValidator(_on_globe)] = Field(description="[76.5, 43.0, 77.3, 43.6]")
    numbers: Mapping[str, NumberScheme] = {}
    national_reference: NationalReference | None = None
    official_names: tuple[Language, ...] = ()
    administrative: tuple[AdministrativeUnit, ...] = ()
    classifiers: Mapping[str, Classifier] = {}
    tolerances: Tolerances = Tolerances()
    limits: Limits = Limits()
    tenure: Tenure = Tenure()
    blocks: Blocks = Blocks()
    services: Mapping[Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,59}$")], Service] = {}
    workdays: Workdays = Workdays()

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        refuse_overlaps(self.administrative)
        return self

    @property
    def system(self) -> System:
        """The projected system in which everything is stored and measured."""
        return self.crs.system

    @property
    def srid(self) -> int:
        """That system's number in the database."""
        return self.system if isinstance(self.system, int) else self.system.srid

    @cached_property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)

    def midnight(self, day: date) -> datetime:
        """Return the instant at which a legal day begins here, in the city's zone.

        Where clocks skip midnight it is the first instant that the day has; where midnight comes twice, the first.

        Raises:
            BadRequest: the day is of no year that anybody means.
        """
        require_in_calendar(day, day.isoformat())
        return datetime.combine(day, time(), self.zone).astimezone(UTC).astimezone(self.zone)

    def legal_day(self, instant: datetime) -> date:
        """Return the day that it is here at an instant (which carries its offset)."""
        return instant.astimezone(self.zone).date()

    def classifier(self, name: str) -> Classifier:
        """Return a classifier.

        Raises:
            UnknownCode: the profile has none of that name; the message lists those it has.
        """
        if name not in self.classifiers:
            raise UnknownCode(_NO_CLASSIFIER.filled(name=name, known=", ".join(self.classifiers)), classifier=name)
        return self.classifiers[name]

    def service(self, kind: str) -> Service:
        """Return a kind of application.

        Raises:
            UnknownCode: the counter takes in no such applications; the message lists those it does.
        """
        if kind not in self.services:
            raise unknown_code(_SERVICES, kind, None, list(self.services))
        return self.services[kind]

    def administrative_unit(self, code: str, on: date | None = None) -> AdministrativeUnit:
        """Return the administrative unit of a code on a day (latest one without a day).

        Raises:
            UnknownCode: none; the message lists the codes of that day.
        """
        there = [unit for unit in self.administrative if unit.in_force(on)]
        found = [unit for unit in there if unit.code == code]
        if not found:
            raise unknown_code(_UNITS, code, on, [unit.code for unit in there])
        return latest(found)


def load_profile(path: Folder | str, search: Sequence[Folder] = ()) -> CityProfile:
    """Read a city's profile.

    Args:
        path: the TOML file.
        search: folders in which the profiles that it extends are looked for, after its own.

    Raises:
        BadProfile: the file or its base is missing, is no TOML, or does not make sense.
    """
    file = Path(path) if isinstance(path, str) else path
    folders = (file.parent, *search) if isinstance(file, Path) else search
    return checked_profile(_with_base(_read(file), folders, str(file)), str(file))


def checked_profile(table: Mapping[str, Any], origin: str) -> CityProfile:
    """Check a profile's table, complete with its base.

    Args:
        table: as TOML gives it.
        origin: where it comes from, for the message.

    Raises:
        BadProfile: every key that is wrong, each with what would be right.
    """
    try:
        return CityProfile.model_validate(table)
    except ValidationError as error:
        problems = [_problem(dict(detail)) for detail in error.errors()]
        raise BadProfile(_WRONG.filled(file=origin, problems="; ".join(problems)), problems=problems) from None


def profile_table(
    slug: str,
    name: str,
    longitude: float,
    latitude: float,
    *,
    extent: Extent | None = None,
    timezone: str | None = None,
) -> dict[str, Any]:
    """Return what a profile must say of a city of which only the place is known.

    The projected system is the UTM zone on WGS 84; the time zone that of the nearest city in the time zone database.

    Args:
        slug: the profile's id.
        name: the city's name, used in all languages.
        longitude: degrees east, of the city's middle.
        latitude: degrees north, from -80 to 84, where UTM is defined.
        extent: where the city lies; without it, half a degree around the middle.
        timezone: IANA zone, where it is known.

    Raises:
        BadProfile: the place is beyond UTM.
    """
    if not (-180 <= longitude <= 180 and -80 <= latitude <= 84):
        raise BadProfile(_BEYOND_UTM.filled(longitude=longitude, latitude=latitude))
    west, south = max(longitude - 0.5, -180), max(latitude - 0.5, -90)
    return {
        "id": slug,
        "name": {"kk": name, "ru": name, "en": name},
        "timezone": timezone or nearest_timezone(longitude, latitude),
        "crs": {"epsg": utm_epsg(longitude, latitude)},
        "extent": list(extent or (west, south, min(longitude + 0.5, 180), min(latitude + 0.5, 90))),
    }


def generate_profile(
    slug: str,
    name: str,
    longitude: float,
    latitude: float,
    *,
    base: Folder,
    extent: Extent | None = None,
    timezone: str | None = None,
) -> CityProfile:
    """Make a profile for a place that has none of its own, over the schemes of ``base``.

    Raises:
        BadProfile: the slug is no slug, the place is beyond UTM, or the base can't be read.
    """
    own = profile_table(slug, name, longitude, latitude, extent=extent, timezone=timezone)
    return checked_profile(_merged(_read(base), own), f"{slug} (generated)")


def slug_of(text: str) -> str:
    """Return an id for a profile made from a file's name or a city's.

    >>> slug_of("Almaty-2012.osm.pbf"), slug_of("18e arrondissement")
    ('almaty_2012', 'city_18e_arrondissement')
    """
    stem = re.sub("[^a-z0-9]+", "_", text.split(".", maxsplit=1)[0].lower()).strip("_")
    return (stem if re.match("[a-z]", stem) else f"city_{stem}")[:40].rstrip("_")


def _read(file: Folder) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
    except UnicodeDecodeError:
        reason = "not UTF-8"
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
    raise BadProfile(_UNREADABLE.filled(file=file, reason=reason), file=str(file))


def _with_base(table: dict[str, Any], folders: Sequence[Folder], origin: str) -> dict[str, Any]:
    for _ in range(_DEEPEST):
        if "extends" not in table:
            return table
        own = dict(table)
        table = _merged(_read(_base(own.pop("extends"), folders, origin)), own)
    raise BadProfile(_CIRCLE.filled(file=origin))


def _base(name: object, folders: Sequence[Folder], origin: str) -> Folder:
    for folder in folders:
        file = folder / f"{name}.toml"
        if file.is_file():
            return file
    looked = ", ".join(str(folder) for folder in folders)
    raise BadProfile(_NO_BASE.filled(file=origin, name=name, folders=looked), extends=str(name))


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one table over another: tables key by key; all else, and ``crs``, as a whole."""
    merged = dict(base)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict) and key != "crs"
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _problem(detail: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in detail["loc"]) or "(file)"
    reason = str(detail["msg"]).removeprefix("Value error, ")
    field = CityProfile.model_fields.get(str(detail["loc"][0])) if detail["loc"] else None
    if detail["type"] == "extra_forbidden":
        reason = "there is no such key" + (f"; the keys are {', '.join(CityProfile.model_fields)}" if not field else "")
    elif detail["type"] != "missing" and not isinstance(detail["input"], dict):
        reason = f"{str(detail['input'])[:80]!r}: {reason}"
    return f"{key}: {reason}" + (f" (right: {field.description})" if field and field.description else "")


_WRONG = Text(
    kk="{file} профилінде қате бар: {problems}.",
    ru="В профиле {file} ошибки: {problems}.",
    en="The profile {file} is wrong: {problems}.",
)
_UNREADABLE = Text(
    kk="{file} профилі оқылмайды: {reason}. Ол UTF-8 кодтауындағы TOML файлы болуы тиіс.",
    ru="Профиль {file} не читается: {reason}. Это должен быть файл TOML в кодировке UTF-8.",
    en="The profile {file} can't be read: {reason}. It must be a TOML file in UTF-8.",
)
_NO_BASE = Text(
    kk="{file} профилі негізге алатын «{name}» табылмады; {name}.toml мына қалталардан ізделді: {folders}.",
    ru="Не найден «{name}», который расширяет профиль {file}; файл {name}.toml искали в: {folders}.",
    en="The profile {file} extends '{name}', which was not found; {name}.toml was looked for in: {folders}.",
)
_CIRCLE = Text(
    kk="{file} профилінің extends тізбегі тұйықталған; негіз болатын профиль өзіне қайта сілтемеуі тиіс.",
    ru="Цепочка extends профиля {file} замкнута; основа не должна ссылаться на сам профиль.",
    en="The chain of extends of the profile {file} is a circle; a base must not lead back to it.",
)
_NO_CLASSIFIER = Text(
    kk="Қала профилінде «{name}» жіктеуіші жоқ. Бар жіктеуіштер: {known}.",
    ru="В профиле города нет классификатора «{name}». Есть: {known}.",
    en="The city's profile has no classifier '{name}'. It has: {known}.",
)
_SERVICES = Text(kk="Қызметтер", ru="Услуги", en="Services")
_UNITS = Text(kk="Әкімшілік бірліктер", ru="Административные единицы", en="Administrative units")
_BEYOND_UTM = Text(
    kk="{longitude}, {latitude} нүктесі UTM аймағынан тыс (ендік −80…84°); өз проекциясы бар профиль жазыңыз.",
    ru="Точка {longitude}, {latitude} вне UTM (широты от −80 до 84°); напишите профиль со своей проекцией.",
    en="The place {longitude}, {latitude} is beyond UTM (latitudes -80 to 84°); write a profile with a projection.",
)
