"""The demo city's units and what is registered on them: sales, pledges, an arrest, an inheritance, a correction.

Each tale follows one flat, house or parcel of :mod:`data.demo_houses` over the years; all of it is made up.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

import shapely
from shapely import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from cadastres.land.verbs import Split
from cadastres.real_estate.premises_verbs import MergePremises
from cadastres.real_estate.rights_verbs import (
    Consent,
    Correction,
    CorrectRight,
    DeclareUnregistered,
    Discharge,
    FormUnit,
    Inherit,
    NewRight,
    Recipient,
    RegisterDeclared,
    RegisterRight,
    Transfer,
    UnitObject,
)
from data.demo_houses import House
from data.demo_office import (
    AKIMAT,
    CORRECTION,
    COURT,
    INHERITANCE,
    PLEDGE_CONTRACT,
    SALE,
    STATEMENT,
    Deed,
    Office,
    Tale,
)
from data.demo_people import People
from data.demo_scenes import Land, cut_line, quarter

_HALF: Final = Fraction(1, 2)
_QUARTER: Final = Fraction(1, 4)
_THIRD: Final = Fraction(1, 3)
_PASSAGE: Final = 3.0
"""Width of the ground over which neighbours may pass [m]."""


def tales(office: Office, houses: Sequence[House], people: People) -> list[Tale]:
    """Return the tales of all units."""
    old, renamed, merged, whole = houses
    return [
        flat_of_a_family(office, old.flats[0], people),
        flat_of_heirs(office, old.flats[1], people),
        office_let(office, old.flats[2], people),
        ground_split(office, old, people),
        flat_pledged_and_sold(office, renamed.flats[0], people),
        flat_under_arrest(office, renamed.flats[1], people),
        shares_corrected(office, renamed.flats[2], people),
        flats_merged(merged, people),
        whole_house(office, whole, people),
    ]


def owned(holder: int, share: Fraction = Fraction(1)) -> NewRight:
    """Return a right of ownership."""
    return NewRight(kind="ownership", holder=holder, share=share)


def flat_of_a_family(office: Office, flat: int, people: People) -> Tale:
    """Tell of a flat that a family bought with a loan, and paid off."""
    done = yield _first("2020-02-03", flat, owned(people.buyer))
    unit, sold = done.features[-1], office.rights(done)
    yield Deed("2020-03-16", Transfer(right=sold[0], to=(Recipient(holder=people.family),)), "Sale of a flat", SALE)
    pledge = NewRight(kind="pledge", holder=people.bank, description="Ипотека (үлгі)")
    secured = yield Deed("2020-03-16", RegisterRight(unit=unit, rights=(pledge,)), "Loan secured", PLEDGE_CONTRACT)
    yield Deed("2024-02-12", Discharge(right=office.rights(secured)[0]), "Loan paid back", STATEMENT)


def flat_of_heirs(office: Office, flat: int, people: People) -> Tale:
    """Tell of a flat held by halves, one of which two heirs took."""
    done = yield _first("2020-02-04", flat, owned(people.elder, _HALF), owned(people.neighbour, _HALF))
    inherited = Inherit(
        testator=people.elder,
        rights=(office.rights(done)[0],),
        heirs=(Recipient(holder=people.heir, share=_HALF), Recipient(holder=people.heiress, share=_HALF)),
        died=date(2022, 9, 11),
    )
    yield Deed("2023-03-20", inherited, "Inheritance", INHERITANCE)


def office_let(office: Office, flat: int, people: People) -> Tale:
    """Tell of an office let for a term, and of the tenant's priority to buy it."""
    done = yield _first("2020-02-05", flat, owned(people.other_bank))
    unit = done.features[-1]
    lease = NewRight(kind="lease", holder=people.tenant, until=date(2031, 1, 1), description="Кеңсе жалдау (үлгі)")
    yield Deed("2021-01-04", RegisterRight(unit=unit, rights=(lease,)), "Office let")
    first = DeclareUnregistered(unit=unit, rights=(NewRight(kind="priorityInterest", holder=people.tenant),))
    declared = yield Deed("2021-01-05", first, "Priority of the tenant", STATEMENT)
    registered = RegisterDeclared(right=office.rights(declared)[0])
    yield Deed("2021-02-15", registered, "Priority registered", STATEMENT)


def ground_split(office: Office, house: House, people: People) -> Tale:
    """Tell of the State's ground under a house, with a passage across, that is split with all that lies on it."""
    land = house.parcel
    rights = (
        NewRight(kind="stateOwnership", holder=people.state),
        NewRight(kind="permanentUse", holder=people.owners),
    )
    formed = FormUnit(objects=(UnitObject("parcel", land.feature_id),), rights=rights)
    done = yield Deed("2020-02-06", formed, "Ground of the house", AKIMAT)
    passage = NewRight(kind="servitude", area=_passage(land.geometry), description="Өтпе жол (үлгі)")
    command = RegisterRight(unit=done.features[-1], rights=(passage,))
    yield Deed("2020-09-07", command, "Passage for the neighbours")
    split = Split(parcel=land.feature_id, quarter=quarter(land), line=_cut(office, land.geometry))
    yield Deed("2023-05-15", split, "Yard set apart from the house", AKIMAT)


def flat_pledged_and_sold(office: Office, flat: int, people: People) -> Tale:
    """Tell of a pledged flat sold with the bank's consent, and of a third of it sold on."""
    done = yield _first("2020-02-10", flat, owned(people.husband))
    unit, held = done.features[-1], office.rights(done)
    pledge = RegisterRight(unit=unit, rights=(NewRight(kind="pledge", holder=people.bank),))
    secured = office.rights((yield Deed("2020-06-22", pledge, "Loan secured", PLEDGE_CONTRACT)))
    for day, to, share in (("2021-06-14", people.buyer, None), ("2023-06-19", people.wife, _THIRD)):
        until = date.fromisoformat(day) + timedelta(days=30)
        consent = Consent(right=secured[0], consents_to="disposal", until=until)
        yield Deed(day, consent, "The bank consents to the sale", STATEMENT)
        sale = Transfer(right=held[0], to=(Recipient(holder=to, share=share),))
        held = office.rights((yield Deed(day, sale, "Sale of a flat" if share is None else "Sale of a share", SALE)))
    consent = Consent(right=secured[0], consents_to="furtherPledge")
    yield Deed("2025-02-10", consent, "The bank consents to a second pledge", STATEMENT)


def flat_under_arrest(office: Office, flat: int, people: People) -> Tale:
    """Tell of a flat that a court put under arrest for a year."""
    done = yield _first("2020-02-11", flat, owned(people.neighbour))
    unit = done.features[-1]
    arrest = RegisterRight(unit=unit, rights=(NewRight(kind="arrest", description="Талап қою тәртібімен (үлгі)"),))
    barred = yield Deed("2022-07-11", arrest, "Arrest", COURT)
    yield Deed("2023-07-10", Discharge(right=office.rights(barred)[0]), "Arrest lifted", COURT)


def shares_corrected(office: Office, flat: int, people: People) -> Tale:
    """Tell of shares entered as halves that had been a quarter and three quarters, corrected four years later."""
    done = yield _first("2021-03-01", flat, owned(people.heir, _HALF), owned(people.wife, _HALF))
    quarter_of, rest = office.rights(done)
    right = (Correction(right=quarter_of, share=_QUARTER), Correction(right=rest, share=1 - _QUARTER))
    command = CorrectRight(corrections=right, cites=done.number)
    yield Deed("2025-03-17", command, "Shares as the contract has them", CORRECTION, since="2021-03-01")


def flats_merged(house: House, people: People) -> Tale:
    """Tell of two flats of one owner that became one, the owner's rights with them."""
    for flat in house.flats:
        yield _first("2020-02-17", flat, owned(people.heiress))
    command = MergePremises(premises=tuple(house.flats), attributes={"designation": "1-2", "floor": 1})
    yield Deed("2024-10-21", command, "Two flats become one", STATEMENT)


def whole_house(office: Office, house: House, people: People) -> Tale:
    """Tell of a house with its ground as one unit: a monument, pledged to two banks."""
    objects = (UnitObject("parcel", house.parcel.feature_id), UnitObject("building", house.building.feature_id))
    formed = FormUnit(objects=objects, rights=(owned(people.elder),), name="Үлгі үйі")
    unit = (yield Deed("2020-02-18", formed, "First registration")).features[-1]
    duties = (NewRight(kind="monument"), NewRight(kind="maintenance", holder=people.elder))
    yield Deed("2020-05-25", RegisterRight(unit=unit, rights=duties), "House protected", AKIMAT)
    first = RegisterRight(unit=unit, rights=(NewRight(kind="pledge", holder=people.bank, rank=1),))
    secured = office.rights((yield Deed("2020-10-12", first, "Loan secured", PLEDGE_CONTRACT)))
    further = Consent(right=secured[0], consents_to="furtherPledge")
    yield Deed("2021-08-16", further, "The bank consents to a second pledge", STATEMENT)
    second = RegisterRight(unit=unit, rights=(NewRight(kind="pledge", holder=people.other_bank, rank=2),))
    yield Deed("2021-08-16", second, "Second loan secured", PLEDGE_CONTRACT)


def _first(day: str, flat: int, *rights: NewRight) -> Deed:
    return Deed(day, FormUnit(objects=(UnitObject("premises", flat),), rights=rights), "First registration")


def _passage(ground: BaseGeometry) -> MultiPolygon:
    """Return a strip along the southern end of a parcel's bounds, inside the parcel."""
    west, south, east, _ = ground.bounds
    deepest = shapely.box(west, south, east, south + 3 * _PASSAGE)
    strip = ground.buffer(-0.05).intersection(deepest)
    return MultiPolygon([part for part in shapely.get_parts(strip) if part.area > _PASSAGE])


def _cut(office: Office, ground: BaseGeometry) -> LineString:
    line = cut_line(Land({}, office.walls), ground)
    if line is None:
        msg = "the demo city's house has no yard that could be set apart"
        raise RuntimeError(msg)
    return line
