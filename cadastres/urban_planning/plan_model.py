"""Layers of plans and of their functional zones, named after INSPIRE's Planned Land Use (plu/4.0).

A plan goes through its steps in the register itself: it is drawn up, adopted, brought into force, and ends. Its zones
and lines bear the plan's step (:mod:`cadastres.urban_planning.followers`) and restrict only while that is
:data:`IN_FORCE`.
"""

from typing import Final

from cadastres.fields import EXTERNAL_REFERENCE, LEGAL_BASIS, OPENSTREETMAP_WHERE_DERIVED, REGIME
from cadastres.urban_planning.model import HILUCS
from gis.layer import Field, FieldType, GeometryKind, Layer, Restricting, Style
from gis.text import Text

GENERAL: Final = "general_plan"
DETAILED: Final = "detailed_plan"
PROJECT: Final = "building_project"

ELABORATION: Final = "elaboration"
ADOPTION: Final = "adoption"
IN_FORCE: Final = "legalForce"
OBSOLETE: Final = "obsolete"
STEPS: Final = (ELABORATION, ADOPTION, IN_FORCE, OBSOLETE)
"""INSPIRE ProcessStepGeneralValue, in the order in which a plan goes through them."""

STEP_FIELD: Final = "process_step_general"

STEP: Final = Field(
    name=STEP_FIELD,
    type=FieldType.STRING,
    title=Text(kk="Кезеңі", ru="Стадия", en="Process step"),
    description=Text(
        kk="Әзірленуде, бекітілген, заңды күшінде немесе күшін жойған (INSPIRE processStepGeneral).",
        ru="Разрабатывается, утверждён, действует или утратил силу (INSPIRE processStepGeneral).",
        en="In elaboration, adopted, in legal force or obsolete (INSPIRE processStepGeneral).",
    ),
    required=True,
    values=STEPS,
)

SPATIAL_PLAN: Final = Layer(
    name="urban_planning.spatial_plan",
    title=Text(kk="Қала құрылысы жоспарлары", ru="Градостроительные планы", en="Spatial plans"),
    description=Text(
        kk="Бас жоспарлардың, егжей-тегжейлі жоспарлау жобаларының және құрылыс салу жобаларының аумақтары "
        "(INSPIRE SpatialPlan).",
        ru="Территории генеральных планов, проектов детальной планировки и проектов застройки (INSPIRE SpatialPlan).",
        en="Territories of general plans, detailed plans and building projects (INSPIRE SpatialPlan).",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    label="title_ru",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#7a3db8", width=2.4, min_zoom=7),
    fields=(
        Field(
            name="plan_type",
            type=FieldType.STRING,
            title=Text(kk="Жоспар түрі", ru="Вид плана", en="Type of plan"),
            description=Text(
                kk="Бас жоспар, ЕЖЖ немесе құрылыс салу жобасы (INSPIRE planTypeName).",
                ru="Генеральный план, ПДП или проект застройки (INSPIRE planTypeName).",
                en="General plan, detailed plan or building project (INSPIRE planTypeName).",
            ),
            required=True,
            codes="plan_type",
        ),
        Field(
            name="title_kk",
            type=FieldType.STRING,
            title=Text(kk="Ресми атауы (қаз.)", ru="Официальное название (каз.)", en="Official title (Kazakh)"),
            required=True,
        ),
        Field(
            name="title_ru",
            type=FieldType.STRING,
            title=Text(kk="Ресми атауы (орыс.)", ru="Официальное название (рус.)", en="Official title (Russian)"),
            required=True,
        ),
        Field(
            name="edition",
            type=FieldType.STRING,
            title=Text(kk="Редакциясы", ru="Редакция", en="Edition"),
        ),
        Field(
            name="level_of_spatial_plan",
            type=FieldType.STRING,
            title=Text(kk="Жоспар деңгейі", ru="Уровень плана", en="Level of the plan"),
            description=Text(
                kk="Жоспар қамтитын әкімшілік деңгей (INSPIRE levelOfSpatialPlan).",
                ru="Административный уровень, который охватывает план (INSPIRE levelOfSpatialPlan).",
                en="Administrative level that the plan covers (INSPIRE levelOfSpatialPlan).",
            ),
            required=True,
            values=("national", "supraRegional", "regional", "infraRegional", "local", "infraLocal", "other"),
        ),
        STEP,
        Field(
            name="ordinance_date",
            type=FieldType.DATE,
            title=Text(kk="Бекіту актісінің күні", ru="Дата акта об утверждении", en="Date of the ordinance"),
        ),
        Field(
            name="ordinance_reference",
            type=FieldType.STRING,
            title=Text(kk="Бекіту туралы акт", ru="Акт об утверждении", en="Ordinance"),
            description=Text(
                kk="Жоспарды бекіткен актінің атауы мен нөмірі (INSPIRE ordinanceReference).",
                ru="Вид и номер акта, утвердившего план (INSPIRE ordinanceReference).",
                en="Kind and number of the act that adopted the plan (INSPIRE ordinanceReference).",
            ),
        ),
        Field(
            name="official_document",
            type=FieldType.STRING,
            title=Text(kk="Ресми құжат", ru="Официальный документ", en="Official document"),
            description=Text(
                kk="Жоспардың мәтіні мен сызбаларының мекенжайы не сақталу нөмірі.",
                ru="Адрес или номер хранения текста и чертежей плана.",
                en="Where the plan's text and drawings are kept.",
            ),
        ),
        Field(
            name="official_document_hash",
            type=FieldType.STRING,
            title=Text(kk="Ресми құжаттың SHA-256 хеші", ru="SHA-256 документа", en="SHA-256 of the document"),
        ),
        Field(
            name="upper_plan_id",
            type=FieldType.INTEGER,
            title=Text(kk="Жоғары тұрған жоспар", ru="Вышестоящий план", en="Upper plan"),
            description=Text(
                kk="Осы жоспар соның негізінде жасалған және соның аумағында жататын жоспар.",
                ru="План, на основе которого составлен этот и в территории которого он лежит.",
                en="The plan that this one follows from and in whose territory it lies.",
            ),
            refers_to=("urban_planning.spatial_plan",),
        ),
        Field(
            name="horizon",
            type=FieldType.INTEGER,
            unit="a",
            title=Text(kk="Есептік мерзімі (жыл)", ru="Расчётный срок (год)", en="Planning horizon (year)"),
        ),
        EXTERNAL_REFERENCE,
    ),
)


def _limit(name: str, title: Text, description: Text | None = None, unit: str = "m") -> Field:
    return Field(name=name, type=FieldType.NUMBER, unit=unit, title=title, description=description)


MAX_HEIGHT: Final = _limit(
    "max_height",
    Text(kk="Ең үлкен биіктік", ru="Предельная высота", en="Greatest height"),
    Text(
        kk="Құрылыстың жер бетінен ең үлкен биіктігі.",
        ru="Наибольшая высота строения от уровня земли.",
        en="Greatest height of a building above the ground.",
    ),
)

DIMENSIONS: Final = (
    MAX_HEIGHT,
    Field(
        name="max_floors",
        type=FieldType.INTEGER,
        title=Text(kk="Ең көп қабат саны", ru="Предельная этажность", en="Greatest number of floors"),
    ),
    _limit(
        "max_coverage",
        Text(kk="Құрылыс салу коэффициенті", ru="Коэффициент застройки", en="Greatest coverage"),
        Text(
            kk="Ғимараттар алып жатқан аудан учаске ауданының қандай бөлігінен аспайды (0–1).",
            ru="Какую долю участка могут занимать здания (0–1).",
            en="Share of a parcel that buildings may cover (0 to 1).",
        ),
        "1",
    ),
    _limit(
        "max_floor_area_ratio",
        Text(kk="Құрылыс тығыздығының коэффициенті", ru="Коэффициент плотности застройки", en="Floor-area ratio"),
        Text(
            kk="Барлық қабаттар ауданының учаске ауданына ең үлкен қатынасы.",
            ru="Наибольшее отношение площади всех этажей к площади участка.",
            en="Greatest ratio of the area of all floors to that of the parcel.",
        ),
        "1",
    ),
    _limit(
        "min_green_share",
        Text(kk="Көгалдандырудың ең аз үлесі", ru="Наименьшая доля озеленения", en="Least green share"),
        Text(
            kk="Учаскенің көгалдандырылуға тиіс ең аз бөлігі (0–1).",
            ru="Наименьшая доля участка, которую нужно озеленить (0–1).",
            en="Least share of a parcel to be planted (0 to 1).",
        ),
        "1",
    ),
    _limit(
        "setback_front",
        Text(kk="Көше жақтан шегініс", ru="Отступ от улицы", en="Front setback"),
        Text(
            kk="Учаскенің көшеге қараған шекарасынан ғимаратқа дейінгі ең аз қашықтық.",
            ru="Наименьшее расстояние от границы участка со стороны улицы до здания.",
            en="Least distance of a building from the parcel's edge on the street.",
        ),
    ),
    _limit(
        "setback_side",
        Text(kk="Бүйірден шегініс", ru="Отступ от боковых границ", en="Side setback"),
        Text(
            kk="Учаскенің бүйір шекараларынан ғимаратқа дейінгі ең аз қашықтық.",
            ru="Наименьшее расстояние от боковых границ участка до здания.",
            en="Least distance of a building from the parcel's side edges.",
        ),
    ),
    _limit(
        "setback_rear",
        Text(kk="Артқы жақтан шегініс", ru="Отступ от задней границы", en="Rear setback"),
        Text(
            kk="Учаскенің көшеге қарама-қарсы шекарасынан ғимаратқа дейінгі ең аз қашықтық.",
            ru="Наименьшее расстояние от границы, противоположной улице, до здания.",
            en="Least distance of a building from the parcel's edge opposite the street.",
        ),
    ),
)
"""INSPIRE dimensioningIndication: what may be built, in figures."""

ZONING_ELEMENT: Final = Layer(
    name="urban_planning.zoning_element",
    title=Text(kk="Жоспарлардың функционалдық аймақтары", ru="Функциональные зоны планов", en="Zones of plans"),
    description=Text(
        kk="Жоспар белгілейтін функционалдық аймақтар және олардың регламенті (INSPIRE ZoningElement).",
        ru="Функциональные зоны, которые устанавливает план, и их регламент (INSPIRE ZoningElement).",
        en="Functional zones that a plan sets, with their regulations (INSPIRE ZoningElement).",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    label="functional_zone",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#a0609f", fill="#ead3ea", width=1.0, opacity=0.45, min_zoom=10),
    restricting=Restricting(
        kind="functional_zone",
        regime=("regime_kk", "regime_ru", "regime_en"),
        basis="legal_basis",
        no_building="no_building",
        max_height="max_height",
        when=(STEP_FIELD, IN_FORCE),
    ),
    fields=(
        Field(
            name="plan_id",
            type=FieldType.INTEGER,
            title=Text(kk="Жоспар", ru="План", en="Plan"),
            required=True,
            refers_to=(SPATIAL_PLAN.name,),
        ),
        STEP,
        Field(
            name="designation",
            type=FieldType.STRING,
            title=Text(kk="Аймақ белгісі", ru="Обозначение зоны", en="Designation"),
            description=Text(
                kk="Жоспар сызбасындағы белгісі, мысалы Ж-1.",
                ru="Обозначение на чертеже плана, например Ж-1.",
                en="Mark in the plan's drawing, for example Ж-1.",
            ),
        ),
        Field(
            name="functional_zone",
            type=FieldType.STRING,
            title=Text(kk="Функционалдық аймақ", ru="Функциональная зона", en="Functional zone"),
            required=True,
            codes="functional_zone",
        ),
        Field(
            name="hilucs_land_use",
            type=FieldType.STRING,
            title=Text(kk="HILUCS бойынша пайдалану", ru="Использование по HILUCS", en="Land use by HILUCS"),
            values=HILUCS,
        ),
        Field(
            name="specific_land_use",
            type=FieldType.STRING,
            title=Text(kk="Нақты мақсаты", ru="Конкретное назначение", en="Specific land use"),
        ),
        Field(
            name="regulation_nature",
            type=FieldType.STRING,
            title=Text(kk="Міндеттілігі", ru="Обязательность", en="Regulation nature"),
            description=Text(
                kk="Регламент кім үшін міндетті (INSPIRE regulationNature).",
                ru="Для кого обязателен регламент (INSPIRE regulationNature).",
                en="Whom the regulation binds (INSPIRE regulationNature).",
            ),
            values=(
                "bindingForDevelopers",
                "bindingOnlyForAuthorities",
                "generallyBinding",
                "nonBinding",
                "definedInLegislation",
            ),
        ),
        Field(
            name="no_building",
            type=FieldType.BOOLEAN,
            title=Text(kk="Құрылыс салуға тыйым салынған", ru="Строительство запрещено", en="No building"),
        ),
        *DIMENSIONS,
        *REGIME,
        LEGAL_BASIS,
        EXTERNAL_REFERENCE,
    ),
)

LAYERS: Final = (SPATIAL_PLAN, ZONING_ELEMENT)
"""In the order in which a city would load them."""
