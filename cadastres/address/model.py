"""Layers of the address cadastre, named after INSPIRE's Addresses (ad/4.0) and Road Transport Networks (tn-ro/4.0).

What ties an address to a parcel, a building or a flat lies in the real-estate cadastre, where premises are declared.
"""

from cadastres.fields import EXTERNAL_REFERENCE, NAMES, OPENSTREETMAP
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

ADMIN_UNIT = Layer(
    name="address.admin_unit",
    title=Text(kk="Әкімшілік бірліктер", ru="Административные единицы", en="Administrative units"),
    description=Text(
        kk="Қала, оның аудандары және елді мекендер, ӘАОЖ (КАТО) кодымен; код реформаларда өзгереді.",
        ru="Город, его районы и населённые пункты с кодом КАТО; при реформах код меняется.",
        en="The city, its districts and settlements with their KATO codes, which change with reforms.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="kato",
            type=FieldType.STRING,
            title=Text(kk="ӘАОЖ коды", ru="Код КАТО", en="KATO code"),
            description=Text(
                kk="Әкімшілік-аумақтық объектілер жіктеуішінің тоғыз таңбалы коды.",
                ru="Девятизначный код классификатора административно-территориальных объектов.",
                en="Nine digits of the classifier of administrative-territorial objects.",
            ),
            key=True,
        ),
        Field(
            name="level",
            type=FieldType.STRING,
            title=Text(kk="Деңгейі", ru="Уровень", en="Level"),
            required=True,
            values=("region", "city", "district", "cityDistrict", "ruralDistrict", "settlement"),
        ),
        Field(
            name="parent_id",
            type=FieldType.INTEGER,
            title=Text(kk="Жоғары тұрған бірлік", ru="Вышестоящая единица", en="Upper unit"),
            refers_to=("address.admin_unit",),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="name",
    style=Style(stroke="#5e3370", width=2.0, min_zoom=6),
)

NAMED_PLACE = Layer(
    name="address.named_place",
    title=Text(kk="Аталған жерлер", ru="Поименованные места", en="Named places"),
    description=Text(
        kk="Шағын аудандар, тұрғын алаптар, бау-бақша серіктестіктері: мекенжай солардың атымен беріледі.",
        ru="Микрорайоны, жилые массивы, садоводческие товарищества: адреса даются по их названию.",
        en="Microdistricts, housing estates, garden societies: addresses are given by their names.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="place_type",
            type=FieldType.STRING,
            title=Text(kk="Түрі", ru="Вид", en="Kind"),
            codes="geonim_type",
        ),
        Field(
            name="admin_unit_id",
            type=FieldType.INTEGER,
            title=Text(kk="Әкімшілік бірлік", ru="Административная единица", en="Administrative unit"),
            refers_to=("address.admin_unit",),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="name",
    style=Style(stroke="#3d6b7d", width=1.2, min_zoom=11),
)

STREET = Layer(
    name="address.street",
    title=Text(kk="Көшелер", ru="Улицы", en="Streets"),
    description=Text(
        kk="Көшелердің, даңғылдардың және аталған өткелдердің осьтік сызықтары; аттас көше — бір нысан.",
        ru="Осевые линии улиц, проспектов и проездов; улица с названием — один объект.",
        en="Centre lines of streets, avenues and lanes; a street with a name is one feature.",
    ),
    geometry=GeometryKind.MULTILINESTRING,
    fields=(
        *NAMES,
        Field(
            name="functional_class",
            type=FieldType.STRING,
            title=Text(kk="Жолдың функционалдық класы", ru="Функциональный класс дороги", en="Functional road class"),
            description=Text(
                kk="Көшенің маңыздырақ бөлігінің класы, INSPIRE FunctionalRoadClassValue бойынша.",
                ru="Класс важнейшего участка улицы по INSPIRE FunctionalRoadClassValue.",
                en="Class of the street's most important stretch, by INSPIRE FunctionalRoadClassValue.",
            ),
            values=(
                "mainRoad", "firstClass", "secondClass", "thirdClass", "fourthClass",
                "fifthClass", "sixthClass", "seventhClass", "eighthClass", "ninthClass",
            ),
        ),
        EXTERNAL_REFERENCE,
        Field(
            name="street_type",
            type=FieldType.STRING,
            title=Text(kk="Түрі", ru="Вид", en="Kind"),
            description=Text(
                kk="Көше, даңғыл, тұйық көше…: қала профиліндегі жіктеуіш бойынша.",
                ru="Улица, проспект, переулок…: по классификатору профиля города.",
                en="Street, avenue, lane...: by the classifier of the city's profile.",
            ),
            codes="geonim_type",
        ),
        Field(
            name="admin_unit_id",
            type=FieldType.INTEGER,
            title=Text(kk="Әкімшілік бірлік", ru="Административная единица", en="Administrative unit"),
            refers_to=("address.admin_unit",),
        ),
    ),
    label="name",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#b8860b", width=2.0, min_zoom=11),
)  # fmt: skip

ADDRESS = Layer(
    name="address.address",
    title=Text(kk="Мекенжайлар", ru="Адреса", en="Addresses"),
    description=Text(
        kk="Көше мен үй нөмірі бойынша мекенжайлар, әрқайсысы өз нүктесімен.",
        ru="Адреса по улице и номеру дома, каждый со своей точкой.",
        en="Addresses by street and house number, each with its point.",
    ),
    geometry=GeometryKind.POINT,
    fields=(
        Field(
            name="locator_designator",
            type=FieldType.STRING,
            title=Text(kk="Үй нөмірі", ru="Номер дома", en="House number"),
            required=True,
        ),
        Field(
            name="locator_name",
            type=FieldType.STRING,
            title=Text(kk="Үйдің атауы", ru="Название дома", en="House name"),
        ),
        Field(
            name="thoroughfare_name",
            type=FieldType.STRING,
            title=Text(kk="Көше", ru="Улица", en="Street"),
            description=Text(
                kk="Көшенің мекенжайда жазылған атауы.",
                ru="Название улицы, как оно записано в адресе.",
                en="Name of the street as the address spells it.",
            ),
        ),
        Field(
            name="street_id",
            type=FieldType.INTEGER,
            title=Text(kk="Көшенің тізілімдегі нөмірі", ru="Номер улицы в регистре", en="Street's id in the register"),
            description=Text(
                kk="address.street қабатындағы аттас, ең жақын көшенің feature_id мәні; ондай көше болмаса, бос.",
                ru="feature_id ближайшей одноимённой улицы слоя address.street; пусто, если такой нет.",
                en="The feature_id of the nearest street of that name in address.street; empty where there is none.",
            ),
            refers_to=("address.street",),
        ),
        Field(
            name="post_code",
            type=FieldType.STRING,
            title=Text(kk="Пошта индексі", ru="Почтовый индекс", en="Post code"),
        ),
        Field(
            name="position_specification",
            type=FieldType.STRING,
            title=Text(kk="Нүктенің орны", ru="Положение точки", en="What the point marks"),
            description=Text(
                kk="INSPIRE GeometrySpecificationValue бойынша: ғимарат, кіреберіс немесе өзге мекенжай нүктесі.",
                ru="По INSPIRE GeometrySpecificationValue: здание, вход или иная точка адреса.",
                en="By INSPIRE GeometrySpecificationValue: a building, an entrance or some other point of the address.",
            ),
            required=True,
            values=("building", "entrance", "addressArea", "parcel"),
        ),
        EXTERNAL_REFERENCE,
        Field(
            name="rka",
            type=FieldType.STRING,
            title=Text(kk="МТК (РКА)", ru="РКА", en="Address registration code (RCA)"),
            description=Text(
                kk="Мекенжайдың тіркеу коды: 16 цифр, ешқашан қайта берілмейді.",
                ru="Регистрационный код адреса: 16 цифр, никогда не выдаётся повторно.",
                en="Registration code of the address: 16 digits, never issued again.",
            ),
            identifier=True,
        ),
        Field(
            name="locator_block",
            type=FieldType.STRING,
            title=Text(kk="Корпус", ru="Корпус", en="Block of the building"),
        ),
        Field(
            name="locator_level",
            type=FieldType.STRING,
            title=Text(kk="Мекенжай деңгейі", ru="Уровень адреса", en="Level of the locator"),
            description=Text(
                kk="INSPIRE LocatorLevelValue бойынша: үй немесе учаске, кіреберіс, пәтер; бос болса — үй.",
                ru="По INSPIRE LocatorLevelValue: дом или участок, подъезд, квартира; пусто — дом.",
                en="By INSPIRE LocatorLevelValue: site, access, unit (a flat); empty means the site.",
            ),
            values=("siteLevel", "accessLevel", "unitLevel"),
        ),
        Field(
            name="parent_address_id",
            type=FieldType.INTEGER,
            title=Text(kk="Негізгі мекенжай", ru="Основной адрес", en="Parent address"),
            description=Text(
                kk="Пәтер тұрған үйдің мекенжайы.",
                ru="Адрес дома, в котором находится квартира.",
                en="Address of the building in which a flat lies.",
            ),
            refers_to=("address.address",),
        ),
        Field(
            name="named_place_id",
            type=FieldType.INTEGER,
            title=Text(kk="Аталған жер", ru="Поименованное место", en="Named place"),
            refers_to=("address.named_place",),
        ),
        Field(
            name="admin_unit_id",
            type=FieldType.INTEGER,
            title=Text(kk="Әкімшілік бірлік", ru="Административная единица", en="Administrative unit"),
            refers_to=("address.admin_unit",),
        ),
    ),
    label="locator_designator",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#7a1f1f", fill="#c0392b", width=1.0, min_zoom=16),
)

ALIAS = Layer(
    name="address.alias",
    title=Text(kk="Бұрынғы және өзге атаулар", ru="Прежние и иные названия", en="Former and other names"),
    description=Text(
        kk="Көшенің, аталған жердің немесе әкімшілік бірліктің бұрынғы, қысқа және халықтық атаулары.",
        ru="Прежние, краткие и народные названия улицы, места или административной единицы.",
        en="Former, short and popular names of a street, a place or an administrative unit.",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        Field(
            name="place_id",
            type=FieldType.INTEGER,
            title=Text(kk="Кімнің атауы", ru="Чьё название", en="Whose name it is"),
            required=True,
            refers_to=("address.street", "address.named_place", "address.admin_unit"),
        ),
        *NAMES,
        Field(
            name="kind",
            type=FieldType.STRING,
            title=Text(kk="Түрі", ru="Вид", en="Kind"),
            required=True,
            values=("former", "variant", "short"),
        ),
    ),
    label="name",
)

LAYERS = (ADMIN_UNIT, NAMED_PLACE, STREET, ADDRESS, ALIAS)
"""The cadastre's layers, in the order in which a city would load them."""
