"""What is sent to open, mend and end a draft."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from api.land.bodies import Body, Prose, readable

Name = Annotated[
    str,
    Field(
        examples=["general-plan-2030"],
        json_schema_extra={"maxLength": 60, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    ),
]
"""A draft's name; one that won't do is refused in words by the register, which keeps to the same pattern."""

Reason = Annotated[Prose, Field(min_length=1, max_length=2000), AfterValidator(readable)]
FeatureId = Annotated[int, Field(ge=1, le=2**62)]


class DraftBody(Body):
    """Open a draft; ``inverse_of`` fills it with what takes an act back, by its changeset's number."""

    name: Name
    title: Annotated[Prose, Field(min_length=1, max_length=500), AfterValidator(readable)]
    purpose: Annotated[Prose | None, Field(max_length=5000)] = None
    valid_from: Annotated[date | None, Field(description="From when its changes are to be in force; today.")] = None
    inverse_of: Annotated[int | None, Field(ge=1, le=2**62, description="Number of a changeset to take back.")] = None


class RebaseBody(Body):
    """Take over what the register changed meanwhile; ``choices`` says whose say stands where both changed the same."""

    choices: dict[FeatureId, Literal["draft", "register"]] = Field(default_factory=dict, max_length=10_000)
    reason: Reason = "rebase"


class RevertBody(Body):
    """Give features back to the register: those named, or all that was edited after a revision."""

    features: list[FeatureId] = Field(default_factory=list, max_length=10_000)
    after: Annotated[int | None, Field(ge=0, le=2**62, description="The last revision whose edits stay.")] = None
    reason: Reason = "revert"
