"""Rules that the verbs of rights hold by themselves: they speak of what is asked, not of what would be on record."""

from typing import Final

from cadastres.land.story import LaterChange
from cadastres.real_estate.rights_model import PARTY, RIGHT, UNIT
from gis.act import Case
from gis.errors import RuleBroken
from gis.record import Version
from gis.rules import Rule, refuse
from gis.text import Text

_LAW: Final = "Law of the Republic of Kazakhstan No. 310 of 26.07.2007"
_TESTS: Final = "tests/cadastres/real_estate/"

RIGHT_IN_FORCE: Final = Rule(
    id="real_estate.right.in-force",
    severity="error",
    statement=Text(
        kk="Құқыққа билік етуге, оны өзгертуге не тоқтатуға ол күшінде болғанда ғана болады.",
        ru="Распорядиться правом, изменить или прекратить его можно только пока оно действует.",
        en="A right can be disposed of, changed or ended only while it is in force.",
    ),
    watches=(RIGHT.name,),
    basis=_LAW,
    tested_by=_TESTS + "test_rights_transfer.py::test_an_ended_right_cannot_be_sold",
)

UNIT_IN_FORCE: Final = Rule(
    id="real_estate.unit.in-force",
    severity="error",
    statement=Text(
        kk="Құқық құрылған және мұрағатқа берілмеген бірлікке ғана тіркеледі.",
        ru="Права регистрируются только на образованную и не архивную единицу недвижимости.",
        en="Rights are registered only on a unit that is formed and not archived.",
    ),
    watches=(UNIT.name,),
    basis=_LAW,
    tested_by=_TESTS + "test_rights_units.py::test_no_right_on_a_unit_not_yet_formed_or_archived",
)

PARTY_IN_FORCE: Final = Rule(
    id="real_estate.party.known",
    severity="error",
    statement=Text(
        kk="Ұстаушы осы күнге тізілімге енгізілген тұлға болуы тиіс.",
        ru="Держатель должен быть лицом, внесённым в регистр на эту дату.",
        en="A holder must be a party that the register knows on that date.",
    ),
    watches=(PARTY.name,),
    tested_by=_TESTS + "test_parties.py::test_an_unknown_party_holds_nothing",
)

TERM: Final = Rule(
    id="real_estate.right.term",
    severity="error",
    statement=Text(
        kk="Мерзімді құқықтың аяқталуы басталуынан кейін болуы тиіс.",
        ru="Срочное право должно кончаться позже, чем начинается.",
        en="A right for a term must end after it begins.",
    ),
    watches=(RIGHT.name,),
    basis="ISO 19152-1:2024, LA_RRR timeSpec",
    tested_by=_TESTS + "test_rights_terms.py::test_a_term_must_end_after_it_begins",
)

HOLDS_ENOUGH: Final = Rule(
    id="real_estate.right.holds-enough",
    severity="error",
    statement=Text(
        kk="Ешкім сол күні өзінде барынан артық үлес бере алмайды.",
        ru="Никто не может передать большую долю, чем имеет на эту дату.",
        en="Nobody can transfer a greater share than he holds on that date.",
    ),
    watches=(RIGHT.name,),
    basis=_LAW,
    tested_by=_TESTS + "test_rights_transfer.py::test_nobody_sells_more_than_he_holds",
)

PART_FORMED_FIRST: Final = Rule(
    id="real_estate.right.part-formed-first",
    severity="error",
    statement=Text(
        kk="Учаскенің не бірліктің бөлігімен мәміле жасау үшін алдымен ол бөлікті жеке учаске (нысан) етіп құру керек.",
        ru="Для сделки с частью участка или единицы её нужно сначала образовать как самостоятельный участок (объект).",
        en="For a deal on part of a parcel or unit, that part must first be formed as a parcel (object) of its own.",
    ),
    watches=(RIGHT.name,),
    basis="Land Code of the Republic of Kazakhstan No. 442-II, art. 51",
    tested_by=_TESTS + "test_rights_transfer.py::test_a_part_must_be_formed_first",
)

HEIRS_TAKE_ALL: Final = Rule(
    id="real_estate.right.heirs-take-all",
    severity="error",
    statement=Text(
        kk="Мұрагерлердің үлестері бірге толық болуы тиіс: мұрадан ештеңе қалмайды.",
        ru="Доли наследников вместе должны давать единицу: от наследства ничего не остаётся.",
        en="The heirs' shares must sum to one: nothing of the estate is left over.",
    ),
    watches=(RIGHT.name,),
    tested_by=_TESTS + "test_rights_inherit.py::test_heirs_take_all",
)

TESTATOR_HOLDS: Final = Rule(
    id="real_estate.right.testator-holds",
    severity="error",
    statement=Text(
        kk="Мұра қалдырушының өзі ұстаған құқықтары ғана мұраға беріледі; ортақ құқықтан алдымен оның үлесі бөлінеді.",
        ru="Наследуются только права, которые держал сам наследодатель; из общего права сначала выделяется его доля.",
        en="Only rights that the testator himself held are inherited; of a group's right his share is set apart first.",
    ),
    watches=(RIGHT.name,),
    tested_by=_TESTS + "test_rights_inherit.py::test_only_what_the_testator_held",
)

DEATH_KNOWN: Final = Rule(
    id="real_estate.party.death-known",
    severity="error",
    statement=Text(
        kk="Мұраға беру үшін мұра қалдырушының қайтыс болған күні тізілімде болуы немесе осы әрекетте аталуы тиіс.",
        ru="Для наследования день смерти наследодателя должен быть в регистре или назван в этом действии.",
        en="For an inheritance the day of the testator's death must be on record or be named by the act.",
    ),
    watches=(PARTY.name,),
    tested_by=_TESTS + "test_rights_inherit.py::test_the_day_of_death_must_be_known",
)

NOT_DISCHARGED: Final = Rule(
    id="real_estate.right.no-ownerless",
    severity="error",
    statement=Text(
        kk="Меншік пен жер пайдалану құқығы жай ғана тоқтатылмайды: "
        "ол беріледі, мұраға қалады немесе бірлікпен бірге жабылады.",
        ru="Собственность и землепользование не прекращаются сами по себе: "
        "они передаются, наследуются или закрываются вместе с единицей.",
        en="Ownership and land use do not simply end: they are transferred, inherited, or closed with their unit.",
    ),
    watches=(RIGHT.name,),
    tested_by=_TESTS + "test_rights_encumbrances.py::test_ownership_cannot_be_discharged",
)

CITES_ERROR: Final = Rule(
    id="real_estate.right.correction-cites",
    severity="error",
    statement=Text(
        kk="Түзету өзі түзететін жазбаны енгізген өзгерістер жинағын атауы тиіс.",
        ru="Исправление должно называть набор изменений, которым внесена исправляемая запись.",
        en="A correction must name the changeset that made the entry it corrects.",
    ),
    watches=(RIGHT.name,),
    basis="ISO 19152-1:2024, VersionedObject",
    tested_by=_TESTS + "test_rights_correct.py::test_a_correction_cites_the_error",
)

CONSENT_TO_PLEDGE: Final = Rule(
    id="real_estate.consent.to-a-pledge",
    severity="error",
    statement=Text(
        kk="Келісім кепіл ұстаушыдан алынады: ол күшіндегі кепілге ғана тіркеледі.",
        ru="Согласие даёт залогодержатель: оно вносится только к действующему залогу.",
        en="Consent is a pledgee's: it is entered only to a pledge in force.",
    ),
    watches=(RIGHT.name,),
    tested_by=_TESTS + "test_rights_encumbrances.py::test_consent_belongs_to_a_pledge",
)

OBJECT_NUMBERED: Final = Rule(
    id="real_estate.unit.object-numbered",
    severity="error",
    statement=Text(
        kk="Бірліктің басты нысаны күшінде болуы және кадастрлық нөмірі болуы тиіс.",
        ru="Главный объект единицы должен действовать и иметь кадастровый номер.",
        en="The main object of a unit must be in force and have a cadastral number.",
    ),
    watches=(UNIT.name,),
    basis="ISO 19152-1:2024, LA_BAUnit",
    tested_by=_TESTS + "test_rights_units.py::test_a_unit_takes_the_number_of_its_main_object",
)

RULES: Final = (
    RIGHT_IN_FORCE,
    UNIT_IN_FORCE,
    PARTY_IN_FORCE,
    TERM,
    HOLDS_ENOUGH,
    PART_FORMED_FIRST,
    HEIRS_TAKE_ALL,
    TESTATOR_HOLDS,
    DEATH_KNOWN,
    NOT_DISCHARGED,
    CITES_ERROR,
    CONSENT_TO_PLEDGE,
    OBJECT_NUMBERED,
)
"""Every rule that a verb holds by itself."""


def refusal(rule: Rule, feature_id: int = 0, detail: str | None = None) -> RuleBroken:
    """Return the refusal of an act by a rule that a verb holds; no detail may tell who somebody is."""
    return refuse([rule.violation(feature_id, detail=detail)], [rule])


def later_change(case: Case, layer: str, version: Version) -> LaterChange:
    """Return the refusal of an act dated before a change that the register holds and the act doesn't treat."""
    change = version.valid.start or case.act.valid_from
    days = {"day": case.profile.legal_day(case.act.valid_from), "change": case.profile.legal_day(change)}
    message = _LATER.filled(layer=layer, id=version.feature_id, **days)
    return LaterChange(message, layer=layer, feature_id=version.feature_id, changed_from=change.isoformat())


_LATER = Text(
    kk="{layer} қабатының {id} жазбасы {change} бастап өзгерген не тоқтатылған, ал әрекет {day} күнінен күшіне енеді; "
    "кейінгі әрекетті түзетіңіз немесе {change} күнінен кейінгі күнді алыңыз.",
    ru="Запись {id} слоя {layer} с {change} изменена или прекращена, а действие вступает в силу с {day}; "
    "исправьте более позднее действие или возьмите дату после {change}.",
    en="Record {id} of {layer} is changed or ended from {change} on, but the act takes effect on {day}; "
    "correct the later act, or take a date after {change}.",
)
