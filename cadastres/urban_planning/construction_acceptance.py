"""Accepting a built object: it becomes a building of the register; then each equity holder gets what was built for him.

Acceptance forms the building by the real-estate cadastre's own verb, in the same changeset. Premises are formed by
their own acts, from the survey; executing a contract then forms the unit of its premises and registers the holder's
ownership, in one changeset. What no contract names stays with whom the parcel's and the building's rights say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from shapely import MultiPolygon

from cadastres.real_estate.granting import NewRight
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.rights_model import OWNERSHIP, PARTY
from cadastres.real_estate.units import FormUnit, UnitObject
from cadastres.real_estate.verbs import RegisterBuilding, pieces_of, writes_of
from cadastres.urban_planning.construction_equity_verbs import holders_of, of_contract, require_registered
from cadastres.urban_planning.construction_model import (
    ACCEPTED,
    CONSTRUCTION_OBJECT,
    EQUITY_CONTRACT,
    EQUITY_HOLDER,
    EXECUTED,
)
from cadastres.urban_planning.construction_verbs import steady
from gis.act import Case, Needs, Outcome
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Version
from gis.text import Text

Attributes = Mapping[str, Any]

_TAKEN_OVER: Final = ("name", "name_kk", "name_ru", "name_en")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptObject:
    """Accept a completed object: construction ends, and the building is registered with its number.

    Attributes:
        construction: feature id of the object.
        footprint: the building's outline on the ground, as surveyed; in the city's projected system.
        letter: литер of the building.
        attributes: what the survey says of the building; names are the object's unless said.
    """

    construction: int
    footprint: MultiPolygon
    letter: str = ""
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.construction.accept"

    def needs(self, profile: CityProfile) -> Needs:
        """Return the object, and what registering a building needs."""
        wanted = self._register({}).needs(profile)
        return Needs(features={CONSTRUCTION_OBJECT.name: frozenset({self.construction})}, areas=wanted.areas)

    def further(self, case: Case) -> Needs:
        """Return the numbers issued on the parcels below."""
        return self._register({}).further(case)

    def decide(self, case: Case) -> Outcome:
        """Return the building, and the object, accepted.

        Raises:
            BadRequest: the object is not in force on the legal date.
            LaterChange: its state changes by a later act.
            RuleBroken: the building does not stand on registered parcels.
        """
        pieces = steady(case, CONSTRUCTION_OBJECT.name, self.construction)
        formed = self._register(pieces[0].attributes).decide(case)
        first = formed.writes[0]
        said = {
            "state": ACCEPTED,
            "parcel_id": None,
            "building_id": first.feature_id,
            "building_number": first.attributes["building_number"],
        }
        return formed + Outcome(tuple(writes_of(CONSTRUCTION_OBJECT.name, pieces, said)))

    def _register(self, known: Attributes) -> RegisterBuilding:
        named = {name: known[name] for name in _TAKEN_OVER if known.get(name) is not None}
        return RegisterBuilding(footprint=self.footprint, letter=self.letter, attributes={**named, **self.attributes})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteContract:
    """Hand over the premises that were built under a contract: their unit is formed, the holder becomes its owner.

    Attributes:
        contract: its feature id.
        premises: feature id of the premises, in the building that the object became.
    """

    contract: int
    premises: int
    verb: ClassVar[str] = "urban_planning.equity-contract.execute"

    def needs(self, profile: CityProfile) -> Needs:
        """Return the contract, its holder, the premises, and the units they belong to already."""
        asked, unit = of_contract(self.contract), self._unit(0).needs(profile)
        return Needs(features={**unit.features, **asked.features}, related=(*asked.related, *unit.related))

    def further(self, case: Case) -> Needs:
        """Return the object of the contract, its building, and the holder."""
        objects = {v.attributes["object_id"] for v in case.timeline(EQUITY_CONTRACT.name, self.contract)}
        homes = {v.attributes["building_id"] for v in case.timeline(PREMISES.name, self.premises)}
        parties = {v.attributes["party_id"] for v in holders_of(case, self.contract)}
        return Needs(
            features={
                CONSTRUCTION_OBJECT.name: frozenset(objects),
                BUILDING.name: frozenset(homes),
                PARTY.name: frozenset(parties),
            }
        )

    def decide(self, case: Case) -> Outcome:
        """Return the unit with the holder's ownership, and the contract, executed.

        Raises:
            BadRequest: the contract is not registered, or the premises are not in its object's building.
            RuleBroken: the holder is not known, or the premises belong to a unit already.
        """
        pieces = require_registered(case, self.contract)
        premises = pieces_of(case, PREMISES.name, self.premises)[0]
        self._require_built(case, pieces[0], premises)
        unit = self._unit(self._holder(case)).decide(case)
        said = {"state": EXECUTED, "premises_number": premises.attributes["premises_number"]}
        return unit + Outcome(tuple(writes_of(EQUITY_CONTRACT.name, pieces, said)))

    def _unit(self, holder: int) -> FormUnit:
        rights = (NewRight(kind=OWNERSHIP, holder=holder),) if holder else ()
        return FormUnit(objects=(UnitObject("premises", self.premises),), rights=rights)

    def _holder(self, case: Case) -> int:
        held = holders_of(case, self.contract)
        if not held:
            raise BadRequest(_NOBODY.filled(layer=EQUITY_HOLDER.title), contract=self.contract)
        return int(held[0].attributes["party_id"])

    def _require_built(self, case: Case, contract: Version, premises: Version) -> None:
        built = pieces_of(case, CONSTRUCTION_OBJECT.name, contract.attributes["object_id"])[0]
        if built.attributes["building_id"] != premises.attributes["building_id"]:
            number = str(contract.attributes["contract_number"])
            here = str(premises.attributes["premises_number"])
            message = _ELSEWHERE.filled(number=number, premises=here, state=built.attributes["state"])
            raise BadRequest(message, contract=self.contract, premises=self.premises)


_ELSEWHERE = Text(
    kk="{premises} үй-жайы {number} шартының объектісінен пайда болған ғимаратта емес (объектінің күйі: {state}); "
    "объект қабылданып, үй-жай сол ғимаратта құрылуы тиіс.",
    ru="Помещение {premises} не в том здании, которым стал объект договора {number} (состояние объекта: {state}); "
    "объект должен быть принят, а помещение образовано в этом здании.",
    en="Premises {premises} are not in the building that the object of contract {number} became (the object's state is "
    "{state}); the object must be accepted and the premises be formed in that building.",
)
_NOBODY = Text(
    kk="Шарттың үлескері тізілімде жоқ; алдымен оны енгізіңіз («{layer}» қабаты).",
    ru="Дольщик по договору не внесён; сначала внесите его (слой «{layer}»).",
    en="The contract has no holder on record; enter one first (layer '{layer}').",
)
