"""Layers of rights, after ISO 19152-1:2024: basic administrative units, rights, restrictions and responsibilities.

Who holds a right lies apart, in layers of the closed schema ``personal``: parties, the members of groups, and the
holders of rights. What is public says how a unit is held and encumbered, never by whom.
"""

from typing import Final

from gis.layer import Field, FieldType, GeometryKind, Layer, Restricting, Style
from gis.text import Text

CONFIDANTS: Final = frozenset({"registrar", "registrar.real_estate", "notary", "bank", "auditor"})
"""Roles that may see personal data, each look with its reason; a notary and a bank only that of a named unit."""

WRITERS: Final = frozenset({"registrar", "registrar.real_estate"})

OWNERSHIP: Final = "ownership"
PLEDGE: Final = "pledge"
ARREST: Final = "arrest"
SERVITUDE: Final = "servitude"

RIGHTS: Final = (OWNERSHIP, "stateOwnership", "permanentUse", "temporaryUse", "lease", "trustManagement")
RESTRICTIONS: Final = (SERVITUDE, PLEDGE, ARREST, "priorityInterest", "prohibition", "monument")
RESPONSIBILITIES: Final = ("maintenance", "accessProvision")

SHARED_KINDS: Final = (OWNERSHIP, "stateOwnership", "permanentUse", "temporaryUse")
"""Kinds whose live rights on a unit must sum to one (LA_RRR shareCheck)."""


def _id(name: str, title: Text, *refers_to: str, required: bool = True) -> Field:
    return Field(name=name, type=FieldType.INTEGER, title=title, required=required, refers_to=refers_to)


def _share(name: str, title: Text) -> Field:
    return Field(name=name, type=FieldType.INTEGER, title=title)


_NUMERATOR = _share("share_numerator", Text(kk="Үлес: алымы", ru="Доля: числитель", en="Share: numerator"))
_DENOMINATOR = _share("share_denominator", Text(kk="Үлес: бөлімі", ru="Доля: знаменатель", en="Share: denominator"))

UNIT: Final = Layer(
    name="real_estate.unit",
    title=Text(kk="Жылжымайтын мүлік бірліктері", ru="Единицы недвижимости", en="Basic administrative units"),
    description=Text(
        kk="Құқық тіркелетін бірлік: учаске, ғимарат, үй-жай немесе олардың бірлестігі (LA_BAUnit).",
        ru="Единица, на которую регистрируются права: участок, здание, помещение или их соединение (LA_BAUnit).",
        en="What rights are registered on: a parcel, a building, premises, or several of them (LA_BAUnit).",
    ),
    geometry=GeometryKind.NONE,
    writers=WRITERS,
    fields=(
        Field(
            name="unit_number",
            type=FieldType.STRING,
            title=Text(kk="Бірлік нөмірі", ru="Номер единицы", en="Unit's number"),
            description=Text(
                kk="Басты нысанның кадастрлық нөмірі.",
                ru="Кадастровый номер главного объекта.",
                en="Cadastral number of its main object.",
            ),
            required=True,
            identifier=True,
        ),
        Field(name="name", type=FieldType.STRING, title=Text(kk="Атауы", ru="Наименование", en="Name")),
        Field(
            name="type",
            type=FieldType.STRING,
            title=Text(kk="Түрі", ru="Вид", en="Type"),
            required=True,
            values=("basicPropertyUnit", "leasedUnit", "rightOfUseUnit"),
        ),
    ),
    label="unit_number",
)

UNIT_PART: Final = Layer(
    name="real_estate.unit_part",
    title=Text(kk="Бірліктің құрамы", ru="Состав единицы", en="Parts of units"),
    description=Text(
        kk="Бірлікке кіретін учаске, ғимарат немесе үй-жай.",
        ru="Участок, здание или помещение, входящее в единицу.",
        en="A parcel, building or premises that belongs to a unit.",
    ),
    geometry=GeometryKind.NONE,
    writers=WRITERS,
    fields=(
        _id("unit_id", Text(kk="Бірлік", ru="Единица", en="Unit"), "real_estate.unit"),
        _id(
            "object_id",
            Text(kk="Нысан", ru="Объект", en="Object"),
            "land.parcel", "real_estate.building", "real_estate.premises",
        ),
        Field(
            name="object_kind",
            type=FieldType.STRING,
            title=Text(kk="Нысан түрі", ru="Вид объекта", en="Kind of object"),
            required=True,
            values=("parcel", "building", "premises"),
        ),
    ),
)  # fmt: skip

RIGHT: Final = Layer(
    name="real_estate.right",
    title=Text(kk="Құқықтар мен ауыртпалықтар", ru="Права и обременения", en="Rights and encumbrances"),
    description=Text(
        kk="Құқық, шектеу немесе міндет (LA_RRR): әрқайсысы бір бірлікке және бір үлеске тіркеледі.",
        ru="Право, ограничение или обязанность (LA_RRR): каждое на одну единицу и одну долю.",
        en="A right, restriction or responsibility (LA_RRR): each on one unit and of one share.",
    ),
    geometry=GeometryKind.NONE,
    writers=WRITERS,
    fields=(
        _id("unit_id", Text(kk="Бірлік", ru="Единица", en="Unit"), "real_estate.unit"),
        Field(
            name="category",
            type=FieldType.STRING,
            title=Text(kk="Тобы", ru="Группа", en="Category"),
            required=True,
            values=("right", "restriction", "responsibility"),
        ),
        Field(
            name="kind",
            type=FieldType.STRING,
            title=Text(kk="Түрі", ru="Вид", en="Kind"),
            required=True,
            values=(*RIGHTS, *RESTRICTIONS, *RESPONSIBILITIES),
        ),
        _NUMERATOR,
        _DENOMINATOR,
        Field(
            name="share_check",
            type=FieldType.BOOLEAN,
            title=Text(kk="Үлестер бірге толуы тиіс", ru="Доли должны давать единицу", en="Shares must sum to one"),
            required=True,
        ),
        Field(
            name="holding",
            type=FieldType.STRING,
            title=Text(kk="Иелену нысаны", ru="Форма владения", en="Form of holding"),
            description=Text(
                kk="Жеке, үлестік, бірлескен немесе отбасылық; соңғы екеуін топ иеленеді.",
                ru="Единоличная, долевая, совместная или семейная; две последние принадлежат группе.",
                en="Sole, by shares, joint or family; the last two are held by a group.",
            ),
            values=("sole", "shared", "joint", "family"),
        ),
        Field(name="rank", type=FieldType.INTEGER, title=Text(kk="Кезегі", ru="Очерёдность", en="Rank")),
        _id(
            "on_right_id",
            Text(kk="Ауыртпалық салынған құқық", ru="Обременённое право", en="Encumbered right"),
            "real_estate.right",
            required=False,
        ),
        Field(
            name="party_required",
            type=FieldType.BOOLEAN,
            title=Text(kk="Ұстаушысы болуы тиіс", ru="Нужен держатель", en="Must have a holder"),
            required=True,
        ),
        Field(
            name="registered",
            type=FieldType.BOOLEAN,
            title=Text(kk="Тіркелген", ru="Зарегистрировано", en="Registered"),
            description=Text(
                kk="Жоқ болса, құқық тіркелмей-ақ жарамды (1996 ж. 1 наурызға дейін туындаған не басым мүдде).",
                ru="Если нет, право действительно без регистрации (возникло до 01.03.1996 или приоритетный интерес).",
                en="Where not, it is valid though unregistered (arisen before 1 March 1996, or a priority interest).",
            ),
            required=True,
        ),
        Field(
            name="excludes_others",
            type=FieldType.BOOLEAN,
            title=Text(kk="Айрықша пайдалану", ru="Исключительное пользование", en="Exclusive use"),
            required=True,
        ),
        Field(
            name="description",
            type=FieldType.STRING,
            title=Text(kk="Мазмұны", ru="Содержание", en="Description"),
            description=Text(
                kk="Құқықтың мазмұны; дербес деректер жазылмайды.",
                ru="Содержание права; персональные данные сюда не пишутся.",
                en="What the right contains; no personal data belongs here.",
            ),
        ),
        Field(
            name="corrects",
            type=FieldType.INTEGER,
            title=Text(kk="Түзетілген өзгерістер жинағы", ru="Исправленный набор изменений", en="Corrected changeset"),
            description=Text(
                kk="Осы нұсқа қатесін түзететін өзгерістер жинағының нөмірі; түзету болмаса, бос.",
                ru="Номер набора изменений, ошибку которого исправляет эта версия; пусто, если не исправление.",
                en="Number of the changeset whose error this version corrects; empty where it corrects none.",
            ),
        ),
    ),
)

RIGHT_AREA: Final = Layer(
    name="real_estate.right_area",
    title=Text(kk="Сервитуттар аумағы", ru="Территории сервитутов", en="Areas of servitudes"),
    description=Text(
        kk="Құқық не шектеу учаскенің бір бөлігінде ғана күшінде болатын аумақ.",
        ru="Территория, на которой действует право или ограничение, если оно не на весь участок.",
        en="Where a right or restriction applies, if not on the whole parcel.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    writers=WRITERS,
    fields=(_id("right_id", Text(kk="Құқық", ru="Право", en="Right"), "real_estate.right"),),
    style=Style(stroke="#a03a8a", fill="#e9c7e2", width=1.0, opacity=0.5, min_zoom=14),
    restricting=Restricting(),
)

CONSENT: Final = Layer(
    name="real_estate.consent",
    title=Text(kk="Келісімдер", ru="Согласия", en="Consents"),
    description=Text(
        kk="Кепіл ұстаушының билік етуге, келесі кепілге немесе қайта құруға келісімі.",
        ru="Согласие залогодержателя на распоряжение, последующий залог или преобразование.",
        en="A pledgee's consent to disposal, to a further pledge or to reorganisation of the object.",
    ),
    geometry=GeometryKind.NONE,
    writers=WRITERS,
    fields=(
        _id("right_id", Text(kk="Кепіл", ru="Залог", en="Pledge"), "real_estate.right"),
        Field(
            name="consents_to",
            type=FieldType.STRING,
            title=Text(kk="Неге келіседі", ru="На что согласие", en="To what"),
            required=True,
            values=("disposal", "furtherPledge", "reorganisation"),
        ),
    ),
)

PARTY: Final = Layer(
    name="personal.party",
    title=Text(kk="Тұлғалар", ru="Лица", en="Parties"),
    description=Text(
        kk="Жеке және заңды тұлғалар, топтар (LA_Party, LA_GroupParty).",
        ru="Физические и юридические лица, группы (LA_Party, LA_GroupParty).",
        en="Natural and non-natural persons, groups (LA_Party, LA_GroupParty).",
    ),
    geometry=GeometryKind.NONE,
    readers=CONFIDANTS,
    writers=WRITERS,
    fields=(
        Field(
            name="party_type",
            type=FieldType.STRING,
            title=Text(kk="Түрі", ru="Вид", en="Type"),
            required=True,
            values=("naturalPerson", "nonNaturalPerson", "state", "group"),
        ),
        Field(
            name="iin_bin",
            type=FieldType.STRING,
            title=Text(kk="ЖСН/БСН", ru="ИИН/БИН", en="IIN/BIN"),
            key=True,
            personal=True,
        ),
        Field(
            name="name",
            type=FieldType.STRING,
            title=Text(kk="Аты-жөні немесе атауы", ru="ФИО или наименование", en="Name"),
            personal=True,
        ),
        Field(
            name="birth_date",
            type=FieldType.DATE,
            title=Text(kk="Туған не құрылған күні", ru="Дата рождения или создания", en="Date of birth or foundation"),
            personal=True,
        ),
        Field(
            name="end_date",
            type=FieldType.DATE,
            title=Text(kk="Қайтыс болған не таратылған күні", ru="Дата смерти или ликвидации", en="Date of end"),
            personal=True,
        ),
        Field(
            name="group_type",
            type=FieldType.STRING,
            title=Text(kk="Топ түрі", ru="Вид группы", en="Type of group"),
            values=("association", "baunitGroup", "family", "tribe"),
        ),
    ),
)

MEMBER: Final = Layer(
    name="personal.member",
    title=Text(kk="Топ мүшелері", ru="Участники групп", en="Members of groups"),
    description=Text(
        kk="Топтың мүшесі және оның үлесі (LA_PartyMember).",
        ru="Участник группы и его доля (LA_PartyMember).",
        en="A member of a group and its share (LA_PartyMember).",
    ),
    geometry=GeometryKind.NONE,
    readers=CONFIDANTS,
    writers=WRITERS,
    fields=(
        _id("group_id", Text(kk="Топ", ru="Группа", en="Group"), "personal.party"),
        Field(
            name="party_id",
            type=FieldType.INTEGER,
            title=Text(kk="Мүше", ru="Участник", en="Member"),
            required=True,
            refers_to=("personal.party",),
            personal=True,
        ),
        _NUMERATOR,
        _DENOMINATOR,
    ),
)

HOLDER: Final = Layer(
    name="personal.holder",
    title=Text(kk="Құқық ұстаушылар", ru="Правообладатели", en="Holders of rights"),
    description=Text(
        kk="Құқықтың, шектеудің немесе міндеттің ұстаушысы.",
        ru="Держатель права, ограничения или обязанности.",
        en="Who holds a right, restriction or responsibility.",
    ),
    geometry=GeometryKind.NONE,
    readers=CONFIDANTS,
    writers=WRITERS,
    fields=(
        _id("right_id", Text(kk="Құқық", ru="Право", en="Right"), "real_estate.right"),
        Field(
            name="party_id",
            type=FieldType.INTEGER,
            title=Text(kk="Ұстаушы", ru="Держатель", en="Holder"),
            required=True,
            refers_to=("personal.party",),
            personal=True,
        ),
    ),
)

LAYERS: Final = (UNIT, UNIT_PART, RIGHT, RIGHT_AREA, CONSENT, PARTY, MEMBER, HOLDER)
"""The layers of rights, in the order in which a city would load them."""
