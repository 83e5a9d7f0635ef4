"""Layers of the land cadastre.

Field names follow INSPIRE Cadastral Parcels 4.0 where it has one (``areaValue`` is :data:`PARCEL`'s ``official_area``,
``nationalCadastralReference`` its ``national_reference``) and the Kazakh parcel's passport elsewhere.
"""

from typing import Final

from cadastres.fields import OPENSTREETMAP_WHERE_DERIVED
from gis.layer import Field, FieldType, GeometryKind, Layer, Restricting, Style
from gis.text import Text

_NAME = Field(
    name="name",
    type=FieldType.STRING,
    title=Text(kk="Атауы", ru="Наименование", en="Name"),
)
_REGULATION = Field(
    name="regulation",
    type=FieldType.STRING,
    title=Text(kk="Белгілеген акт", ru="Установивший акт", en="Act that set it"),
    description=Text(
        kk="Құқықтық актінің атауы, күні және нөмірі",
        ru="Вид, дата и номер правового акта",
        en="Kind, date and number of the legal act",
    ),
)
_DERIVED = Field(
    name="derived",
    type=FieldType.BOOLEAN,
    title=Text(kk="Есептеліп алынған", ru="Получено расчётом", en="Derived"),
    description=Text(
        kk="Картадан есептеліп алынған, заңды маңызы жоқ",
        ru="Получено расчётом по карте, юридического значения не имеет",
        en="Computed from a map, without legal meaning",
    ),
)


def _category(title: Text) -> Field:
    return Field(name="category", type=FieldType.STRING, title=title, codes="land_category")


def _permitted_use(title: Text) -> Field:
    return Field(name="permitted_use", type=FieldType.STRING, title=title, codes="permitted_use")


QUARTER: Final = Layer(
    name="land.quarter",
    title=Text(kk="Есептік орамдар", ru="Учётные кварталы", en="Accounting quarters"),
    description=Text(
        kk="Кадастрлық нөмірлер шегінде реттік нөмірмен берілетін аумақ (INSPIRE CadastralZoning)",
        ru="Территория, в пределах которой участкам присваиваются порядковые номера (INSPIRE CadastralZoning)",
        en="Territory within which parcels get their serial numbers (INSPIRE CadastralZoning)",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    label="code",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#7a1f5c", width=2.0, min_zoom=8),
    fields=(
        Field(
            name="code",
            type=FieldType.STRING,
            title=Text(kk="Орам коды", ru="Код квартала", en="Quarter code"),
            description=Text(
                kk="Облыс (2), аудан (3), орам (3): орамдағы барлық нөмірлердің басы",
                ru="Область (2), район (3), квартал (3): начало всех номеров квартала",
                en="Region (2), district (3), quarter (3): what every number in it begins with",
            ),
            required=True,
            identifier=True,
        ),
        _NAME,
        _DERIVED,
    ),
)

PARCEL: Final = Layer(
    name="land.parcel",
    title=Text(kk="Жер учаскелері", ru="Земельные участки", en="Land parcels"),
    description=Text(
        kk="Кадастрлық нөмірі бар жер учаскелері (INSPIRE CadastralParcel)",
        ru="Земельные участки с кадастровыми номерами (INSPIRE CadastralParcel)",
        en="Land parcels with cadastral numbers (INSPIRE CadastralParcel)",
    ),
    geometry=GeometryKind.POLYGON,
    label="cadastral_number",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#b5442e", fill="#f6e3c5", width=0.8, opacity=0.6, min_zoom=13),
    fields=(
        Field(
            name="cadastral_number",
            type=FieldType.STRING,
            title=Text(kk="Кадастрлық нөмір", ru="Кадастровый номер", en="Cadastral number"),
            description=Text(
                kk="Бөлгішсіз жазылуы: облыс, аудан, есептік орам, реттік нөмір",
                ru="Слитная запись: область, район, учётный квартал, порядковый номер",
                en="Joined spelling: region, district, accounting quarter, serial",
            ),
            required=True,
            identifier=True,
        ),
        Field(
            name="national_reference",
            type=FieldType.STRING,
            title=Text(kk="Бұрынғы немесе шетелдік нөмір", ru="Прежний или иностранный номер", en="National reference"),
            description=Text(
                kk="Дереккөздегі нөмірі (INSPIRE nationalCadastralReference)",
                ru="Номер в источнике (INSPIRE nationalCadastralReference)",
                en="Number in the source (INSPIRE nationalCadastralReference)",
            ),
        ),
        Field(
            name="label",
            type=FieldType.STRING,
            title=Text(kk="Картадағы жазу", ru="Подпись на карте", en="Label on the map"),
        ),
        _category(Text(kk="Жер санаты", ru="Категория земель", en="Land category")),
        _permitted_use(Text(kk="Рұқсат етілген пайдалану", ru="Разрешённое использование", en="Permitted use")),
        Field(
            name="purpose_kk",
            type=FieldType.STRING,
            title=Text(kk="Нысаналы мақсаты (қаз.)", ru="Целевое назначение (каз.)", en="Purpose (Kazakh)"),
        ),
        Field(
            name="purpose_ru",
            type=FieldType.STRING,
            title=Text(kk="Нысаналы мақсаты (орыс.)", ru="Целевое назначение (рус.)", en="Purpose (Russian)"),
        ),
        Field(
            name="official_area",
            type=FieldType.NUMBER,
            unit="m2",
            title=Text(kk="Ресми аудан", ru="Площадь по документу", en="Official area"),
            description=Text(
                kk="Құжаттағы аудан (INSPIRE areaValue); есептелген аудан оны ешқашан алмастырмайды",
                ru="Площадь по документу (INSPIRE areaValue); вычисленная никогда её не заменяет",
                en="Area by document (INSPIRE areaValue); a computed one never replaces it",
            ),
        ),
        Field(
            name="divisible",
            type=FieldType.BOOLEAN,
            title=Text(kk="Бөлінетін", ru="Делимый", en="Divisible"),
            description=Text(
                kk="Сәйкестендіру құжатындағы бөлінетіні туралы белгі (Жер кодексі, 51-бап)",
                ru="Отметка о делимости в идентификационном документе (Земельный кодекс, ст. 51)",
                en="Mark of divisibility in the identification document (Land Code, art. 51)",
            ),
        ),
        Field(
            name="address",
            type=FieldType.STRING,
            title=Text(kk="Мекенжайы немесе орналасқан жері", ru="Адрес или местоположение", en="Address or location"),
        ),
        _DERIVED,
    ),
)

ZONE: Final = Layer(
    name="land.zone",
    title=Text(kk="Жерді аймақтарға бөлу", ru="Зонирование земель", en="Land zones"),
    description=Text(
        kk="Жер санаты немесе рұқсат етілген пайдалану белгіленген аумақтар",
        ru="Территории, для которых установлены категория земель или разрешённое использование",
        en="Areas for which a land category or a permitted use is set",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    label="name",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#5b7f3a", fill="#dcebc8", width=1.0, opacity=0.4, min_zoom=10),
    restricting=Restricting(kind="kind", basis="regulation"),
    fields=(
        Field(
            name="kind",
            type=FieldType.STRING,
            title=Text(kk="Аймақ түрі", ru="Вид зоны", en="Kind of zone"),
            description=Text(
                kk="Аймақ нені белгілейді: жер санатын, рұқсат етілген пайдалануды немесе функционалдық аймақты",
                ru="Что устанавливает зона: категорию земель, разрешённое использование или функциональную зону",
                en="What the zone sets: a land category, a permitted use or a functional zone",
            ),
            required=True,
            values=("category", "permitted-use", "functional"),
        ),
        _NAME,
        _category(Text(kk="Жер санаты", ru="Категория земель", en="Land category")),
        _permitted_use(Text(kk="Рұқсат етілген пайдалану", ru="Разрешённое использование", en="Permitted use")),
        Field(
            name="functional_zone",
            type=FieldType.STRING,
            title=Text(kk="Функционалдық аймақ", ru="Функциональная зона", en="Functional zone"),
            codes="functional_zone",
        ),
        _REGULATION,
        _DERIVED,
    ),
)

RESERVATION: Final = Layer(
    name="land.reservation",
    title=Text(kk="Резервке қойылған жерлер", ru="Зарезервированные земли", en="Reserved land"),
    description=Text(
        kk="Мемлекет мұқтажы үшін резервке қойылған аумақтар; босатылғанша учаске берілмейді",
        ru="Территории, зарезервированные для государственных надобностей; до снятия резерва участки там не дают",
        en="Areas reserved for needs of the state; no parcel is granted there before release",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    label="purpose",
    style=Style(stroke="#8a5a00", fill="#ffd98a", width=1.2, opacity=0.4, min_zoom=10),
    restricting=Restricting(basis="regulation"),
    fields=(
        Field(
            name="purpose",
            type=FieldType.STRING,
            title=Text(kk="Резервке қою мақсаты", ru="Цель резервирования", en="Purpose"),
            required=True,
        ),
        _REGULATION,
        Field(
            name="until",
            type=FieldType.DATE,
            title=Text(kk="Белгіленген мерзімі", ru="Срок по акту", en="Term set by the act"),
            description=Text(
                kk="Актіде көрсетілген мерзім; резерв босату туралы актімен ғана аяқталады",
                ru="Срок, названный в акте; резерв прекращается только актом о снятии",
                en="Term named in the act; the reserve itself ends only by an act of release",
            ),
        ),
        _DERIVED,
    ),
)

LAYERS: Final = (QUARTER, PARCEL, ZONE, RESERVATION)
"""The cadastre's layers, in the order in which a city would load them."""
