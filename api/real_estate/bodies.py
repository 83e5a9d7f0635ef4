"""What a registrar of rights sends: the bodies of acts on parties, units and rights."""

from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from api.land.bodies import ActBody, Body, GeoJson, Number, Prose, Word
from api.land.geometry import Geometer
from cadastres.real_estate import shares
from cadastres.real_estate.parties import GroupType, Membership, PartyType
from cadastres.real_estate.rights_verbs import Correction, NewRight, Recipient

FeatureId = Annotated[int, Field(ge=1, le=2**62, description="Id in the register.")]
Share = Annotated[str, Field(max_length=40, examples=["1/3"], description="A fraction of whole numbers, or 1.")]
UnitType = Literal["basicPropertyUnit", "leasedUnit", "rightOfUseUnit"]
_Few = Field(min_length=1, max_length=1000)


def share_of(text: str | None) -> Fraction | None:
    """Return a share as it is written.

    Raises:
        InvalidShare: no fraction, none of anything, or more than the whole.
    """
    return None if text is None else shares.parse(text)


class PartyBody(ActBody):
    """Register a person, an organisation or the State."""

    party_type: PartyType
    name: Annotated[Prose, Field(max_length=400)]
    iin_bin: Annotated[str | None, Field(max_length=40, description="IIN of a person, BIN of an organisation.")] = None
    birth_date: Annotated[date | None, Field(description="Of birth or foundation; a person's follows the IIN.")] = None


class MemberBody(Body):
    """A member of a group; either all have shares or none."""

    party: FeatureId
    share: Share | None = None

    def membership(self) -> Membership:
        """Return the member."""
        return Membership(party=self.party, share=share_of(self.share))


class GroupBody(ActBody):
    """Form a group that holds rights together."""

    group_type: GroupType
    members: Annotated[list[MemberBody], Field(max_length=1000)]
    name: Annotated[Prose | None, Field(max_length=400)] = None


class PartyChangeBody(ActBody):
    """Change what is said of a party; members that are left out stay."""

    name: Annotated[Prose | None, Field(max_length=400)] = None
    iin_bin: Annotated[str | None, Field(max_length=40)] = None
    birth_date: date | None = None
    group_type: GroupType | None = None

    def attributes(self) -> dict[str, Any]:
        """Return what the body itself says."""
        told = self.model_dump(exclude_unset=True)
        return {name: told[name] for name in ("name", "iin_bin", "birth_date", "group_type") if name in told}


class RightBody(Body):
    """One right, restriction or responsibility (LA_RRR)."""

    kind: Annotated[Word, Field(examples=["ownership", "lease", "pledge", "servitude", "arrest"])]
    holder: FeatureId | None = None
    share: Share | None = None
    until: Annotated[date | None, Field(description="First day on which it is no longer in force.")] = None
    rank: Annotated[int | None, Field(ge=1, le=1000, description="Of a pledge.")] = None
    on_right: Annotated[FeatureId | None, Field(description="The right that it encumbers; else the whole unit.")] = None
    excludes_others: bool | None = None
    description: Annotated[Prose | None, Field(max_length=2000, description="No personal data: it is public.")] = None
    area: Annotated[GeoJson | None, Field(description="Where it applies, if not on the whole parcel.")] = None

    def right(self, geometer: Geometer) -> NewRight:
        """Return the right, its area in the city's projected system."""
        told = self.model_dump(exclude={"share", "area"})
        area = None if self.area is None else geometer.multipolygon(self.area)
        return NewRight(**told, share=share_of(self.share), area=area)


class UnitBody(ActBody):
    """Form a unit of parcels, buildings and premises, the main one first, with the first rights on it."""

    objects: Annotated[list[Number], _Few]
    rights: Annotated[list[RightBody], Field(default_factory=list, max_length=1000)]
    name: Word | None = None
    type: UnitType = "basicPropertyUnit"


class RightsBody(ActBody):
    """Register rights, or declare them valid though unregistered; what must sum to one comes in one act."""

    rights: Annotated[list[RightBody], _Few]


class RecipientBody(Body):
    """Who gets what; a sole recipient without a share takes all."""

    holder: FeatureId
    share: Share | None = None

    def recipient(self) -> Recipient:
        """Return the recipient."""
        return Recipient(holder=self.holder, share=share_of(self.share))


class TransferBody(ActBody):
    """Transfer a right; shares are of the whole unit."""

    to: Annotated[list[RecipientBody], _Few]
    area: Annotated[GeoJson | None, Field(description="Part of the ground: it must be formed as a parcel first.")] = (
        None
    )


class InheritBody(ActBody):
    """Pass a testator's rights to the heirs; shares are of the estate."""

    testator: FeatureId
    rights: Annotated[list[FeatureId], _Few]
    heirs: Annotated[list[RecipientBody], _Few]
    died: Annotated[date | None, Field(description="Day of death, unless it is on record.")] = None


class ConsentBody(ActBody):
    """Enter a pledgee's consent."""

    consents_to: Literal["disposal", "furtherPledge", "reorganisation"]
    until: Annotated[date | None, Field(description="First day on which it no longer serves.")] = None


class CorrectionBody(Body):
    """What is right of one right, instead of what was recorded."""

    right: FeatureId
    share: Share | None = None
    holder: FeatureId | None = None
    rank: Annotated[int | None, Field(ge=1, le=1000)] = None
    on_right: FeatureId | None = None
    excludes_others: bool | None = None
    registered: bool | None = None
    description: Annotated[Prose | None, Field(max_length=2000)] = None

    def correction(self) -> Correction:
        """Return the correction; members that are left out stay as they are."""
        told = self.model_dump(exclude_unset=True, exclude={"right", "share", "holder"})
        if "on_right" in told:
            told["on_right_id"] = told.pop("on_right")
        return Correction(right=self.right, share=share_of(self.share), holder=self.holder, attributes=told)


class CorrectBody(ActBody):
    """Correct an error of the register from ``valid_from`` on; ``cites`` is the changeset that erred."""

    corrections: Annotated[list[CorrectionBody], _Few]
    cites: Annotated[int, Field(ge=1, le=2**62)]
    until: Annotated[date | None, Field(description="First day for which the correction no longer holds.")] = None
