"""What a clerk sends: an application as it is handed in, and the reasons of a step."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from api.land.bodies import Body, Prose
from cadastres.real_estate.identity_number import parse_bin, parse_iin
from gis.applications import Applicant, Intake, PartyType, Step

IinBin = Annotated[str, StringConstraints(pattern="^[0-9]{12}$")]


class ApplicantBody(Body):
    """Who applies; a foreigner may have no IIN."""

    party_type: PartyType = "naturalPerson"
    name: Annotated[Prose, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    iin_bin: Annotated[IinBin | None, Field(description="IIN or BIN, 12 digits.")] = None

    def applicant(self) -> Applicant:
        """Return who applies.

        Raises:
            InvalidIdentityNumber: no IIN of a natural person, or no BIN of anybody else.
        """
        if self.iin_bin is not None:
            parse = parse_iin if self.party_type == "naturalPerson" else parse_bin
            parse(self.iin_bin)
        return Applicant(self.party_type, self.name, self.iin_bin)


class ObjectBody(Body):
    """A feature that an application concerns."""

    layer: Annotated[Prose, StringConstraints(max_length=100)]
    id: Annotated[int, Field(ge=1, le=2**62)]


class IntakeBody(Body):
    """An application: a service of the city's profile, who asks for it, what it concerns."""

    kind: Annotated[Prose, StringConstraints(max_length=60)]
    applicant: ApplicantBody
    objects: Annotated[tuple[ObjectBody, ...], Field(max_length=1000)] = ()

    def intake(self) -> Intake:
        """Return what is taken in.

        Raises:
            InvalidIdentityNumber: the applicant's is none.
        """
        objects = tuple((named.layer, named.id) for named in self.objects)
        return Intake(self.kind, self.applicant.applicant(), objects)


class StepBody(Body):
    """A step of an examination; the note is kept with what is personal."""

    reasons: Annotated[tuple[Annotated[Prose, StringConstraints(max_length=60)], ...], Field(max_length=20)] = ()
    note: Annotated[Prose, StringConstraints(strip_whitespace=True, max_length=4000)] | None = None

    def step(self, **facts: Any) -> Step:
        """Return the step."""
        return Step(reasons=tuple(dict.fromkeys(self.reasons)), note=self.note or None, **facts)
