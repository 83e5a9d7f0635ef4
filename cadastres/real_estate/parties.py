"""What a registrar does with parties (LA_Party, LA_GroupParty): register, change, form a group, end.

A party is in force from its birth or foundation on, whenever the register got to know it, so that a retroactive right
finds its holder; the State from the earliest date of the register. A death or a liquidation is a date that the party
gets, not an end of its record: what it held stays its own until somebody succeeds.

Names and numbers are personal: no refusal quotes them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import count
from typing import Any, ClassVar, Final, Literal

from cadastres.real_estate import guards, identity_number, shares, standing
from cadastres.real_estate.rights_model import MEMBER, PARTY
from gis.act import Act, Case, Needs, Outcome
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import NOWHERE, Period, Version, Write
from gis.text import Text


class NotBorn(BadRequest):
    """An act on a person or an organisation that came into being only after its legal day."""

    code = "not-born"
    rule = "real_estate.party.exists"


PartyType = Literal["naturalPerson", "nonNaturalPerson", "state"]
GroupType = Literal["association", "baunitGroup", "family", "tribe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterParty:
    """Register a person, an organisation or the State.

    Attributes:
        party_type: naturalPerson, nonNaturalPerson or state.
        name: a person's names or an organisation's name, in one script a word.
        iin_bin: a person's IIN or an organisation's BIN; a foreigner may have none.
        birth_date: of birth or foundation; a person's follows from the IIN.
    """

    party_type: PartyType
    name: str
    iin_bin: str | None = None
    birth_date: date | None = None
    verb: ClassVar[str] = "real_estate.party.register"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return who has the number already."""
        return _same_number(self.iin_bin)

    def decide(self, case: Case) -> Outcome:
        """Return the party.

        Raises:
            InvalidIdentityNumber: the number is wrong, or tells another date of birth.
            BadRequest: the party exists only later than the act.
        """
        number, born = identified(self.party_type, self.iin_bin, self.birth_date)
        said = {
            "party_type": self.party_type,
            "iin_bin": number,
            "name": tidy(self.name),
            "birth_date": born,
            "end_date": None,
            "group_type": None,
        }
        period = Period(_since(case.act, case.profile, self.party_type, born), None)
        return Outcome((Write(PARTY.name, -1, period, NOWHERE, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A member of a group, with its share where the members have shares."""

    party: int
    share: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGroup:
    """Form a group that holds rights together: spouses, co-owners of a house, an association.

    Attributes:
        group_type: family, association, baunitGroup or tribe.
        members: two or more; all have shares, which sum to one, or none has.
        name: where the group has one.
    """

    group_type: GroupType
    members: tuple[Membership, ...]
    name: str | None = None
    verb: ClassVar[str] = "real_estate.party.form-group"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the members."""
        return Needs(features={PARTY.name: frozenset(m.party for m in self.members)})

    def decide(self, case: Case) -> Outcome:
        """Return the group and its members.

        Raises:
            RuleBroken: a member is not known on the legal date.
        """
        ids = count(-1, -1)
        group = next(ids)
        said = {
            "party_type": "group",
            "iin_bin": None,
            "name": None if self.name is None else tidy(self.name),
            "birth_date": None,
            "end_date": None,
            "group_type": self.group_type,
        }
        writes = [Write(PARTY.name, group, case.act.period, NOWHERE, said)]
        for member in self.members:
            standing.require_party(case, member.party)
            share = None if member.share is None else shares.checked(member.share)
            tied = {"group_id": group, "party_id": member.party, **shares.as_attributes(share)}
            writes.append(Write(MEMBER.name, next(ids), case.act.period, NOWHERE, tied))
        return Outcome(tuple(writes))


CHANGEABLE: Final = ("name", "iin_bin", "birth_date", "group_type")
"""What may change of a party; what it is, does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeParty:
    """Change what is said of a party from the act's legal date on: a new surname, a number given later.

    Attributes:
        party: its feature id.
        attributes: name, iin_bin, birth_date or group_type.
    """

    party: int
    attributes: Mapping[str, Any]
    verb: ClassVar[str] = "real_estate.party.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the party, and who has the new number already."""
        number = _same_number(self.attributes.get("iin_bin"))
        return Needs(features={PARTY.name: frozenset({self.party})}, related=number.related)

    def decide(self, case: Case) -> Outcome:
        """Return the party with its new attributes.

        Raises:
            RuleBroken: it is not known on the legal date.
            BadRequest: an attribute that does not change, or a wrong number.
        """
        strange = sorted(set(self.attributes) - set(CHANGEABLE))
        if strange:
            raise BadRequest(_UNCHANGEABLE.filled(field=strange[0], known=", ".join(CHANGEABLE)), field=strange[0])
        versions = standing.standing(case, PARTY.name, self.party, guards.PARTY_IN_FORCE)
        return Outcome(tuple(self._changed(versions)))

    def _changed(self, versions: Iterable[Version]) -> Iterator[Write]:
        for version in versions:
            said = {**version.attributes, **self.attributes}
            if said["party_type"] != "group":
                number, born = identified(said["party_type"], said["iin_bin"], said["birth_date"])
                said |= {"iin_bin": number, "birth_date": born}
            said["name"] = None if said["name"] is None else tidy(said["name"])
            yield from standing.changed(PARTY.name, [version], **said)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndParty:
    """Enter that a person died or an organisation was liquidated on the act's legal day, or dissolve a group.

    Attributes:
        party: its feature id. A group that still holds rights can't be dissolved.
    """

    party: int
    verb: ClassVar[str] = "real_estate.party.end"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the party, and the members of a group."""
        related = ((MEMBER.name, "group_id", self.party),)
        return Needs(features={PARTY.name: frozenset({self.party})}, related=related)

    def decide(self, case: Case) -> Outcome:
        """Return the party with its last day, or the end of a group.

        Raises:
            RuleBroken: it is not known on the legal date.
        """
        versions = standing.standing(case, PARTY.name, self.party, guards.PARTY_IN_FORCE)
        if versions[0].attributes["party_type"] != "group":
            day = case.profile.legal_day(case.act.valid_from)
            return Outcome(tuple(standing.changed(PARTY.name, versions, end_date=day)))
        members = [
            member
            for found in case.related(MEMBER.name, "group_id", self.party)
            for member in standing.standing(case, MEMBER.name, found.feature_id, guards.PARTY_IN_FORCE)
        ]
        return Outcome((*standing.ended(PARTY.name, versions), *standing.ended(MEMBER.name, members)))


def identified(party_type: str, number: str | None, born: date | None) -> tuple[str | None, date | None]:
    """Return a party's number in 12 digits and its date of birth or foundation, which an IIN tells.

    Raises:
        InvalidIdentityNumber: the number is no IIN of a person or no BIN of an organisation, or tells another birth.
    """
    if number is None:
        return None, born
    if party_type != "naturalPerson":
        return identity_number.parse_bin(number).digits, born
    iin = identity_number.parse_iin(number)
    if born is not None:
        identity_number.require_born(iin, born)
    return iin.digits, iin.birth_date


def tidy(name: str) -> str:
    """Return a name with single blanks between its words.

    >>> tidy("  Тестов   Тест ")
    'Тестов Тест'
    """
    return " ".join(name.split())


def _since(act: Act, profile: CityProfile, party_type: str, born: date | None) -> datetime:
    """Return the moment from which a party is in force."""
    if party_type == "state":
        return profile.midnight(born or profile.limits.earliest_date)
    if born is None:
        return act.valid_from
    begin = profile.midnight(born)
    if begin > act.valid_from:
        raise NotBorn(_NOT_BORN)
    return begin


def _same_number(number: str | None) -> Needs:
    """Ask who has a number; one that is wrong is refused later, with its reason."""
    digits = "".join(character for character in number or "" if character.isdecimal())
    return Needs(related=((PARTY.name, "iin_bin", digits),)) if digits else Needs()


_UNCHANGEABLE = Text(
    kk="Тұлғаның «{field}» мәні өзгермейді; өзгеретіндері: {known}.",
    ru="«{field}» лица не меняется; меняются: {known}.",
    en="A party's '{field}' does not change; what may change is: {known}.",
)
_NOT_BORN = Text(
    kk="Тұлға әрекеттің заңды күнінен кейін туған не құрылған; күндерді тексеріңіз.",
    ru="Лицо родилось или создано позже юридической даты действия; проверьте даты.",
    en="The party was born or founded after the act's legal date; check the dates.",
)
