"""What a clerk does with construction objects: enter, permit, begin, suspend, complete; plan stages and inspect them.

Acceptance stands in :mod:`cadastres.urban_planning.construction_acceptance`, equity holders in
:mod:`cadastres.urban_planning.construction_equity_verbs`. Sites are in the city's projected system, x east, y north,
metres.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any, ClassVar, Final, Literal

from shapely import MultiPolygon

from cadastres.land import story
from cadastres.land.model import PARCEL
from cadastres.land.verbs import complete
from cadastres.real_estate import guards, identity_number, standing
from cadastres.real_estate.rights_model import PARTY
from cadastres.real_estate.verbs import pieces_of, writes_of
from cadastres.urban_planning.construction_model import (
    COMPLETED,
    CONSTRUCTION,
    CONSTRUCTION_OBJECT,
    CONSTRUCTION_PARTY,
    CONSTRUCTION_STAGE,
    CONTRACTOR,
    DESIGN,
    DEVELOPER,
    PERMIT,
    SUSPENDED,
)
from gis.act import Case, Needs, Outcome
from gis.profile import CityProfile
from gis.record import NOWHERE, Version, Write

Attributes = Mapping[str, Any]
Part = Literal["developer", "contractor"]

GIVEN: Final = (
    "state", "parcel_id", "parcel_number", "building_id", "building_number", "permit_number", "permit_date",
)  # fmt: skip
"""Fields of an object that its steps give."""

STEPS: Final = {
    "permit": PERMIT,
    "begin": CONSTRUCTION,
    "resume": CONSTRUCTION,
    "suspend": SUSPENDED,
    "complete": COMPLETED,
    "return": CONSTRUCTION,
    "revoke": DESIGN,
}
"""The state to which each step leads. A completed object may be returned to be finished, a permit be revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterObject:
    """Enter an object of construction in design, on its parcel.

    Attributes:
        parcel: its feature id.
        site: outline of the site.
        attributes: names, purpose, organisations, what is planned; :data:`GIVEN` are the register's.
        persons: feature ids of persons who develop or build it, where they are no organisations.
    """

    parcel: int
    site: MultiPolygon
    attributes: Attributes
    persons: Mapping[Part, int] = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.construction.enter"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the parcel and the persons."""
        return Needs(features={PARCEL.name: frozenset({self.parcel}), PARTY.name: frozenset(self.persons.values())})

    def decide(self, case: Case) -> Outcome:
        """Return the object, and who builds it.

        Raises:
            BadRequest: the parcel is not in force on the legal date.
            InvalidIdentityNumber: a wrong BIN.
            RuleBroken: a person is not known.
        """
        parcel = story.current(case, PARCEL.name, [self.parcel])[0]
        said = {
            **complete(CONSTRUCTION_OBJECT, stated(self.attributes)),
            "state": DESIGN,
            "parcel_id": self.parcel,
            "parcel_number": parcel.attributes["cadastral_number"],
        }
        ids = count(-2, -1)
        persons = [_building(case, next(ids), -1, part, party) for part, party in sorted(self.persons.items())]
        return Outcome((Write(CONSTRUCTION_OBJECT.name, -1, case.act.period, self.site, said), *persons))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeObject:
    """Change what is planned of an object, or who builds it; its steps are acts of their own.

    Attributes:
        site: its new outline; none leaves it.
    """

    construction: int
    attributes: Attributes = field(default_factory=dict)
    site: MultiPolygon | None = None
    verb: ClassVar[str] = "urban_planning.construction.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the object."""
        return Needs(features={CONSTRUCTION_OBJECT.name: frozenset({self.construction})})

    def decide(self, case: Case) -> Outcome:
        """Return the object as it becomes.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: its site changes by a later act.
        """
        said = stated(self.attributes)
        if self.site is None:
            pieces = pieces_of(case, CONSTRUCTION_OBJECT.name, self.construction)
            return Outcome(tuple(writes_of(CONSTRUCTION_OBJECT.name, pieces, said)))
        told = story.chapters(case, CONSTRUCTION_OBJECT.name, [self.construction])
        return Outcome(tuple(self._moved(chapter, self.site, said) for chapter in told))

    def _moved(self, chapter: story.Chapter, site: MultiPolygon, said: Attributes) -> Write:
        attributes = {**chapter.versions[0].attributes, **said}
        return Write(CONSTRUCTION_OBJECT.name, self.construction, chapter.period, site, attributes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Take an object one step on: permit, begin, suspend, resume, complete; or back: return, revoke.

    Attributes:
        step: one of :data:`STEPS`.
        permit_number: of a permit; its date is that of the act's source.
    """

    construction: int
    step: str
    permit_number: str | None = None

    @property
    def verb(self) -> str:
        """Return the step's own verb."""
        return f"urban_planning.construction.{self.step}"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the object."""
        return Needs(features={CONSTRUCTION_OBJECT.name: frozenset({self.construction})})

    def decide(self, case: Case) -> Outcome:
        """Return the object in its new state; whether the step may be taken then, the rules say.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: its state changes by a later act.
        """
        pieces = steady(case, CONSTRUCTION_OBJECT.name, self.construction)
        said: dict[str, Any] = {"state": STEPS[self.step]}
        if self.step == "permit":
            said |= {"permit_number": self.permit_number, "permit_date": case.act.source.acceptance}
        return Outcome(tuple(writes_of(CONSTRUCTION_OBJECT.name, pieces, said)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBuilder:
    """Enter a person who develops or builds an object, in the closed schema, in place of the one before.

    Attributes:
        party: feature id of the person.
    """

    construction: int
    part: Part
    party: int
    verb: ClassVar[str] = "urban_planning.construction.name-builder"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the object, the person, and who was entered before."""
        return Needs(
            features={
                CONSTRUCTION_OBJECT.name: frozenset({self.construction}),
                PARTY.name: frozenset({self.party}),
            },
            related=((CONSTRUCTION_PARTY.name, "object_id", self.construction),),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the end of the former entry and the new one.

        Raises:
            BadRequest: the object is not in force on the legal date.
            RuleBroken: the person is not known.
        """
        pieces_of(case, CONSTRUCTION_OBJECT.name, self.construction)
        known = case.related(CONSTRUCTION_PARTY.name, "object_id", self.construction)
        ends = [ended(case, CONSTRUCTION_PARTY.name, v) for v in known if v.attributes["part"] == self.part]
        return Outcome((*ends, _building(case, -1, self.construction, self.part, self.party)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStage:
    """A stage of a schedule: its code, its first and last planned day, its planned cost [KZT]."""

    stage: str
    planned_start: date
    planned_end: date
    planned_cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStages:
    """Enter a construction schedule; stages that it has already take the new plan and keep their progress."""

    construction: int
    stages: tuple[PlannedStage, ...]
    verb: ClassVar[str] = "urban_planning.construction.plan-stages"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the object and its stages."""
        return Needs(
            features={CONSTRUCTION_OBJECT.name: frozenset({self.construction})},
            related=((CONSTRUCTION_STAGE.name, "object_id", self.construction),),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the stages.

        Raises:
            BadRequest: the object is not in force on the legal date.
        """
        pieces_of(case, CONSTRUCTION_OBJECT.name, self.construction)
        known = case.related(CONSTRUCTION_STAGE.name, "object_id", self.construction)
        there = {v.attributes["stage"]: v.feature_id for v in known}
        ids = count(-1, -1)
        return Outcome(tuple(w for stage in self.stages for w in self._planned(case, stage, there, ids)))

    def _planned(self, case: Case, stage: PlannedStage, there: Mapping[str, int], ids: "count[int]") -> Sequence[Write]:
        plan = {name: getattr(stage, name) for name in ("stage", "planned_start", "planned_end", "planned_cost")}
        if stage.stage in there:
            pieces = pieces_of(case, CONSTRUCTION_STAGE.name, there[stage.stage])
            return list(writes_of(CONSTRUCTION_STAGE.name, pieces, plan))
        said = {**complete(CONSTRUCTION_STAGE, plan), "object_id": self.construction, "progress": 0.0}
        return [Write(CONSTRUCTION_STAGE.name, next(ids), case.act.period, NOWHERE, said)]


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectStage:
    """Enter what an inspection on the act's legal day found done of a stage.

    Attributes:
        stage: its feature id.
        progress: how much of it is done [%].
        report: what the inspector found; no personal data.
    """

    stage: int
    progress: float
    report: str | None = None
    verb: ClassVar[str] = "urban_planning.construction.inspect"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the stage."""
        return Needs(features={CONSTRUCTION_STAGE.name: frozenset({self.stage})})

    def decide(self, case: Case) -> Outcome:
        """Return the stage with its progress from the legal day to the next inspection on record.

        Raises:
            BadRequest: it is not in force on the legal date.
        """
        told = case.profile.legal_day(case.act.valid_from)
        piece = pieces_of(case, CONSTRUCTION_STAGE.name, self.stage)[0]
        said = {"progress": float(self.progress), "inspection_date": told, "report": self.report}
        return Outcome(tuple(writes_of(CONSTRUCTION_STAGE.name, [piece], said)))


def stated(attributes: Attributes) -> dict[str, Any]:
    """Return what an act may say of an object, BINs in 12 digits.

    Raises:
        InvalidIdentityNumber: a wrong BIN.
    """
    said = {name: value for name, value in attributes.items() if name not in GIVEN}
    for part in (DEVELOPER, CONTRACTOR):
        number = said.get(f"{part}_bin")
        if number is not None:
            said[f"{part}_bin"] = identity_number.parse_bin(str(number)).digits
    return said


def steady(case: Case, layer: str, feature_id: int) -> Sequence[Version]:
    """Return a feature's pieces from the legal date on; its state may not change in them.

    Raises:
        BadRequest: it is not in force on the legal date.
        LaterChange: its state changes by a later act.
    """
    pieces = pieces_of(case, layer, feature_id)
    for piece in pieces:
        if piece.attributes["state"] != pieces[0].attributes["state"]:
            raise guards.later_change(case, layer, piece)
    return pieces


def ended(case: Case, layer: str, version: Version) -> Write:
    """Return the end of a feature without geometry from the legal date on."""
    return Write(layer, version.feature_id, case.act.period, NOWHERE, version.attributes, abolished=True)


def _building(case: Case, feature_id: int, construction: int, part: str, party: int) -> Write:
    standing.require_party(case, party)
    said = {"object_id": construction, "part": part, "party_id": party}
    return Write(CONSTRUCTION_PARTY.name, feature_id, case.act.period, NOWHERE, said)
