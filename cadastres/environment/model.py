"""Layers of the environmental cadastre: waters, green and protected areas, and what harms its surroundings.

Names follow INSPIRE's Hydrography (hy-p/4.0), Protected Sites (ps/5.0) and Area Management (am/4.0) where they have
one. The zones that follow from what is kept here are in :mod:`cadastres.environment.zone_model`, hazards and
monitoring in :mod:`cadastres.environment.monitoring_model`.
"""

from typing import Final

from cadastres.fields import EXTERNAL_REFERENCE, LEGAL_BASIS, NAMES, OPENSTREETMAP, OPENSTREETMAP_WHERE_DERIVED, REGIME
from gis.layer import Field, FieldType, GeometryKind, Layer, Restricting, Style
from gis.text import Text

NO_BUILDING: Final = Field(
    name="no_building",
    type=FieldType.BOOLEAN,
    title=Text(kk="Құрылыс салуға тыйым салынған", ru="Строительство запрещено", en="No building"),
)
"""Whether the regime forbids to build."""

COMPETENT_AUTHORITY: Final = Field(
    name="competent_authority",
    type=FieldType.STRING,
    title=Text(kk="Уәкілетті орган", ru="Уполномоченный орган", en="Competent authority"),
)
"""INSPIRE am/4.0 competentAuthority."""

WATER_BODY = Layer(
    name="environment.water_body",
    title=Text(kk="Су айдындары", ru="Водные объекты", en="Water bodies"),
    description=Text(
        kk="Көлдердің, тоғандардың, су қоймаларының және кең өзендердің су беті.",
        ru="Зеркало озёр, прудов, водохранилищ и широких рек.",
        en="Surface of lakes, ponds, reservoirs and wide rivers.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="water_type",
            type=FieldType.STRING,
            title=Text(kk="Су нысанының түрі", ru="Вид водного объекта", en="Kind of water"),
            description=Text(
                kk="Теңіз, тұйық су немесе ағын су; белгісіз болса, unknown.",
                ru="Море, стоячая вода или водоток; unknown, если неизвестно.",
                en="Sea, standing water or a watercourse; unknown where the source does not tell.",
            ),
            required=True,
            values=("sea", "standingWater", "watercourse", "unknown"),
        ),
        Field(
            name="origin",
            type=FieldType.STRING,
            title=Text(kk="Шығу тегі", ru="Происхождение", en="Origin"),
            description=Text(
                kk="INSPIRE OriginValue бойынша: табиғи немесе жасанды.",
                ru="По INSPIRE OriginValue: естественное или искусственное.",
                en="By INSPIRE OriginValue: natural or man-made.",
            ),
            values=("natural", "manMade"),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="name",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#2b6c99", fill="#a6cee3", width=0.8, opacity=0.9, min_zoom=8),
)

GREEN_AREA = Layer(
    name="environment.green_area",
    title=Text(kk="Жасыл аймақтар", ru="Зелёные территории", en="Green areas"),
    description=Text(
        kk="Саябақтар, бақтар, ормандар, көгалдар мен зираттар.",
        ru="Парки, сады, леса, газоны и кладбища.",
        en="Parks, gardens, woods, lawns and cemeteries.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="green_area_type",
            type=FieldType.STRING,
            title=Text(kk="Жасыл аймақтың түрі", ru="Вид зелёной территории", en="Kind of green area"),
            required=True,
            values=("park", "garden", "wood", "grass", "scrub", "cemetery", "allotments", "orchard", "protectedArea"),
        ),
        EXTERNAL_REFERENCE,
    ),
    label="name",
    attribution=(OPENSTREETMAP,),
    style=Style(stroke="#4d8c57", fill="#b7dfb9", width=0.8, opacity=0.8, min_zoom=10),
)

WATER_REACH: Final = Layer(
    name="environment.water_reach",
    title=Text(kk="Су нысандарының телімдері", ru="Участки водных объектов", en="Reaches of water bodies"),
    description=Text(
        kk="Су қорғау аймағы мен белдеуінің ені өлшенетін жағалау немесе ось сызығының телімі.",
        ru="Участок берега или оси, от которого отмеряют водоохранную зону и полосу.",
        en="Stretch of a bank or an axis from which the protection zone and strip are measured.",
    ),
    geometry=GeometryKind.MULTILINESTRING,
    fields=(
        *NAMES,
        Field(
            name="water_body_id",
            type=FieldType.INTEGER,
            title=Text(kk="Су айдыны", ru="Водный объект", en="Water body"),
            refers_to=(WATER_BODY.name,),
        ),
        Field(
            name="water_class",
            type=FieldType.STRING,
            title=Text(kk="Су нысанының сыныбы", ru="Класс водного объекта", en="Class of water"),
            description=Text(
                kk="Жалпы ендер осы сынып бойынша параметрлерден алынады.",
                ru="По этому классу общие ширины берутся из параметров.",
                en="General widths are taken from the parameters by this class.",
            ),
            required=True,
            codes="water_class",
            key=True,
        ),
        Field(
            name="measured_from",
            type=FieldType.STRING,
            title=Text(kk="Сызықтың мәні", ru="Что за линия", en="What the line is"),
            description=Text(
                kk="Жағалау сызығы немесе арна осі.",
                ru="Береговая линия или ось русла.",
                en="Shoreline, or axis of the channel.",
            ),
            required=True,
            values=("shoreline", "axis"),
        ),
        Field(
            name="half_width",
            type=FieldType.NUMBER,
            unit="m",
            title=Text(kk="Арна енінің жартысы", ru="Полуширина русла", en="Half width of the channel"),
            description=Text(
                kk="Осьтен су жиегіне дейін; ендерге қосылады.",
                ru="От оси до уреза воды; прибавляется к ширинам.",
                en="From the axis to the water's edge; added to the widths.",
            ),
        ),
        Field(
            name="zone_width",
            type=FieldType.NUMBER,
            unit="m",
            title=Text(kk="Аймақ ені (жоба бойынша)", ru="Ширина зоны по проекту", en="Width of the zone by project"),
        ),
        Field(
            name="strip_width",
            type=FieldType.NUMBER,
            unit="m",
            title=Text(
                kk="Белдеу ені (жоба бойынша)", ru="Ширина полосы по проекту", en="Width of the strip by project"
            ),
        ),
        LEGAL_BASIS,
        EXTERNAL_REFERENCE,
    ),
    label="name",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#1f5fa8", width=2.0, min_zoom=10),
)

PROTECTED_SITE: Final = Layer(
    name="environment.protected_site",
    title=Text(
        kk="Ерекше қорғалатын табиғи аумақтар", ru="Особо охраняемые природные территории", en="Protected natural areas"
    ),
    description=Text(
        kk="Қорықтар, ұлттық парктер, табиғат ескерткіштері және өзге де аумақтар (INSPIRE ProtectedSite).",
        ru="Заповедники, национальные парки, памятники природы и другие территории (INSPIRE ProtectedSite).",
        en="Reserves, national parks, natural monuments and the like (INSPIRE ProtectedSite).",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="site_kind",
            type=FieldType.STRING,
            title=Text(kk="Аумақтың түрі", ru="Вид территории", en="Kind of site"),
            required=True,
            codes="protected_site_kind",
        ),
        Field(
            name="legal_foundation_date",
            type=FieldType.DATE,
            title=Text(kk="Құрылған күні", ru="Дата создания", en="Legal foundation date"),
        ),
        Field(
            name="legal_foundation_document",
            type=FieldType.STRING,
            title=Text(kk="Құру туралы акт", ru="Акт о создании", en="Legal foundation document"),
        ),
        COMPETENT_AUTHORITY,
        Field(
            name="official_area",
            type=FieldType.NUMBER,
            unit="m2",
            title=Text(kk="Паспорттағы аудан", ru="Площадь по паспорту", en="Area by the site's passport"),
        ),
        NO_BUILDING,
        *REGIME,
        LEGAL_BASIS,
        EXTERNAL_REFERENCE,
    ),
    label="name",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#1e6b3a", fill="#8fcf9f", width=1.4, opacity=0.4, min_zoom=7),
    restricting=Restricting(
        kind="site_kind",
        regime=("regime_kk", "regime_ru", "regime_en"),
        basis="legal_basis",
        no_building="no_building",
    ),
)

PROTECTED_ZONE: Final = Layer(
    name="environment.protected_zone",
    title=Text(
        kk="Қорғалатын аумақтардың функционалдық аймақтары",
        ru="Функциональные зоны охраняемых территорий",
        en="Functional zones of protected areas",
    ),
    description=Text(
        kk="Қорғалатын аумақтың өз режимі бар бөліктері және оның айналасындағы күзет аймағы.",
        ru="Части охраняемой территории со своим режимом и охранная зона вокруг неё.",
        en="Parts of a protected area with a regime of their own, and the buffer zone around it.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        Field(
            name="site_id",
            type=FieldType.INTEGER,
            title=Text(kk="Қорғалатын аумақ", ru="Охраняемая территория", en="Protected site"),
            required=True,
            refers_to=(PROTECTED_SITE.name,),
        ),
        Field(
            name="zone_type",
            type=FieldType.STRING,
            title=Text(kk="Аймақ түрі", ru="Вид зоны", en="Type of zone"),
            required=True,
            codes="protected_zone_type",
        ),
        NO_BUILDING,
        *REGIME,
        LEGAL_BASIS,
    ),
    label="zone_type",
    style=Style(stroke="#2f7d4a", fill="#cfe8c9", width=0.8, opacity=0.4, min_zoom=9),
    restricting=Restricting(
        kind="zone_type",
        regime=("regime_kk", "regime_ru", "regime_en"),
        basis="legal_basis",
        no_building="no_building",
    ),
)

FACILITY: Final = Layer(
    name="environment.facility",
    title=Text(
        kk="Санитариялық қорғау аймағы бар нысандар",
        ru="Объекты с санитарно-защитной зоной",
        en="Facilities with a sanitary zone",
    ),
    description=Text(
        kk="Қоршаған ортаға әсер ететін өндірістер мен құрылыстар, қауіптілік сыныбымен.",
        ru="Производства и сооружения, влияющие на среду обитания, с классом опасности.",
        en="Works and structures that affect their surroundings, with their hazard class.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    fields=(
        *NAMES,
        Field(
            name="activity",
            type=FieldType.STRING,
            title=Text(kk="Қызмет түрі", ru="Вид деятельности", en="Activity"),
        ),
        Field(
            name="hazard_class",
            type=FieldType.STRING,
            title=Text(kk="Қауіптілік сыныбы", ru="Класс опасности", en="Hazard class"),
            required=True,
            codes="sanitary_class",
            key=True,
        ),
        Field(
            name="zone_width",
            type=FieldType.NUMBER,
            unit="m",
            title=Text(kk="Аймақ ені (жоба бойынша)", ru="Ширина зоны по проекту", en="Width of the zone by project"),
        ),
        LEGAL_BASIS,
        EXTERNAL_REFERENCE,
    ),
    label="name",
    style=Style(stroke="#6b3a2e", fill="#d9b8ab", width=1.0, opacity=0.7, min_zoom=11),
)

LAYERS: Final = (WATER_BODY, GREEN_AREA, WATER_REACH, PROTECTED_SITE, PROTECTED_ZONE, FACILITY)
"""The cadastre's own objects, in the order in which a city would load them."""
