"""What is asked of the street graph: bodies of requests, and the profile that somebody makes of a preset.

Lengths are metres, slopes ratios of rise to run (0.05 is 5 %), speeds km/h, times seconds unless a name says minutes.
"""

from functools import partial
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AliasChoices, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.config import JsonDict

from api.land.bodies import Body, GeoJson, Prose
from api.unreadable import faults
from gis.errors import BadRequest
from gis.text import LANGUAGES, Text
from routing.limits import BOUNDS, overruled
from routing.presets import PRESETS
from routing.profile import Profile, Steps, Unknown, Wish

STANDARD: Final = "foot"
"""The profile of who names none."""

MOST_FEATURES: Final = 1000
MOST_POLYGONS: Final = 100
MOST_VIA: Final = 50
MOST_POINTS: Final = 10_000
MOST_TRIPS: Final = 1_000
MOST_CELLS: Final = 1_000_000
"""Cells of a matrix that one request may ask for."""

PlaceBody = Annotated[
    Any,
    WithJsonSchema({
        "description": "longitude,latitude; a cadastral number; an address or its code; [x, y]; a GeoJSON point.",
        "anyOf": [
            {"type": "string", "maxLength": 200},
            {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3},
            {"type": "object", "required": ["type", "coordinates"]},
        ],
    }),
]  # fmt: skip


def _limit(name: str) -> Any:
    """Return the field of a limit that is a number; its bounds are told here and kept in :mod:`routing.limits`."""
    bound = BOUNDS[name]
    told: JsonDict = {"minimum": bound.least, "maximum": bound.most}
    return Field(default=None, allow_inf_nan=False, description=bound.unit.en, json_schema_extra=told)


def _named_too(*names: str) -> Any:
    """Return the field of a member that goes by several names."""
    return Field(validation_alias=AliasChoices(*names))


class ProfileBody(Body):
    """A preset, and the asker's own limits laid over it; what is not given stays as the preset has it."""

    name: Annotated[str, Field(max_length=60, description="A preset.", json_schema_extra={"enum": [*PRESETS]})] = (
        STANDARD
    )
    speed: float | None = _limit("speed")
    max_incline_up: float | None = _limit("max_incline_up")
    max_incline_down: float | None = _limit("max_incline_down")
    max_cross_slope: float | None = _limit("max_cross_slope")
    max_kerb: float | None = _limit("max_kerb")
    min_width: float | None = _limit("min_width")
    max_height: float | None = _limit("max_height")
    max_weight: float | None = _limit("max_weight")
    surfaces: Annotated[list[str] | None, Field(max_length=20, examples=[["asphalt", "paving_stones"]])] = None
    worst_smoothness: Annotated[str | None, Field(max_length=40)] = None
    wheelchair: bool | None = None
    steps: Steps | None = None
    tactile_paving: Wish | None = None
    sound_signals: Wish | None = None
    light: Wish | None = None
    marked_crossings: Wish | None = None
    carriageway: float | None = _limit("carriageway")
    lifts: bool | None = None
    unknown: Unknown | None = None
    unknowns: Annotated[dict[str, Unknown], Field(max_length=20)] = Field(default_factory=dict)
    step_seconds: float | None = _limit("step_seconds")
    kerb_seconds: float | None = _limit("kerb_seconds")
    lift_seconds: float | None = _limit("lift_seconds")
    signal_seconds: float | None = _limit("signal_seconds")
    turns: bool | None = None
    live: bool | None = None

    def profile(self) -> Profile:
        """Return the profile.

        Raises:
            BadRequest: no such preset.
            BadLimits: as :func:`routing.limits.overruled`.
        """
        own = self.model_dump(exclude={"name", "unknowns"}, exclude_none=True)
        if self.surfaces is not None:
            own["surfaces"] = frozenset(self.surfaces)
        return overruled(preset(self.name), own, self.unknowns)


_Made = TypeVar("_Made", bound=Body)


def made(kind: type[_Made], /, **values: Any) -> _Made:
    """Return a body of what parameters say.

    Raises:
        BadRequest: they don't fit it; each fault is named.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        found = faults([{**each, "loc": ("query", *each["loc"])} for each in error.errors()])
    told = {each: "; ".join(f"{place}: {reason.in_language(each)}" for place, reason in found) for each in LANGUAGES}
    fitting = {each: text[:1000] for each, text in told.items()}
    raise BadRequest(_UNREADABLE.filled(told=Text(**fitting)), parameter=found[0][0])


def preset(name: str) -> Profile:
    """Return a preset.

    Raises:
        BadRequest: names those there are.
    """
    found = PRESETS.get(name)
    if found is None:
        known = ", ".join(PRESETS)
        raise BadRequest(_NO_PRESET.filled(name=name[:60], known=known), parameter="profile", known=list(PRESETS))
    return found


def _named(given: Any) -> Any:
    """Return a preset's name as a profile's body."""
    return {"name": given[:60]} if isinstance(given, str) else given


_Mover = Annotated[ProfileBody, BeforeValidator(_named, json_schema_input_type=ProfileBody | str)]
"""A preset's name, or a preset with limits of one's own."""


class AvoidBody(Body):
    """What is not to be passed: areas, and features of the street layers by their ids."""

    polygons: Annotated[list[GeoJson], Field(max_length=MOST_POLYGONS)] = Field(default_factory=list)
    features: Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(max_length=MOST_FEATURES)] = Field(
        default_factory=list
    )


class Asked(Body):
    """What every question says: who moves, when, and in which system its coordinates are."""

    profile: _Mover = Field(default_factory=ProfileBody)
    avoid: AvoidBody = Field(default_factory=AvoidBody)
    departure: Annotated[str | None, Field(max_length=40, description="RFC 3339, with its offset; now.")] = None
    crs: Annotated[str | None, Field(max_length=200, description="Of the coordinates; longitude, latitude.")] = None

    def mover(self) -> Profile:
        """Return the profile; errors as :meth:`ProfileBody.profile`."""
        return self.profile.profile()


class RouteBody(Asked):
    """A way from one place to another."""

    start: Annotated[PlaceBody, Field(alias="from")]
    end: Annotated[PlaceBody, Field(alias="to")]
    via: Annotated[list[PlaceBody], Field(max_length=MOST_VIA)] = Field(default_factory=list)
    alternatives: Annotated[int, Field(ge=0, le=5, description="How many other ways are wanted.")] = 0
    preference: Literal["fastest", "shortest"] = "fastest"


class IsochroneBody(Asked):
    """What is reached from a place, or from where a place is reached, within some minutes."""

    place: PlaceBody
    minutes: Annotated[
        list[Annotated[float, Field(gt=0, le=120, allow_inf_nan=False)]], Field(min_length=1, max_length=10)
    ] = Field(default_factory=lambda: [15.0])
    direction: Literal["from", "to"] = "from"


class MatrixBody(Asked):
    """Times between places."""

    sources: Annotated[list[PlaceBody], Field(min_length=1, max_length=MOST_POINTS)]
    targets: Annotated[list[PlaceBody] | None, Field(min_length=1, max_length=MOST_POINTS)] = None


class CrewBody(Body):
    """Somebody who might come, and may be moving."""

    key: Annotated[Prose, Field(max_length=80, description="What the asker calls it.")]
    place: PlaceBody
    heading: Annotated[
        float | None, Field(ge=0, le=360, allow_inf_nan=False, description="Degrees clockwise from north.")
    ] = None
    way: Annotated[int | None, Field(ge=1, le=2**62, description="Feature of the way on which it is.")] = None
    ready: Annotated[
        float, Field(ge=0, le=86_400, allow_inf_nan=False, description="Seconds until it can set off.")
    ] = 0.0


class NearestBody(Asked):
    """Who is at a place first: crews, which may be moving; or which of many places one gets to first."""

    place: PlaceBody
    crews: Annotated[list[CrewBody], Field(max_length=MOST_POINTS)] = Field(default_factory=list)
    candidates: Annotated[list[PlaceBody], Field(max_length=MOST_POINTS)] = Field(default_factory=list)
    count: Annotated[int, Field(ge=1, le=100)] = 5
    within: Annotated[float | None, Field(gt=0, le=1440, allow_inf_nan=False, description="Minutes.")] = None


class MatchBody(Asked):
    """A track as a receiver recorded it."""

    track: Annotated[list[PlaceBody], Field(min_length=2, max_length=MOST_POINTS)]
    times: Annotated[
        list[Annotated[str, Field(max_length=40)]] | None,
        Field(max_length=MOST_POINTS, description="RFC 3339, one for each point."),
    ] = None
    accuracy: Annotated[float, Field(ge=1, le=100, allow_inf_nan=False, description="Metres, one sigma.")] = 10.0


class TourBody(Asked):
    """A round over many stops, in the order that takes the least time."""

    stops: Annotated[list[PlaceBody], Field(min_length=2, max_length=200, description="The first is where it begins.")]
    round: Annotated[bool, Field(description="Whether it ends where it began.")] = True
    service: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False, description="Seconds at each stop.")] = 0.0


class TripBody(Body):
    """People who go from one place to another."""

    start: Annotated[PlaceBody, Field(alias="from")]
    end: Annotated[PlaceBody, Field(alias="to")]
    people: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] = 1.0


class OriginBody(Body):
    """People who live at a place."""

    place: PlaceBody
    people: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] = 1.0


class RepairsBody(Asked):
    """What to repair first, for the trips of people: given ones, or from origins to the nearest destination."""

    profile: _Mover = Field(default_factory=partial(ProfileBody, name="wheelchair-manual"))
    trips: Annotated[list[TripBody], Field(max_length=MOST_TRIPS)] = Field(default_factory=list)
    origins: Annotated[list[OriginBody], Field(max_length=MOST_TRIPS)] = Field(default_factory=list)
    destinations: Annotated[list[PlaceBody], Field(max_length=100)] = Field(default_factory=list)
    most: Annotated[int, Field(ge=1, le=500, description="Repairs that are measured.")] = 100


class OgcInputs(Body):
    """The definition of a route of OGC API - Routes (draft), clause 7; members that it lacks are passed over."""

    model_config = ConfigDict(extra="ignore")

    name: Annotated[Prose | None, Field(max_length=200)] = None
    waypoints: GeoJson
    preference: Literal["fastest", "shortest"] = "fastest"
    mode: Annotated[str, Field(max_length=60)] = STANDARD
    height: Annotated[float | None, _named_too("height", "maxHeight")] = _limit("max_height")
    weight: Annotated[float | None, _named_too("weight", "maxWeight")] = _limit("max_weight")
    obstacles: GeoJson | None = None
    when: "OgcWhen | None" = None


class OgcWhen(Body):
    """When the route begins or ends."""

    timestamp: Annotated[str, Field(max_length=40)]
    type: Literal["departure", "arrival"] = "departure"


class OgcDefinition(Body):
    """The body of ``POST /routes``."""

    model_config = ConfigDict(extra="ignore")

    inputs: OgcInputs


_UNREADABLE = Text(
    kk="Сұрау түсініксіз: {told}.", ru="Запрос не понят: {told}.", en="The request can't be understood: {told}."
)
_NO_PRESET = Text(
    kk="«{name}» профилі жоқ; мыналар бар: {known}.",
    ru="Профиля «{name}» нет; есть: {known}.",
    en="There is no profile '{name}'; there are: {known}.",
)
