"""Rules that the verbs of buildings, premises and addresses hold by themselves, and their refusals."""

from collections.abc import Mapping
from typing import Final

from shapely.geometry.base import BaseGeometry

from cadastres.real_estate.model import ADDRESSING, BUILDING, PREMISES
from gis.errors import RuleBroken
from gis.rules import Rule, refuse
from gis.text import Text

_TESTS: Final = "tests/cadastres/real_estate/"
_ORDER: Final = "Order of the Minister of Justice of the Republic of Kazakhstan No. 156 of 06.05.2013"

ON_LAND: Final = Rule(
    id="real_estate.building.on-parcel",
    severity="error",
    statement=Text(
        kk="Тіркелетін ғимарат тіркелген жер учаскелерінің шегінде тұруы тиіс.",
        ru="Регистрируемое здание должно стоять в пределах зарегистрированных земельных участков.",
        en="A building that is registered must stand within registered parcels.",
    ),
    watches=(BUILDING.name,),
    tested_by=f"{_TESTS}test_objects_buildings.py::test_a_building_beyond_its_parcels_is_not_registered",
)
NUMBERED_ONCE: Final = Rule(
    id="real_estate.building.numbered-once",
    severity="error",
    statement=Text(
        kk="Ғимараттың кадастрлық нөмірі бар; нөмір бір рет қана беріледі.",
        ru="У здания уже есть кадастровый номер; он присваивается один раз.",
        en="The building has its cadastral number already; one is given once only.",
    ),
    watches=(BUILDING.name,),
    basis=_ORDER,
    tested_by=f"{_TESTS}test_objects_buildings.py::test_an_imported_building_gets_its_number_once",
)
EMPTY_FIRST: Final = Rule(
    id="real_estate.building.empty-first",
    severity="error",
    statement=Text(
        kk="Ғимараттың бұзылуын тіркемес бұрын ондағы үй-жайларды тоқтатыңыз.",
        ru="Прежде чем регистрировать снос здания, прекратите помещения в нём.",
        en="Before a building's demolition is registered, end the premises in it.",
    ),
    watches=(BUILDING.name,),
    tested_by=f"{_TESTS}test_objects_buildings.py::test_demolition_waits_for_premises_and_rights",
)
BUILDING_NUMBERED: Final = Rule(
    id="real_estate.premises.building-numbered",
    severity="error",
    statement=Text(
        kk="Үй-жай кадастрлық нөмірі бар ғимаратта құрылады; алдымен ғимаратқа нөмір беріңіз.",
        ru="Помещение образуют в здании с кадастровым номером; сначала присвойте номер зданию.",
        en="Premises are formed in a building with a cadastral number; first number the building.",
    ),
    watches=(PREMISES.name,),
    basis=_ORDER,
    tested_by=f"{_TESTS}test_objects_premises.py::test_premises_need_a_numbered_building",
)
SEVERAL: Final = Rule(
    id="real_estate.premises.several",
    severity="error",
    statement=Text(
        kk="Бөлгенде кемінде екі бөлік, біріктіргенде бір ғимараттағы кемінде екі түрлі үй-жай керек.",
        ru="Для раздела нужны хотя бы две части, для объединения — хотя бы два разных помещения одного здания.",
        en="A split takes two parts at least, a merge at least two different premises of one building.",
    ),
    watches=(PREMISES.name,),
    tested_by=f"{_TESTS}test_objects_premises.py::test_a_split_needs_parts_and_a_merge_one_building",
)
NOT_GIVEN_TWICE: Final = Rule(
    id="real_estate.addressing.not-twice",
    severity="error",
    statement=Text(
        kk="Бұл мекенжай осы нысанға берілген.",
        ru="Этот адрес уже присвоен этому объекту.",
        en="This address is given to this object already.",
    ),
    watches=(ADDRESSING.name,),
    tested_by=f"{_TESTS}test_addressing.py::test_an_address_is_given_once_and_taken_away_once",
)
GIVEN_BEFORE: Final = Rule(
    id="real_estate.addressing.given-before",
    severity="error",
    statement=Text(
        kk="Нысанға берілмеген мекенжайды алып тастауға болмайды.",
        ru="Нельзя снять адрес, который объекту не присвоен.",
        en="An address that the object does not have can't be taken away.",
    ),
    watches=(ADDRESSING.name,),
    tested_by=f"{_TESTS}test_addressing.py::test_an_address_is_given_once_and_taken_away_once",
)

RULES: Final = (
    ON_LAND,
    NUMBERED_ONCE,
    EMPTY_FIRST,
    BUILDING_NUMBERED,
    SEVERAL,
    NOT_GIVEN_TWICE,
    GIVEN_BEFORE,
)
"""Every rule that a verb of this group holds by itself."""


def refusal(rule: Rule, feature_id: int = 0, detail: str | None = None) -> RuleBroken:
    """Return the refusal of an act by a rule."""
    return refuse([rule.violation(feature_id, detail=detail)], [rule])


def refusal_of(rule: Rule, feature_id: int, others: Mapping[int, str]) -> RuleBroken:
    """Return the refusal that names each of the features that stand in the way."""
    return refuse([rule.violation(feature_id, other_id=i, detail=told) for i, told in others.items()], [rule])


def off_land(building: int, beyond: BaseGeometry) -> RuleBroken:
    """Return the refusal of a building that reaches beyond registered parcels; ``beyond`` is where (m²)."""
    found = ON_LAND.violation(building, amount=beyond.area, place=beyond, detail=f"{beyond.area:.2f} m2")
    return refuse([found], [ON_LAND])
