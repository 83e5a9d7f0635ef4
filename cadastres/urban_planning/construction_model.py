"""Layers of construction: what is built, in which stages, with whose money.

Organisations that build are named openly, by their BIN. Persons are not: whoever builds as a person, and every equity
holder, stands in the closed schema ``personal``. Sums are whole tenge.
"""

from typing import Final

from cadastres.fields import NAMES
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

DESIGN: Final = "design"
PERMIT: Final = "permit"
CONSTRUCTION: Final = "construction"
SUSPENDED: Final = "suspended"
COMPLETED: Final = "completed"
ACCEPTED: Final = "accepted"

STATES: Final = (DESIGN, PERMIT, CONSTRUCTION, SUSPENDED, COMPLETED, ACCEPTED)

PERMITTED: Final = (PERMIT, CONSTRUCTION)
"""States in which a permit is in force and work under it may go on."""

REGISTERED: Final = "registered"
EXECUTED: Final = "executed"
TERMINATED: Final = "terminated"

DEVELOPER: Final = "developer"
CONTRACTOR: Final = "contractor"

CLERKS: Final = frozenset({"registrar", "registrar.urban_planning"})
"""Roles that write persons of this cadastre; they need not see those of others."""

ONLOOKERS: Final = frozenset({"registrar", "auditor"})
"""Roles that may see persons of this cadastre, each look with its reason."""


def text(name: str, title: Text, *, required: bool = False, key: bool = False) -> Field:
    """Return a field of text."""
    return Field(name=name, type=FieldType.STRING, title=title, required=required, key=key)


def day(name: str, title: Text, *, required: bool = False) -> Field:
    """Return a field with a day."""
    return Field(name=name, type=FieldType.DATE, title=title, required=required)


def tenge(name: str, title: Text, *, required: bool = True) -> Field:
    """Return a field with a sum of money: whole tenge, so that sums are exact."""
    return Field(name=name, type=FieldType.INTEGER, unit="KZT", title=title, required=required)


def reference(name: str, title: Text, *layers: str, required: bool = True) -> Field:
    """Return a field that names a feature of one of some layers."""
    return Field(name=name, type=FieldType.INTEGER, title=title, refers_to=layers, required=required)


def _square_metres(name: str, title: Text, *, required: bool = False) -> Field:
    return Field(name=name, type=FieldType.NUMBER, unit="m2", title=title, required=required)


_PURPOSE: Final = (
    text("purpose_kk", Text(kk="Мақсаты (қаз.)", ru="Назначение (каз.)", en="Purpose (Kazakh)"), required=True),
    text("purpose_ru", Text(kk="Мақсаты (орыс.)", ru="Назначение (рус.)", en="Purpose (Russian)"), required=True),
)

CONSTRUCTION_OBJECT: Final = Layer(
    name="urban_planning.construction_object",
    title=Text(kk="Құрылыс объектілері", ru="Объекты строительства", en="Construction objects"),
    description=Text(
        kk="Жобалаудан бастап пайдалануға қабылдауға дейінгі құрылыс объектілері, құрылыс алаңының шекарасымен.",
        ru="Объекты строительства от проектирования до приёмки в эксплуатацию, с границами площадки.",
        en="What is being built, from design to acceptance, with the outline of the site.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    label="name",
    style=Style(stroke="#c75b12", fill="#fbd3b0", width=1.4, opacity=0.5, min_zoom=13),
    fields=(
        *NAMES,
        Field(
            name="state",
            type=FieldType.STRING,
            title=Text(kk="Күйі", ru="Состояние", en="State"),
            description=Text(
                kk="Жобалау, рұқсат, құрылыс, тоқтатылған, аяқталған, пайдалануға қабылданған; тек ретімен ауысады.",
                ru="Проектирование, разрешение, строительство, приостановка, завершение, приёмка; только по порядку.",
                en="Design, permit, construction, suspended, completed, accepted; it changes in that order only.",
            ),
            required=True,
            values=STATES,
        ),
        reference(
            "parcel_id",
            Text(kk="Жер учаскесі", ru="Земельный участок", en="Parcel"),
            "land.parcel",
            required=False,
        ),
        text(
            "parcel_number",
            Text(
                kk="Учаскенің кадастрлық нөмірі",
                ru="Кадастровый номер участка",
                en="Cadastral number of the parcel",
            ),
            required=True,
            key=True,
        ),
        reference(
            "building_id",
            Text(kk="Ғимарат", ru="Здание", en="Building"),
            "real_estate.building",
            required=False,
        ),
        text(
            "building_number",
            Text(
                kk="Ғимараттың кадастрлық нөмірі",
                ru="Кадастровый номер здания",
                en="Cadastral number of the building",
            ),
        ),
        *_PURPOSE,
        text("permit_number", Text(kk="Рұқсаттың нөмірі", ru="Номер разрешения", en="Permit number")),
        day("permit_date", Text(kk="Рұқсаттың күні", ru="Дата разрешения", en="Date of the permit")),
        text("developer_name", Text(kk="Тапсырыс беруші ұйым", ru="Организация-застройщик", en="Developer")),
        text("developer_bin", Text(kk="Тапсырыс берушінің БСН-і", ru="БИН застройщика", en="BIN of the developer")),
        text("contractor_name", Text(kk="Мердігер ұйым", ru="Организация-подрядчик", en="Contractor")),
        text("contractor_bin", Text(kk="Мердігердің БСН-і", ru="БИН подрядчика", en="BIN of the contractor")),
        day("planned_start", Text(kk="Жоспарлы басталуы", ru="Плановое начало", en="Planned start")),
        day("planned_end", Text(kk="Жоспарлы аяқталуы", ru="Плановое окончание", en="Planned end")),
        Field(
            name="planned_floors",
            type=FieldType.INTEGER,
            title=Text(kk="Жоспарлы қабат саны", ru="Плановое число этажей", en="Planned floors"),
        ),
        _square_metres(
            "planned_area", Text(kk="Жоспарлы жалпы аудан", ru="Плановая общая площадь", en="Planned total area")
        ),
        _square_metres(
            "planned_sale_area",
            Text(
                kk="Үлескерлерге сатылатын аудан",
                ru="Площадь, продаваемая дольщикам",
                en="Area for sale to equity holders",
            ),
        ),
    ),
)

CONSTRUCTION_STAGE: Final = Layer(
    name="urban_planning.construction_stage",
    title=Text(kk="Құрылыс кезеңдері", ru="Этапы строительства", en="Stages of construction"),
    description=Text(
        kk="Құрылыс кестесінің кезеңдері және тексеру кезінде анықталған нақты орындалуы.",
        ru="Этапы графика строительства и выполнение, установленное при осмотре.",
        en="Stages of a construction schedule, with the progress that inspections found.",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        reference(
            "object_id",
            Text(kk="Құрылыс объектісі", ru="Объект строительства", en="Construction object"),
            "urban_planning.construction_object",
        ),
        Field(
            name="stage",
            type=FieldType.STRING,
            title=Text(kk="Кезең", ru="Этап", en="Stage"),
            required=True,
            codes="construction_stage",
        ),
        day("planned_start", Text(kk="Жоспарлы басталуы", ru="Плановое начало", en="Planned start"), required=True),
        day("planned_end", Text(kk="Жоспарлы аяқталуы", ru="Плановое окончание", en="Planned end"), required=True),
        tenge("planned_cost", Text(kk="Жоспарлы құны", ru="Плановая стоимость", en="Planned cost")),
        Field(
            name="progress",
            type=FieldType.NUMBER,
            unit="%",
            title=Text(kk="Нақты орындалуы", ru="Фактическое выполнение", en="Actual progress"),
            required=True,
        ),
        day("inspection_date", Text(kk="Тексеру күні", ru="Дата осмотра", en="Date of inspection")),
        text("report", Text(kk="Тексеру қорытындысы", ru="Заключение осмотра", en="Report of the inspection")),
    ),
    label="stage",
)

EQUITY_CONTRACT: Final = Layer(
    name="urban_planning.equity_contract",
    title=Text(kk="Үлескерлердің шарттары", ru="Договоры дольщиков", en="Contracts of equity holders"),
    description=Text(
        kk="Тұрғын үй құрылысына үлестік қатысу шарттары; кіммен жасалғаны мұнда жазылмайды.",
        ru="Договоры долевого участия в строительстве; с кем они заключены, здесь не сказано.",
        en="Contracts of shared construction; with whom they are made is not told here.",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        Field(
            name="contract_number",
            type=FieldType.STRING,
            title=Text(kk="Шарттың есептік нөмірі", ru="Учётный номер договора", en="Contract number"),
            required=True,
            identifier=True,
        ),
        reference(
            "object_id",
            Text(kk="Құрылыс объектісі", ru="Объект строительства", en="Construction object"),
            "urban_planning.construction_object",
        ),
        text(
            "planned_premises",
            Text(kk="Жоспарлы үй-жай", ru="Планируемое помещение", en="Planned premises"),
            required=True,
        ),
        _square_metres(
            "planned_area", Text(kk="Жоспарлы аудан", ru="Планируемая площадь", en="Planned area"), required=True
        ),
        tenge("price", Text(kk="Шарттың бағасы", ru="Цена договора", en="Price")),
        tenge("received", Text(kk="Үлескерден түскен ақша", ru="Получено от дольщика", en="Received")),
        day(
            "registered_date",
            Text(kk="Есепке қойылған күні", ru="Дата учёта", en="Date of registration"),
            required=True,
        ),
        Field(
            name="state",
            type=FieldType.STRING,
            title=Text(kk="Күйі", ru="Состояние", en="State"),
            description=Text(
                kk="Есепте тұр, орындалды (үй-жай берілді) немесе бұзылды.",
                ru="На учёте, исполнен (помещение передано) или расторгнут.",
                en="Registered, executed (the premises were handed over) or terminated.",
            ),
            required=True,
            values=(REGISTERED, EXECUTED, TERMINATED),
        ),
        text(
            "premises_number",
            Text(
                kk="Берілген үй-жайдың кадастрлық нөмірі",
                ru="Кадастровый номер переданного помещения",
                en="Cadastral number of the premises handed over",
            ),
        ),
    ),
    label="contract_number",
)

_PERIOD: Final = (
    day("period_start", Text(kk="Кезеңнің басы", ru="Начало периода", en="First day of the period"), required=True),
    day("period_end", Text(kk="Кезеңнің соңғы күні", ru="Последний день периода", en="Last day of it"), required=True),
)
_ARTICLE: Final = Field(
    name="article",
    type=FieldType.STRING,
    title=Text(kk="Шығыс бабы", ru="Статья расходов", en="Article of expense"),
    required=True,
    codes="construction_fund_article",
)
_OF_OBJECT: Final = reference(
    "object_id",
    Text(kk="Құрылыс объектісі", ru="Объект строительства", en="Construction object"),
    "urban_planning.construction_object",
)

FUND_PLAN: Final = Layer(
    name="urban_planning.fund_plan",
    title=Text(kk="Үлескерлер қаражатының жоспары", ru="План расхода средств дольщиков", en="Plan of equity funds"),
    description=Text(
        kk="Үлескерлердің ақшасын кезеңдер мен баптар бойынша жұмсау жоспары.",
        ru="На что и в каком периоде должны пойти деньги дольщиков.",
        en="What the equity holders' money is to be spent on, by period and article.",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        _OF_OBJECT,
        _ARTICLE,
        *_PERIOD,
        tenge("planned", Text(kk="Жоспарланған сома", ru="Запланировано", en="Planned")),
    ),
)

FUND_USE: Final = Layer(
    name="urban_planning.fund_use",
    title=Text(kk="Үлескерлер қаражатының жұмсалуы", ru="Расход средств дольщиков", en="Use of equity funds"),
    description=Text(
        kk="Үлескерлердің ақшасы іс жүзінде неге жұмсалды.",
        ru="На что на деле пошли деньги дольщиков.",
        en="What the equity holders' money was spent on in fact.",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        _OF_OBJECT,
        _ARTICLE,
        *_PERIOD,
        tenge("used", Text(kk="Жұмсалған сома", ru="Израсходовано", en="Used")),
    ),
)

EQUITY_HOLDER: Final = Layer(
    name="personal.equity_holder",
    title=Text(kk="Үлескерлер", ru="Дольщики", en="Equity holders"),
    description=Text(
        kk="Үлестік қатысу шарты кіммен жасалған.",
        ru="С кем заключён договор долевого участия.",
        en="With whom a contract of shared construction is made.",
    ),
    geometry=GeometryKind.NONE,
    readers=ONLOOKERS,
    writers=CLERKS,
    fields=(
        reference("contract_id", Text(kk="Шарт", ru="Договор", en="Contract"), "urban_planning.equity_contract"),
        Field(
            name="party_id",
            type=FieldType.INTEGER,
            title=Text(kk="Үлескер", ru="Дольщик", en="Equity holder"),
            required=True,
            refers_to=("personal.party",),
            personal=True,
        ),
    ),
)

CONSTRUCTION_PARTY: Final = Layer(
    name="personal.construction_party",
    title=Text(kk="Құрылыс салушы жеке тұлғалар", ru="Застройщики — физические лица", en="Persons who build"),
    description=Text(
        kk="Құрылыс объектісінің тапсырыс берушісі не мердігері жеке тұлға болса, сол тұлға.",
        ru="Застройщик или подрядчик объекта, если это физическое лицо.",
        en="Who develops or builds an object, where it is a person and no organisation.",
    ),
    geometry=GeometryKind.NONE,
    readers=ONLOOKERS,
    writers=CLERKS,
    fields=(
        _OF_OBJECT,
        Field(
            name="part",
            type=FieldType.STRING,
            title=Text(kk="Кім ретінде", ru="В качестве кого", en="As what"),
            required=True,
            values=(DEVELOPER, CONTRACTOR),
        ),
        Field(
            name="party_id",
            type=FieldType.INTEGER,
            title=Text(kk="Тұлға", ru="Лицо", en="Party"),
            required=True,
            refers_to=("personal.party",),
            personal=True,
        ),
    ),
)

LAYERS: Final = (
    CONSTRUCTION_OBJECT,
    CONSTRUCTION_STAGE,
    EQUITY_CONTRACT,
    FUND_PLAN,
    FUND_USE,
    EQUITY_HOLDER,
    CONSTRUCTION_PARTY,
)
"""The layers of construction, in the order in which a city would load them."""
