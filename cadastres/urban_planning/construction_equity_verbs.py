"""What a clerk does with equity holders' contracts and their money.

A contract's facts are public; who its holder is stands in the closed schema, and nothing here tells it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import ClassVar

from cadastres.land.verbs import complete
from cadastres.real_estate import standing
from cadastres.real_estate.rights_model import PARTY
from cadastres.real_estate.verbs import pieces_of, writes_of
from cadastres.urban_planning.construction_model import (
    CONSTRUCTION_OBJECT,
    EQUITY_CONTRACT,
    EQUITY_HOLDER,
    FUND_PLAN,
    FUND_USE,
    REGISTERED,
    TERMINATED,
)
from cadastres.urban_planning.construction_verbs import ended, steady
from gis.act import Case, Needs, Outcome
from gis.errors import BadRequest
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import NOWHERE, Version, Write
from gis.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterContract:
    """Register a contract with an equity holder.

    Attributes:
        construction: feature id of the object.
        number: of the contract, as accounted.
        premises: the planned premises, e.g. a flat's number in the project.
        area: planned [m2].
        price: [KZT].
        holder: feature id of the party or group.
        received: what was paid already [KZT].
    """

    construction: int
    number: str
    premises: str
    area: float
    price: int
    holder: int
    received: int = 0
    verb: ClassVar[str] = "urban_planning.equity-contract.register"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the object, the holder, and all contracts of the object."""
        return Needs(
            features={
                CONSTRUCTION_OBJECT.name: frozenset({self.construction}),
                PARTY.name: frozenset({self.holder}),
            },
            related=((EQUITY_CONTRACT.name, "object_id", self.construction),),
        )

    def decide(self, case: Case) -> Outcome:
        """Return the contract and its holder.

        Raises:
            BadRequest: the object is not in force on the legal date.
            RuleBroken: the holder is not known.
        """
        pieces_of(case, CONSTRUCTION_OBJECT.name, self.construction)
        said = {
            "contract_number": self.number,
            "object_id": self.construction,
            "planned_premises": self.premises,
            "planned_area": float(self.area),
            "price": self.price,
            "received": self.received,
            "registered_date": case.profile.legal_day(case.act.valid_from),
            "state": REGISTERED,
        }
        contract = Write(EQUITY_CONTRACT.name, -1, case.act.period, NOWHERE, {**complete(EQUITY_CONTRACT, said)})
        return Outcome((contract, _held(case, -2, -1, self.holder)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignContract:
    """Enter another holder of a registered contract, to whom the former one ceded it."""

    contract: int
    holder: int
    verb: ClassVar[str] = "urban_planning.equity-contract.assign"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the contract, its holder and the new one."""
        return of_contract(self.contract, self.holder)

    def decide(self, case: Case) -> Outcome:
        """Return the end of the former holder's entry and the new one's.

        Raises:
            BadRequest: the contract is not registered on the legal date.
            LaterChange: its state changes by a later act.
            RuleBroken: the new holder is not known.
        """
        require_registered(case, self.contract)
        ends = [ended(case, EQUITY_HOLDER.name, v) for v in holders_of(case, self.contract)]
        return Outcome((*ends, _held(case, -1, self.contract, self.holder)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePayment:
    """Enter money that came in under a contract [KZT]."""

    contract: int
    amount: int
    verb: ClassVar[str] = "urban_planning.equity-contract.receive"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the contract."""
        return Needs(features={EQUITY_CONTRACT.name: frozenset({self.contract})})

    def decide(self, case: Case) -> Outcome:
        """Return the contract with the sum added, in later states on record too.

        Raises:
            BadRequest: the contract is not registered on the legal date, or the sum is not above zero.
        """
        if self.amount <= 0:
            raise BadRequest(_NOTHING.filled(amount=self.amount), amount=self.amount)
        pieces = require_registered(case, self.contract)
        writes = (
            write
            for piece in pieces
            for write in writes_of(
                EQUITY_CONTRACT.name, [piece], {"received": piece.attributes["received"] + self.amount}
            )
        )
        return Outcome(tuple(writes))


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateContract:
    """End a contract before it was executed; its premises may then be sold again.

    Attributes:
        refunded: what of the money received went back to the holder [KZT]; all of it without a word.
    """

    contract: int
    refunded: int | None = None
    verb: ClassVar[str] = "urban_planning.equity-contract.terminate"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the contract."""
        return Needs(features={EQUITY_CONTRACT.name: frozenset({self.contract})})

    def decide(self, case: Case) -> Outcome:
        """Return the contract, terminated.

        Raises:
            BadRequest: it is not registered on the legal date.
        """
        pieces = require_registered(case, self.contract)
        writes: list[Write] = []
        for piece in pieces:
            had = piece.attributes["received"]
            left = had - (had if self.refunded is None else self.refunded)
            writes += writes_of(EQUITY_CONTRACT.name, [piece], {"state": TERMINATED, "received": left})
        return Outcome(tuple(writes))


@dataclass(frozen=True, slots=True, kw_only=True)
class FundRow:
    """A sum of equity funds: its article, first and last day of its period, and how much [KZT]."""

    article: str
    period_start: date
    period_end: date
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterFunds:
    """Enter what equity funds are planned for, or what they were used for.

    Attributes:
        construction: feature id of the object.
        used: these are sums used; planned ones otherwise.
    """

    construction: int
    rows: tuple[FundRow, ...]
    used: bool

    @property
    def verb(self) -> str:
        """Return the verb of a plan, or of a use."""
        return f"urban_planning.fund.{'use' if self.used else 'plan'}"

    @property
    def layer(self) -> Layer:
        """Return the layer that the rows go to."""
        return FUND_USE if self.used else FUND_PLAN

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the object."""
        return Needs(features={CONSTRUCTION_OBJECT.name: frozenset({self.construction})})

    def decide(self, case: Case) -> Outcome:
        """Return the rows.

        Raises:
            BadRequest: the object is not in force on the legal date.
        """
        pieces_of(case, CONSTRUCTION_OBJECT.name, self.construction)
        ids = count(-1, -1)
        return Outcome(tuple(self._row(case, row, next(ids)) for row in self.rows))

    def _row(self, case: Case, row: FundRow, feature_id: int) -> Write:
        said = {
            "object_id": self.construction,
            "article": row.article,
            "period_start": row.period_start,
            "period_end": row.period_end,
            "used" if self.used else "planned": row.amount,
        }
        return Write(self.layer.name, feature_id, case.act.period, NOWHERE, said)


def of_contract(contract: int, *parties: int) -> Needs:
    """Ask for a contract, its holder, and other parties."""
    return Needs(
        features={EQUITY_CONTRACT.name: frozenset({contract}), PARTY.name: frozenset(parties)},
        related=((EQUITY_HOLDER.name, "contract_id", contract),),
    )


def require_registered(case: Case, contract: int) -> Sequence[Version]:
    """Return a contract's pieces from the legal date on, or refuse one that is not registered then.

    Raises:
        BadRequest: it is not in force, or executed or terminated.
        LaterChange: its state changes by a later act.
    """
    pieces = steady(case, EQUITY_CONTRACT.name, contract)
    state = str(pieces[0].attributes["state"])
    if state != REGISTERED:
        number = pieces[0].attributes["contract_number"]
        raise BadRequest(_NOT_REGISTERED.filled(number=number, state=state), contract=contract, state=state)
    return pieces


def holders_of(case: Case, contract: int) -> list[Version]:
    """Return the entries of a contract's holders on the legal date."""
    return case.related(EQUITY_HOLDER.name, "contract_id", contract)


def _held(case: Case, feature_id: int, contract: int, party: int) -> Write:
    standing.require_party(case, party)
    said = {"contract_id": contract, "party_id": party}
    return Write(EQUITY_HOLDER.name, feature_id, case.act.period, NOWHERE, said)


_NOT_REGISTERED = Text(
    kk="{number} шарты есепте тұрған жоқ (күйі: {state}); әрекет тек есептегі шартқа жасалады.",
    ru="Договор {number} не на учёте (состояние: {state}); действие возможно только с договором на учёте.",
    en="Contract {number} is not registered (its state is {state}); the act is for registered contracts.",
)
_NOTHING = Text(
    kk="{amount} теңге түсуі мүмкін емес; сома нөлден үлкен болуы тиіс.",
    ru="Поступление {amount} тенге невозможно; сумма должна быть больше нуля.",
    en="A payment of {amount} tenge can't be; the sum must be above zero.",
)
