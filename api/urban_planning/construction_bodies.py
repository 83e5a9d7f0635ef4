"""What a clerk of construction sends: the bodies of acts on objects, stages, equity contracts and funds."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.land.bodies import GREATEST, ActBody, Body, GeoJson, Number, Prose, Word, typed
from api.urban_planning.works_desk import require_not_given, told_by
from cadastres.real_estate.model import BUILDING
from cadastres.real_estate.verbs import GIVEN as BUILDING_GIVEN
from cadastres.urban_planning.construction_equity_verbs import FundRow
from cadastres.urban_planning.construction_model import CONSTRUCTION_OBJECT
from cadastres.urban_planning.construction_verbs import Part, PlannedStage

FeatureId = Annotated[int, Field(ge=1, le=2**62, description="Id in the register.")]
Tenge = Annotated[int, Field(ge=0, le=int(GREATEST), description="Whole tenge.")]
ObjectAttributes = Annotated[dict[str, Any], told_by(CONSTRUCTION_OBJECT)]


def said(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says of an object, as the layer's types.

    Raises:
        BadRequest: something that the register gives by itself, or a date that is none.
    """
    require_not_given(CONSTRUCTION_OBJECT, attributes)
    return typed(CONSTRUCTION_OBJECT, attributes)


class ObjectBody(ActBody):
    """Enter an object in design; ``persons`` develop or build it where they are no organisations."""

    parcel: Number
    geometry: GeoJson
    attributes: ObjectAttributes
    persons: Annotated[dict[Part, FeatureId], Field(default_factory=dict, description="Ids of parties.")]


class ObjectChangeBody(ActBody):
    """Change what is planned of an object, who builds it, or its site; what is left out stays."""

    geometry: GeoJson | None = None
    attributes: Annotated[ObjectAttributes, Field(default_factory=dict)]


class PermitBody(ActBody):
    """Enter a permit; its date is that of the source."""

    permit_number: Word


class BuilderBody(ActBody):
    """Enter a person who develops or builds."""

    part: Part
    party: FeatureId


class AcceptBody(ActBody):
    """Accept an object: the building as surveyed."""

    geometry: GeoJson
    letter: Annotated[str, Field(max_length=10, description="Литер.")] = ""
    attributes: Annotated[dict[str, Any], Field(default_factory=dict, description="Fields of real_estate.building.")]

    def building(self) -> dict[str, Any]:
        """Return what the survey says of the building."""
        told = typed(BUILDING, self.attributes)
        return {name: value for name, value in told.items() if name not in BUILDING_GIVEN}


class StageBody(Body):
    """A stage of a schedule; its code is one of the classifier ``construction_stage``."""

    stage: Word
    planned_start: date
    planned_end: date
    planned_cost: Tenge

    def planned(self) -> PlannedStage:
        """Return the stage."""
        return PlannedStage(**self.model_dump())


class StagesBody(ActBody):
    """Enter a schedule, or plan its stages anew."""

    stages: Annotated[list[StageBody], Field(min_length=1, max_length=200)]


class InspectBody(ActBody):
    """Enter an inspection of the act's legal day."""

    progress: Annotated[float, Field(allow_inf_nan=False, description="Per cent.")]
    report: Annotated[Prose | None, Field(max_length=4000, description="No personal data.")] = None


class ContractBody(ActBody):
    """Register a contract with an equity holder, who is named by id and shows nowhere in the open."""

    number: Word
    premises: Word
    area: Annotated[float, Field(gt=0, le=GREATEST, description="m2")]
    price: Tenge
    received: Tenge = 0
    holder: FeatureId


class HolderBody(ActBody):
    """Enter to whom a contract was ceded."""

    holder: FeatureId


class PaymentBody(ActBody):
    """Enter a payment under a contract."""

    amount: Tenge


class TerminateBody(ActBody):
    """End a contract; all that was received goes back unless told."""

    refunded: Tenge | None = None


class ExecuteBody(ActBody):
    """Hand over premises, named by number in any spelling."""

    premises: Word


class FundBody(Body):
    """A sum of a period; its article is one of the classifier ``construction_fund_article``."""

    article: Word
    period_start: date
    period_end: date
    amount: Tenge

    def row(self) -> FundRow:
        """Return the row."""
        return FundRow(**self.model_dump())


class FundsBody(ActBody):
    """Enter sums planned, or used."""

    rows: Annotated[list[FundBody], Field(min_length=1, max_length=1000)]


Step = Literal["begin", "suspend", "resume", "complete", "return", "revoke"]
