"""Fields that layers of several cadastres share."""

from gis.layer import Field, FieldType
from gis.text import Text

OPENSTREETMAP = "© OpenStreetMap contributors, ODbL"
"""Must be named wherever data made from OpenStreetMap shows (ODbL 1.0, section 4.3)."""

OPENSTREETMAP_WHERE_DERIVED = "Derived features: © OpenStreetMap contributors, ODbL"
"""The same, of layers in which only features marked ``derived`` are made from OpenStreetMap."""

NAMES = (
    Field(
        name="name",
        type=FieldType.STRING,
        title=Text(kk="Атауы", ru="Название", en="Name"),
        description=Text(
            kk="Дереккөздегі атауы, сол жердің тілінде.",
            ru="Название, как оно дано в источнике, на языке места.",
            en="Name as the source gives it, in the language of the place.",
        ),
    ),
    Field(
        name="name_kk",
        type=FieldType.STRING,
        title=Text(kk="Қазақша атауы", ru="Название на казахском", en="Name in Kazakh"),
    ),
    Field(
        name="name_ru",
        type=FieldType.STRING,
        title=Text(kk="Орысша атауы", ru="Название на русском", en="Name in Russian"),
    ),
    Field(
        name="name_en",
        type=FieldType.STRING,
        title=Text(kk="Ағылшынша атауы", ru="Название на английском", en="Name in English"),
    ),
)
"""INSPIRE GeographicalName: as spelled on the place, and in each language of the register."""

EXTERNAL_REFERENCE = Field(
    name="external_reference",
    type=FieldType.STRING,
    title=Text(kk="Дереккөздегі белгісі", ru="Обозначение в источнике", en="Reference in the source"),
    description=Text(
        kk="Нысанның бастапқы деректердегі белгісі, мысалы way/25514394.",
        ru="Обозначение объекта в исходных данных, например way/25514394.",
        en="What the object is called in the data it came from, for example way/25514394.",
    ),
)
"""INSPIRE bu-base externalReference."""

REGIME = (
    Field(
        name="regime_kk",
        type=FieldType.STRING,
        title=Text(kk="Режимі (қаз.)", ru="Режим (каз.)", en="Regime (Kazakh)"),
        description=Text(
            kk="Мұнда не тыйым салынған, не рұқсат етілген.",
            ru="Что здесь запрещено и что разрешено.",
            en="What is forbidden here, and what is allowed.",
        ),
    ),
    Field(
        name="regime_ru",
        type=FieldType.STRING,
        title=Text(kk="Режимі (орыс.)", ru="Режим (рус.)", en="Regime (Russian)"),
    ),
    Field(
        name="regime_en",
        type=FieldType.STRING,
        title=Text(kk="Режимі (ағылш.)", ru="Режим (англ.)", en="Regime (English)"),
    ),
)
"""What is forbidden or allowed where a restriction lies (INSPIRE am/4.0, ps/5.0)."""

LEGAL_BASIS = Field(
    name="legal_basis",
    type=FieldType.STRING,
    title=Text(kk="Құқықтық негізі", ru="Правовое основание", en="Legal basis"),
    description=Text(
        kk="Шектеу шығатын норма немесе акт, мысалы су қорғау аймағын белгілеу туралы қаулы.",
        ru="Норма или акт, из которых следует ограничение, например постановление об установлении водоохранной зоны.",
        en="The norm or act that the restriction follows from, for example a decree on a water-protection zone.",
    ),
)
"""INSPIRE am/4.0 legalBasis."""
