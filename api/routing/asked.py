"""What a question about ways is put to: the register on both axes, the draft, the router; and who asks."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
from fastapi import Request
from shapely import Point

from api.drafts.asked import overlay_of
from api.moments import parse_moment
from api.ogc.request import only
from api.problems import language_of
from api.routing.bodies import AvoidBody
from api.routing.doors import staying
from api.routing.places import Find, Place, Places
from api.routing.work import Desk, Tell, desk_of, finding
from api.violations import on_globe
from gis.draft import Overlay
from gis.errors import BadRequest, QalaError
from gis.instant import Instant
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Language, Text
from routing.metric import Metric
from routing.network import INF, Graph
from routing.profile import Profile
from routing.route import Snapped
from routing.router import Avoid
from routing.snapping import OffNetwork, WayIndex, snap
from routing.unreached import Unreachable
from routing.why import relaxed

TIMES: Final = ("datetime", "recorded-at", "draft")

FARTHEST: Final = 500.0
"""Metres from a place to the nearest way that may be passed; beyond, the place is refused with the distance told."""

_CLOCKS: Final = timedelta(days=1)
"""A departure that lies farther back is a question about the past map."""

_SPAN: Final = timedelta(days=3653)
"""No departure lies farther ahead than ten years."""


@dataclass(frozen=True)
class Question:
    """One question; made in the thread that answers it.

    Attributes:
        desk: the router's; finding: finds addresses; laid: returns what the asker's draft lays over the register.
        language: the asker's.
        at: texts of ``datetime`` and ``recorded-at``, where they are given.
        tell: hears of progress.
        leaving: text of the departure.
        crs: name of the system of coordinates; CRS84 without one.
    """

    desk: Desk
    finding: Find
    laid: Callable[[], Overlay | None]
    language: Language
    at: Mapping[str, str]
    tell: Tell
    leaving: str | None = None
    crs: str | None = None

    @classmethod
    def of(
        cls,
        request: Request,
        tell: Tell,
        leaving: str | None = None,
        crs: str | None = None,
        at: Mapping[str, str] | None = None,
    ) -> "Question":
        """Return the question that a request asks, at the times that it names unless others are given."""
        given: Mapping[str, str] = request.query_params if at is None else at
        laid = partial(overlay_of, request)
        return cls(desk_of(request), finding(request), laid, language_of(request), given, tell, leaving, crs)

    @property
    def register(self) -> Register:
        """The city's."""
        return self.desk.register

    @property
    def city(self) -> CityProfile:
        """Its profile."""
        return self.register.profile

    @cached_property
    def departure(self) -> datetime:
        """When the asker sets off: as told, else at the date asked about, else now.

        Raises:
            BadRequest: no moment, or one without its offset from UTC, or one too far ahead.
        """
        now = datetime.now(UTC)
        name = "departure" if self.leaving else "datetime"
        told = self._moment(name, self.leaving or self._given("datetime")) or now
        if told > now + _SPAN:
            raise BadRequest(_TOO_FAR.filled(name=name, value=told.isoformat()), parameter=name)
        return told

    @cached_property
    def instant(self) -> Instant:
        """The point on both axes, and the draft; a departure in the past asks for the map of its day.

        Raises:
            BadRequest: no moment.
            QalaError: the draft can't be read.
        """
        valid = self._moment("datetime", self._given("datetime"))
        if valid is None and self.departure < datetime.now(UTC) - _CLOCKS:
            valid = self.departure
        return Instant(valid, self._moment("recorded-at", self._given("recorded-at")), self.laid())

    @cached_property
    def graph(self) -> Graph:
        """The streets then; progress is told where they must be read first."""
        if self.instant == Instant():
            return self.desk.router.graph(self.instant, self.tell)
        with self.desk.reading():
            return self.desk.router.graph(self.instant, self.tell)

    @property
    def index(self) -> WayIndex:
        """Of the ways of the graph."""
        return self.desk.router.index(self.graph)

    def metric(self, profile: Profile, avoid: Avoid) -> Metric:
        """Return what ways cost who sets off at the departure."""
        return self.desk.router.metric(self.graph, profile, self.departure, avoid)

    def snapped(self, places: Sequence[Place], metric: Metric, name: str) -> list[Snapped]:
        """Return places on the nearest ways that are passed.

        Raises:
            OffNetwork: one is too far from all of them; ``data["place"]`` says which.
        """
        return [self._snapped(place, metric, f"{name}.{number}") for number, place in enumerate(places)]

    def _snapped(self, place: Place, metric: Metric, name: str) -> Snapped:
        staying()
        with told_on_globe(self.city, place=name):
            try:
                return self.desk.router.snap(self.graph, metric, place.xy, FARTHEST + place.reach)
            except OffNetwork as refusal:
                raise self._explained(refusal, place) from None

    def _explained(self, refusal: OffNetwork, place: Place) -> OffNetwork:
        """Return a refusal that tells streets that aren't on record, and those that are not for the asker."""
        graph = self.graph
        if not (graph.feature_id >= 0).any():
            day = graph.reading.valid.astimezone(self.city.zone).date().isoformat()
            known = graph.reading.recorded.astimezone(self.city.zone).isoformat(timespec="seconds")
            refusal.message = _NO_STREETS.filled(day=day, known=known)
            return refusal
        open_to_all = np.where(np.repeat(graph.feature_id >= 0, 2), 1, INF).astype(np.uint32)
        try:
            near = snap(graph, self.index, open_to_all, place.xy, FARTHEST + place.reach)
        except OffNetwork:
            return refusal
        feature = int(graph.feature_id[near.edge])
        facts = {"away": round(near.away, 1), "feature_id": feature}
        refusal.data.update(barred=facts)
        refusal.message = _ALL_BARRED.filled(told=refusal.message, away=math.ceil(near.away), feature=feature)
        return refusal

    def barred_too(self, places: Sequence[Place], profile: Profile, avoid: Avoid, name: str) -> list[Snapped]:
        """Return places on the nearest ways that are passed; where none is near enough, on those that limits bar.

        Who asks why there is no way, or what to repair, may well live where every way is barred. Errors as
        :meth:`snapped`.
        """
        found: list[Snapped] = []
        for number, place in enumerate(places):
            try:
                found.append(self._snapped(place, self.metric(profile, avoid), f"{name}.{number}"))
            except OffNetwork:
                found.append(self._snapped(place, self.metric(relaxed(profile), avoid), f"{name}.{number}"))
        return found

    @cached_property
    def places(self) -> Places:
        """Finds the places of the question."""
        return Places(self.register, self.instant, self.finding, self.language, self.crs)

    def avoid(self, body: AvoidBody) -> Avoid:
        """Return what is not to be passed; errors as :meth:`api.routing.places.Places.shape`."""
        shapes = tuple(self.places.shape(polygon) for polygon in body.polygons)
        return Avoid(polygons=shapes, feature_ids=tuple(body.features))

    def _given(self, name: str) -> str | None:
        return self.at.get(name) or None

    def moment(self, name: str, text: str) -> datetime:
        """Read a moment; errors as :func:`api.moments.parse_moment`."""
        return parse_moment(name, text, self.city)

    def _moment(self, name: str, text: str | None) -> datetime | None:
        return None if text is None else self.moment(name, text)


@contextmanager
def told_on_globe(city: CityProfile, **facts: Any) -> Iterator[None]:
    """Refuse in longitude and latitude what the router refuses in the city's system, with more facts."""
    try:
        yield
    except (OffNetwork, Unreachable) as refusal:
        refusal.data.update(facts)
        place_on_globe(refusal, city)
        raise


def place_on_globe(refusal: QalaError, city: CityProfile) -> None:
    """Tell in longitude and latitude the places of which a refusal of the router's speaks."""
    for name in ("asked", "nearest"):
        if place := refusal.data.get(name):
            refusal.data[name] = on_globe(Point(place), city.system)["coordinates"]
    if nearest := refusal.data.get("nearest"):
        longitude, latitude = nearest
        refusal.message = _NEAREST.filled(told=refusal.message, place=f"{longitude:.6f},{latitude:.6f}")


def asked(request: Request, *known: str) -> None:
    """Refuse parameters that the question does not take."""
    only(request, ("f", *TIMES, *known))


def minutes_of(text: str) -> list[float]:
    """Read ``5,10,15``.

    Raises:
        BadRequest: no numbers.
    """
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise BadRequest(_MINUTES.filled(text=text[:60]), parameter="minutes") from None


def told_profile(profile: Profile) -> Mapping[str, Any]:
    """Return a profile as JSON; what it leaves open is left out."""
    facts = {name: getattr(profile, name) for name in profile.__dataclass_fields__}
    facts["surfaces"] = None if profile.surfaces is None else sorted(profile.surfaces)
    facts["unknowns"] = dict(profile.unknowns) or None
    return {name: value for name, value in facts.items() if value is not None}


_NEAREST = Text(
    kk="{told} Ең жақын нүкте: {place}.", ru="{told} Ближайшая точка: {place}.", en="{told} The nearest point: {place}."
)
_NO_STREETS = Text(
    kk="{day} күніне тізілімде бірде-бір көше жоқ (тізілімнің {known} сәтіндегі күйі). Басқа datetime не recorded-at "
    "беріңіз немесе алдымен көшелерді жүктеңіз.",
    ru="На {day} в регистре нет ни одной улицы (по состоянию регистра на {known}). Укажите другое datetime или "
    "recorded-at либо сначала загрузите улицы.",
    en="No streets are on record for {day} (as the register knew it at {known}). Name another datetime or recorded-at, "
    "or load the streets first.",
)
_ALL_BARRED = Text(
    kk="{told} Жақынырақ жол да бар ({away} м, нысан {feature}), бірақ профиль шектеулері, avoid немесе тыйымдар оны "
    "жабады; не кедергі екенін /routing/explain айтады.",
    ru="{told} Есть путь и ближе ({away} м, объект {feature}), но его закрывают ограничения профиля, avoid или "
    "запреты; что именно мешает, скажет /routing/explain.",
    en="{told} There is a nearer way ({away} m, object {feature}), but limits of the profile, avoid or prohibitions "
    "bar it; /routing/explain tells which.",
)
_TOO_FAR = Text(
    kk="{name}={value} тым алыс болашақта; он жылдан аспауы тиіс.",
    ru="{name}={value} слишком далеко в будущем; не дальше десяти лет.",
    en="{name}={value} is too far ahead; ten years at most.",
)
_MINUTES = Text(
    kk="minutes=«{text}» түсініксіз; дұрысы, мысалы: 5,10,15.",
    ru="minutes=«{text}» не понято; верно, например: 5,10,15.",
    en="minutes='{text}' can't be read; right would be, for example, 5,10,15.",
)
