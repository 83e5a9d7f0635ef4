"""What is sent of what changes from hour to hour: speeds, states of lifts and ramps, closures."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from api.land.bodies import ActBody, Body, Prose, SourceBody, Word, readable
from cadastres.urban_planning.street_fields import DIRECTIONS, STATUSES
from cadastres.urban_planning.street_state_model import DAYS
from data.loaders.speed_rows import CLOCK, REVOKED
from gis.act import Act, Source
from gis.profile import CityProfile
from gis.text import Text
from gis.tokens import Token

MOST_ROWS: Final = 30_000
"""Rows of one request; larger files are loaded by ``qala speeds load``."""

FeatureId = Annotated[int, Field(ge=1, le=2**62)]
Said = Annotated[Prose, Field(min_length=1, max_length=1000), AfterValidator(readable)]
Moment = Annotated[
    Word, Field(description="An instant with its offset, or a day, which begins at midnight.", examples=["2026-03-02"])
]

_ID: Final = {"type": "integer", "minimum": 1}
_INSTANT: Final = {"type": "string", "description": "With its offset; without one the city's zone is assumed and told."}
_WAY: Final = {"segment": _ID, "direction": {"enum": list(DIRECTIONS)}}


def _rows(required: list[str], properties: dict[str, Any]) -> WithJsonSchema:
    """Return the schema of rows; each is read by itself, so that one that won't do is refused alone."""
    row = {"type": "object", "required": required, "properties": properties}
    return WithJsonSchema({"type": "array", "minItems": 1, "maxItems": MOST_ROWS, "items": row})


SPEED_ROWS: Final = _rows(
    ["segment", "direction", "speed", "from"],
    {
        **_WAY,
        "speed": {"type": "number", "minimum": 0, "maximum": 250, "description": "km/h"},
        "from": _INSTANT,
        "to": {
            "type": "string",
            "description": f"An instant, or '{REVOKED}'; by default the quarter of an hour's end.",
        },
    },
)
DAILY_ROWS: Final = _rows(
    ["segment", "direction", "days", "speeds"],
    {
        **_WAY,
        "days": {"enum": list(DAYS)},
        "speeds": {
            "type": "array",
            "minItems": len(CLOCK),
            "maxItems": len(CLOCK),
            "items": {"type": ["number", "null"], "minimum": 0, "maximum": 250},
        },
    },
)
STATUS_ROWS: Final = _rows(
    ["object", "status"],
    {"object": _ID, "status": {"enum": [*STATUSES, "unknown"]}, "since": _INSTANT, "until": _INSTANT},
)
Rows = Annotated[list[dict[str, Any]], Field(max_length=MOST_ROWS)]


class FeedBody(Body):
    """What every batch may say of itself: by which source, why."""

    source: SourceBody | None = None
    reason: Annotated[Prose, Field(min_length=1, max_length=2000)] = "live feed"

    def act(self, profile: CityProfile, token: Token, since: datetime | None = None) -> Act:
        """Return the act of a batch, whose source is the delivery itself unless one is named."""
        now = datetime.now(profile.zone)
        today = now.date()
        delivery = Source(
            kind="data-delivery",
            number=f"live {now.isoformat()}",
            acceptance=today,
            submission=today,
            recordation=today,
        )
        return Act(
            actor=token.name,
            role=token.role,
            reason=self.reason,
            source=delivery if self.source is None else self.source.source(today),
            valid_from=since or now,
        )


class SpeedsBody(FeedBody):
    """A batch of live speeds; the last word about a time stands."""

    speeds: Annotated[Rows, SPEED_ROWS]


class DailySpeedsBody(FeedBody):
    """Usual speeds, by kind of day and quarter of an hour, from a day on."""

    speeds: Annotated[Rows, DAILY_ROWS]
    valid_from: Annotated[date | None, Field(description="From when they hold; today.")] = None


class WayBody(Body):
    """A segment, in one direction or in both."""

    segment: FeatureId
    direction: Literal["forward", "backward"] | None = None


class RevokeSpeedsBody(FeedBody):
    """Revoke what was told of segments, from an instant to another or for good."""

    ways: Annotated[list[WayBody], Field(min_length=1, max_length=MOST_ROWS)]
    since: Moment | None = None
    until: Moment | None = None


class StatusesBody(FeedBody):
    """States of lifts and ramps; the last word stands."""

    statuses: Annotated[Rows, STATUS_ROWS]


class ClosedBody(Body):
    """What is closed."""

    layer: Word
    id: FeatureId


class ReasonsBody(Body):
    """Why something is closed, in the languages of the register."""

    kk: Said
    ru: Said
    en: Said

    def text(self) -> Text:
        """Return them as one text."""
        return Text(kk=self.kk, ru=self.ru, en=self.en)


class CloseBody(ActBody):
    """Close ways and lifts, or every segment of a street, from an instant to another or until it is revoked."""

    objects: Annotated[list[ClosedBody], Field(max_length=1000)] = Field(default_factory=list)
    street: Annotated[FeatureId | None, Field(description="A street of the address register: its segments.")] = None
    since: Annotated[Moment | None, Field(description="By default now.")] = None
    until: Annotated[Moment | None, Field(description="When it opens again; without it, when it is revoked.")] = None
    modes: Annotated[
        list[Literal["foot", "bicycle", "car", "ambulance", "truck"]],
        Field(max_length=5, description="To whom it is closed; to all where empty."),
    ] = Field(default_factory=list)
    hours: Annotated[
        Word | None, Field(description="At which hours, as OpenStreetMap's opening_hours.", examples=["22:00-06:00"])
    ] = None
    why: Annotated[ReasonsBody | None, Field(description="What those who are turned away are told.")] = None


class RevokeBody(ActBody):
    """Revoke a closure."""

    since: Annotated[Moment | None, Field(description="By default now.")] = None
