"""Layers of the address cadastre, named after INSPIRE's Addresses (ad/4.0) and Road Transport Networks (tn-ro/4.0)."""

from cadastres.fields import EXTERNAL_REFERENCE, NAMES, OPENSTREETMAP
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

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
            required=True,
            values=(
                "mainRoad", "firstClass", "secondClass", "thirdClass", "fourthClass",
                "fifthClass", "sixthClass", "seventhClass", "eighthClass", "ninthClass",
            ),
        ),
        EXTERNAL_REFERENCE,
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
            values=("building", "entrance", "addressArea"),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="locator_designator",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#7a1f1f", fill="#c0392b", width=1.0, min_zoom=16),
)
