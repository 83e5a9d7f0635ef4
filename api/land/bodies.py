"""What a registrar sends: the bodies of land acts."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from cadastres.land.model import PARCEL, QUARTER, RESERVATION, ZONE
from cadastres.land.territories import ZoneKind
from gis.act import Act, Source
from gis.draft import Draft
from gis.errors import BadRequest
from gis.layer import FieldType, Layer
from gis.profile import CityProfile
from gis.reservation import parse_number
from gis.script import is_blank
from gis.text import Text
from gis.tokens import Token
from gis.validity import is_number
from gis.years import require_in_calendar

GeoJson = Annotated[
    dict[str, Any],
    WithJsonSchema({"type": "object", "required": ["type", "coordinates"], "description": "A GeoJSON geometry."}),
]


def _without_controls(text: str) -> str:
    """Refuse a text that no document can hold; lines and tabs are no harm."""
    strange = _CONTROL.search(text)
    if strange is not None:
        raise PydanticCustomError("control_character", "control character", {"code": f"U+{ord(strange[0]):04X}"})
    return text


_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""What nobody sees in a text: controls, marks that turn its direction, blanks without width, halves of characters."""


def readable(text: str) -> str:
    """Refuse a text in which there is nothing to read."""
    if is_blank(text):
        raise PydanticCustomError("blank", "nothing to read")
    return text


Prose = Annotated[str, AfterValidator(_without_controls)]
Word = Annotated[Prose, Field(min_length=1, max_length=200)]
Number = Annotated[str, Field(min_length=1, max_length=80, description="A cadastral number in any spelling.")]


def _attributes(layer: Layer) -> WithJsonSchema:
    """Return the JSON Schema of what an act may say of a layer's features: all fields but issued numbers."""
    fields = {
        f.name: {
            "type": [f.type.json, "null"],
            "title": f.title.en,
            **({"format": f.type.json_format} if f.type.json_format else {}),
        }
        for f in layer.fields
        if not f.identifier
    }
    return WithJsonSchema({"type": "object", "properties": fields, "additionalProperties": False})


ParcelAttributes = Annotated[dict[str, Any], _attributes(PARCEL)]
QuarterAttributes = Annotated[dict[str, Any], _attributes(QUARTER)]
ZoneAttributes = Annotated[dict[str, Any], _attributes(ZONE)]
ReservationAttributes = Annotated[dict[str, Any], _attributes(RESERVATION)]


FARTHEST: Final = timedelta(days=3653)
"""No act takes effect later than ten years from now: a date beyond is a slip of the pen."""

GREATEST: Final = 1e12
"""No number of the register is greater: an area of a million square kilometres, in square metres."""


class Body(BaseModel):
    """Base of bodies: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class SourceBody(Body):
    """The legal source (ISO 19152 LA_Source).

    Dates: of legal force, of submission (by default the same), of entry in the register (by default today).
    """

    kind: Annotated[Word, Field(pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$", examples=["akimat-decision"])]
    number: Annotated[Word, AfterValidator(readable)]
    acceptance: date
    submission: date | None = None
    recordation: date | None = None
    file_hash: Annotated[str | None, Field(pattern="^[0-9a-fA-F]{64}$", description="SHA-256 of the document.")] = None

    def source(self, today: date) -> Source:
        """Return the source."""
        return Source(
            kind=self.kind,
            number=self.number,
            acceptance=self.acceptance,
            submission=self.submission or self.acceptance,
            recordation=self.recordation or today,
            file_hash=bytes.fromhex(self.file_hash) if self.file_hash else None,
        )


EDITED: Final[ContextVar[str | None]] = ContextVar("EDITED", default=None)
"""Name of the draft that the request at hand edits, known before its body is read."""


def _source_of_edit(given: object) -> object:
    """Return what stands for the source of a draft's edit, which has none; everything else must name its own."""
    if given is not None:
        return given
    draft = EDITED.get()
    if draft is None:
        raise PydanticKnownError("missing")
    return SourceBody(kind="draft", number=draft, acceptance=datetime.now(UTC).date())


class ActBody(Body):
    """What every act says: by which source, why, from when it is so in law, in which system its coordinates are.

    Only the edit of a draft may go without a source: what gives it force is the act that adopts the draft.
    """

    source: Annotated[SourceBody, BeforeValidator(_source_of_edit)] = Field(
        default=None, validate_default=True, description="Required, but for the edit of a draft."
    )
    reason: Annotated[Prose, Field(min_length=1, max_length=2000), AfterValidator(readable)]
    valid_from: Annotated[
        date | None, Field(description="Legal day; by default the source's acceptance, in a draft the draft's own.")
    ] = None
    crs: Annotated[str | None, Field(description="System of the coordinates; by default CRS84 (lon, lat).")] = None
    application: Annotated[Word | None, Field(description="Number of the application that the act decides.")] = None

    def act(self, profile: CityProfile, token: Token, draft: Draft | None = None) -> Act:
        """Return the act; legal dates are midnights in the city's zone.

        Args:
            profile: the city's.
            token: whose act it is.
            draft: what it edits instead of the register.

        Raises:
            BadRequest: a date too far in the past or in the future to be meant; no number of an application.
        """
        today = datetime.now(profile.zone).date()
        acceptance = self.source.acceptance
        since = self.valid_from or (acceptance if draft is None else profile.legal_day(draft.valid_from))
        for named, day in (("acceptance", acceptance), ("valid_from", since)):
            require_sane(named, day, profile, today)
        return Act(
            actor=token.name,
            role=token.role,
            reason=self.reason,
            source=self.source.source(today),
            valid_from=profile.midnight(since),
            application=None if self.application is None else parse_number(self.application),
        )


class FormBody(ActBody):
    """Form a parcel; its quarter is the one in which it lies unless named."""

    geometry: GeoJson
    quarter: Word | None = None
    attributes: ParcelAttributes = {}


class PartBody(Body):
    """One child of a split."""

    geometry: GeoJson
    attributes: ParcelAttributes = {}


class SplitBody(ActBody):
    """Split a parcel along ``line``, or into ``parts``; the quarter of the new numbers is the parent's unless named."""

    line: GeoJson | None = None
    parts: Annotated[list[PartBody], Field(max_length=1000)] = []
    quarter: Word | None = None
    attributes: ParcelAttributes = {}


class MergeBody(ActBody):
    """Merge parcels; the quarter of the new number is the first one's unless named."""

    parcels: Annotated[list[Number], Field(min_length=2, max_length=1000)]
    quarter: Word | None = None
    attributes: ParcelAttributes = {}


class AdjustedBody(Body):
    """One parcel's new boundary, and what else the act says of it."""

    number: Number
    geometry: GeoJson
    attributes: ParcelAttributes = {}


class AdjustBody(ActBody):
    """Move the boundary between parcels; ``allocation`` says that a land-allocation act changes their territory."""

    parcels: Annotated[list[AdjustedBody], Field(min_length=1, max_length=1000)]
    allocation: bool = False


class QuarterBody(ActBody):
    """Form an accounting quarter."""

    code: Word
    geometry: GeoJson
    attributes: QuarterAttributes = {}


class ZoneBody(ActBody):
    """Zone a territory; ``parcels`` also gives the parcels in it what the zone sets."""

    kind: ZoneKind
    code: Word
    geometry: GeoJson
    parcels: bool = False
    attributes: ZoneAttributes = {}


class ReserveBody(ActBody):
    """Reserve land."""

    geometry: GeoJson
    attributes: ReservationAttributes


class ReleaseBody(ActBody):
    """Release reserved land; all of it without a geometry."""

    geometry: GeoJson | None = None


def typed(layer: Layer, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes as the layer's types: dates and instants are read from their ISO spelling.

    Raises:
        BadRequest: a number that the register issues itself, or a date that is none. All else the register checks.
    """
    for declared in layer.identifiers:
        if declared.name in attributes:
            raise BadRequest(_ISSUED.filled(field=declared.name), field=declared.name)
    known = {f.name: f.type for f in layer.fields}
    return {name: _read(name, known.get(name), value) for name, value in attributes.items()}


def _read(name: str, kind: FieldType | None, value: Any) -> Any:
    if isinstance(value, int | float):
        _require_magnitude(name, value)
    if not isinstance(value, str):
        return value
    _require_text(name, value)
    if kind not in {FieldType.DATE, FieldType.INSTANT}:
        return value
    try:
        told = date.fromisoformat(value) if kind is FieldType.DATE else datetime.fromisoformat(value)
    except ValueError:
        raise BadRequest(_NO_DATE.filled(field=name, value=value[:40]), field=name) from None
    require_in_calendar(told, f"{name}: {value[:40]}", field=name)
    return told


def _require_magnitude(name: str, value: float) -> None:
    if abs(value) > GREATEST:
        told = f"{value:.6g}" if is_number(value) else str(value)[:40]
        raise BadRequest(_GREAT.filled(field=name, value=told, most=f"{GREATEST:g}"), field=name)


def _require_text(name: str, value: str) -> None:
    strange = _CONTROL.search(value)
    if strange is not None:
        raise BadRequest(_STRANGE.filled(field=name, code=f"U+{ord(strange[0]):04X}"), field=name)


def require_sane(named: str, day: date, profile: CityProfile, today: date) -> None:
    """Refuse a legal day that nobody can mean.

    Raises:
        BadRequest: too far in the past, or more than :data:`FARTHEST` after today.
    """
    earliest, latest = profile.limits.earliest_date, today + FARTHEST
    if not earliest <= day <= latest:
        facts = {"field": named, "day": day, "earliest": earliest, "latest": latest}
        raise BadRequest(_FAR.filled(**facts), field=named, earliest=str(earliest), latest=str(latest))


_FAR = Text(
    kk="«{field}»: {day} күні {earliest} – {latest} аралығында болуы тиіс.",
    ru="«{field}»: дата {day} должна лежать между {earliest} и {latest}.",
    en="'{field}': the date {day} must lie between {earliest} and {latest}.",
)
_ISSUED = Text(
    kk="«{field}» мәнін тізілім өзі береді; оны жібермеңіз.",
    ru="Значение «{field}» присваивает сам регистр; не присылайте его.",
    en="The register itself issues '{field}'; do not send it.",
)
_GREAT = Text(
    kk="«{field}»: {value} тым үлкен; мәннің шамасы {most} аспауы тиіс.",
    ru="«{field}»: {value} — слишком много; величина не должна превышать {most}.",
    en="'{field}': {value} is too much; its magnitude must be at most {most}.",
)
_STRANGE = Text(
    kk="«{field}»: мәтінде басқарушы таңба (коды {code}) бар; оны алып тастаңыз.",
    ru="«{field}»: в тексте есть управляющий знак (код {code}); уберите его.",
    en="'{field}': the text has a control character (code {code}); leave it out.",
)
_NO_DATE = Text(
    kk="«{field}»: «{value}» күн емес; дұрысы, мысалы: 2026-03-01.",
    ru="«{field}»: «{value}» — не дата; верно, например: 2026-03-01.",
    en="'{field}': '{value}' is no date; right would be, for example, 2026-03-01.",
)
