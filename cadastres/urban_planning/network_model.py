"""Layers of engineering networks, named after INSPIRE's Utility Networks (us-net-common/5.0) where it has names.

A network is lines between nodes: each end of a line names the node at which it ends, and what flows goes from one node
to the next. Flow direction, valves and switches make it a network that can be traced (:mod:`gis.network`).
"""

from typing import Final

from cadastres.fields import EXTERNAL_REFERENCE, LEGAL_BASIS, NAMES, OPENSTREETMAP_WHERE_DERIVED
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

NETWORKS: Final = ("water", "sewer", "stormwater", "thermal", "gas", "oil", "electricity", "telecommunications")
"""INSPIRE UtilityNetworkTypeValue, sewers parted from storm drains, and gas from oil."""

COLLECTING: Final = ("sewer", "stormwater")
"""Networks that carry away: they run from consumers to an outfall."""

STATUSES: Final = ("functional", "projected", "underConstruction", "disused", "decommissioned")
"""INSPIRE ConditionOfFacilityValue."""

POSITIONS: Final = ("underground", "onGroundSurface", "suspendedOrElevated")
"""INSPIRE VerticalPositionValue."""

MATERIALS: Final = (
    "steel", "castIron", "polyethylene", "polyvinylChloride", "concrete", "reinforcedConcrete", "asbestosCement",
    "ceramic", "masonry", "copper", "aluminium", "steelAluminium", "opticalFibre", "other",
)  # fmt: skip

NODE_KINDS: Final = (
    "source", "consumer", "outfall", "valve", "switch", "regulator", "pump", "transformer", "hydrant", "manhole",
    "chamber", "pole", "tower", "junction", "terminal",
)  # fmt: skip
OPERABLE: Final = ("valve", "switch")
"""Nodes that can be shut."""

STRUCTURE_KINDS: Final = (
    "pumpingStation", "treatmentPlant", "reservoir", "waterTower", "boilerHouse", "powerPlant", "heatPoint",
    "substation", "transformerPoint", "gasRegulatorPoint", "exchange", "chamber", "other",
)  # fmt: skip


def _network(*, required: bool = True, key: bool = False) -> Field:
    return Field(
        name="utility_network_type",
        type=FieldType.STRING,
        title=Text(kk="Желі түрі", ru="Вид сети", en="Kind of network"),
        description=Text(
            kk="Сумен жабдықтау, кәріз, нөсер кәрізі, жылу, газ, мұнай, электр, байланыс (INSPIRE utilityNetworkType)",
            ru="Водоснабжение, канализация, ливнёвка, тепло, газ, нефть, электричество, связь "
            "(INSPIRE utilityNetworkType)",
            en="Water, sewer, storm drain, heat, gas, oil, power, telecommunications (INSPIRE utilityNetworkType)",
        ),
        required=required,
        values=NETWORKS,
        key=key,
    )


_STATUS = Field(
    name="current_status",
    type=FieldType.STRING,
    title=Text(kk="Күйі", ru="Состояние", en="Current status"),
    description=Text(
        kk="Жұмыс істейді, жобаланған, салынуда, пайдаланылмайды немесе пайдаланудан шығарылған "
        "(INSPIRE currentStatus)",
        ru="Действует, проектируется, строится, не используется или выведен из эксплуатации (INSPIRE currentStatus)",
        en="Functional, projected, under construction, disused or decommissioned (INSPIRE currentStatus)",
    ),
    required=True,
    values=STATUSES,
)
_POSITION = Field(
    name="vertical_position",
    type=FieldType.STRING,
    title=Text(kk="Жер бетіне қатысты орны", ru="Положение относительно земли", en="Vertical position"),
    description=Text(
        kk="Жер астында, жер бетінде немесе ілулі (INSPIRE verticalPosition)",
        ru="Под землёй, на поверхности или на весу (INSPIRE verticalPosition)",
        en="Underground, on the surface or suspended (INSPIRE verticalPosition)",
    ),
    values=POSITIONS,
)
_OPERATOR = (
    Field(
        name="operator",
        type=FieldType.STRING,
        title=Text(kk="Пайдаланушы ұйым", ru="Эксплуатирующая организация", en="Operator"),
        description=Text(
            kk="Желіге жауапты ұйымның атауы (INSPIRE authorityRole); жеке тұлға ешқашан көрсетілмейді",
            ru="Организация, отвечающая за сеть (INSPIRE authorityRole); физическое лицо не указывается никогда",
            en="Organisation in charge of the network (INSPIRE authorityRole); a natural person never stands here",
        ),
    ),
    Field(
        name="operator_bin",
        type=FieldType.STRING,
        title=Text(kk="Ұйымның БСН-і", ru="БИН организации", en="Operator's BIN"),
    ),
)
_VOLTAGE = Field(
    name="voltage",
    type=FieldType.NUMBER,
    unit="V",
    title=Text(kk="Номиналды кернеу", ru="Номинальное напряжение", en="Nominal voltage"),
)
_PROTECTION_CLASS = Field(
    name="protection_class",
    type=FieldType.STRING,
    title=Text(kk="Қорғау аймағының класы", ru="Класс охранной зоны", en="Class of the protective zone"),
    description=Text(
        kk="Қорғау аймағының ені осы класс бойынша алынады; бос болса, кернеу мен қысымнан шығады",
        ru="По этому классу берётся ширина охранной зоны; если пусто, он следует из напряжения и давления",
        en="The width of the protective zone goes by this class; where empty, it follows from voltage and pressure",
    ),
)


def _node(name: str, title: Text) -> Field:
    return Field(name=name, type=FieldType.INTEGER, title=title, refers_to=("urban_planning.network_node",))


def _metres(name: str, title: Text, description: Text) -> Field:
    return Field(name=name, type=FieldType.NUMBER, unit="m", title=title, description=description)


NETWORK_STRUCTURE: Final = Layer(
    name="urban_planning.network_structure",
    title=Text(kk="Инженерлік желі құрылыстары", ru="Сооружения инженерных сетей", en="Structures of utility networks"),
    description=Text(
        kk="Сорғы станциялары, қазандықтар, қосалқы станциялар, камералар және желінің өзге де құрылыстары",
        ru="Насосные станции, котельные, подстанции, камеры и другие сооружения сетей",
        en="Pumping stations, boiler houses, substations, chambers and other structures of networks",
    ),
    geometry=GeometryKind.POLYGON,
    label="name",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#5a4a78", fill="#d9d0e8", width=1.0, opacity=0.7, min_zoom=13),
    fields=(
        *NAMES,
        _network(key=True),
        Field(
            name="structure_kind",
            type=FieldType.STRING,
            title=Text(kk="Құрылыс түрі", ru="Вид сооружения", en="Kind of structure"),
            required=True,
            values=STRUCTURE_KINDS,
        ),
        _STATUS,
        _POSITION,
        *_OPERATOR,
        _VOLTAGE,
        _PROTECTION_CLASS,
        EXTERNAL_REFERENCE,
    ),
)

NETWORK_NODE: Final = Layer(
    name="urban_planning.network_node",
    title=Text(kk="Инженерлік желі тораптары", ru="Узлы инженерных сетей", en="Nodes of utility networks"),
    description=Text(
        kk="Желі сызықтары басталатын, аяқталатын, тармақталатын нүктелер: көз, тұтынушы, ысырма, құдық",
        ru="Точки, где линии сетей начинаются, кончаются и ветвятся: источники, потребители, задвижки, колодцы",
        en="Points at which lines of networks begin, end and branch: sources, consumers, valves, manholes",
    ),
    geometry=GeometryKind.POINT,
    label="designation",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#3d3d3d", fill="#ffffff", width=1.0, min_zoom=15),
    fields=(
        _network(),
        Field(
            name="node_kind",
            type=FieldType.STRING,
            title=Text(kk="Торап түрі", ru="Вид узла", en="Kind of node"),
            required=True,
            values=NODE_KINDS,
        ),
        Field(
            name="lets_through",
            type=FieldType.BOOLEAN,
            title=Text(kk="Өткізеді", ru="Пропускает", en="Lets through"),
            description=Text(
                kk="Ысырма ашық немесе ажыратқыш қосулы; жабық ысырма мен ажыратылған ажыратқыш өткізбейді",
                ru="Задвижка открыта, выключатель включён; закрытая задвижка и отключённый выключатель не пропускают",
                en="A valve is open or a switch is on; a shut valve and a switch that is off let nothing through",
            ),
        ),
        Field(
            name="designation",
            type=FieldType.STRING,
            title=Text(kk="Белгісі", ru="Обозначение", en="Designation"),
        ),
        _STATUS,
        Field(
            name="structure_id",
            type=FieldType.INTEGER,
            title=Text(kk="Құрылысы", ru="Сооружение", en="Structure it is in"),
            refers_to=(NETWORK_STRUCTURE.name,),
        ),
        _metres(
            "elevation",
            Text(kk="Биіктік белгісі", ru="Отметка", en="Elevation"),
            Text(
                kk="Қақпақтың немесе жер бетінің теңіз деңгейінен биіктігі",
                ru="Высота крышки или земли над уровнем моря",
                en="Height of its cover or of the ground above sea level",
            ),
        ),
        *_OPERATOR,
        EXTERNAL_REFERENCE,
    ),
)

NETWORK_LINE: Final = Layer(
    name="urban_planning.network_line",
    title=Text(kk="Инженерлік желі сызықтары", ru="Линии инженерных сетей", en="Lines of utility networks"),
    description=Text(
        kk="Құбырлар, кабельдер және әуе желілері; әр сызық бір тораптан екіншісіне барады",
        ru="Трубопроводы, кабели и воздушные линии; каждая линия идёт от узла к узлу",
        en="Pipes, cables and overhead lines; each line runs from one node to another",
    ),
    geometry=GeometryKind.LINESTRING,
    label="designation",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#8a4fa3", width=1.6, min_zoom=12),
    fields=(
        _network(key=True),
        _node("from_node", Text(kk="Бастапқы торабы", ru="Начальный узел", en="Node it begins at")),
        _node("to_node", Text(kk="Соңғы торабы", ru="Конечный узел", en="Node it ends at")),
        Field(
            name="flow_direction",
            type=FieldType.STRING,
            title=Text(kk="Ағын бағыты", ru="Направление потока", en="Flow direction"),
            description=Text(
                kk="Тек бастапқы тораптан соңғысына қарай немесе екі жаққа (INSPIRE LinkDirectionValue)",
                ru="Только от начального узла к конечному или в обе стороны (INSPIRE LinkDirectionValue)",
                en="From the first node to the last only, or both ways (INSPIRE LinkDirectionValue)",
            ),
            required=True,
            values=("inDirection", "bothDirections"),
        ),
        Field(
            name="designation",
            type=FieldType.STRING,
            title=Text(kk="Белгісі", ru="Обозначение", en="Designation"),
        ),
        _STATUS,
        _POSITION,
        *_OPERATOR,
        Field(
            name="diameter",
            type=FieldType.NUMBER,
            unit="mm",
            title=Text(kk="Сыртқы диаметрі", ru="Наружный диаметр", en="Outer diameter"),
            description=Text(
                kk="Құбырдың немесе кабель арнасының сыртқы диаметрі (INSPIRE pipeDiameter)",
                ru="Наружный диаметр трубы или кабельного канала (INSPIRE pipeDiameter)",
                en="Outer diameter of a pipe or duct (INSPIRE pipeDiameter)",
            ),
        ),
        Field(
            name="pressure",
            type=FieldType.NUMBER,
            unit="kPa",
            title=Text(kk="Жұмыс қысымы", ru="Рабочее давление", en="Working pressure"),
            description=Text(
                kk="Артық қысым; өздігінен ағатын желіде 0 (INSPIRE pressure)",
                ru="Избыточное давление; у самотёчной линии 0 (INSPIRE pressure)",
                en="Gauge pressure; 0 where it flows by gravity (INSPIRE pressure)",
            ),
        ),
        Field(
            name="pressure_class",
            type=FieldType.STRING,
            title=Text(kk="Қысым класы", ru="Класс давления", en="Pressure class"),
            values=("gravity", "low", "medium", "high"),
        ),
        _VOLTAGE,
        Field(
            name="circuits",
            type=FieldType.INTEGER,
            title=Text(kk="Тізбек саны", ru="Число цепей", en="Circuits"),
        ),
        Field(
            name="insulated",
            type=FieldType.BOOLEAN,
            title=Text(kk="Оқшауланған сымдар", ru="Изолированные провода", en="Insulated wires"),
        ),
        _metres(
            "half_width",
            Text(kk="Осінен шетіне дейін", ru="От оси до края", en="From axis to edge"),
            Text(
                kk="Сызық осінен шеткі сымға, құбырға немесе арна қабырғасына дейінгі қашықтық",
                ru="От оси линии до крайнего провода, трубы или стенки канала",
                en="From the line's axis to the outermost wire or pipe, or to the wall of the duct",
            ),
        ),
        Field(
            name="material",
            type=FieldType.STRING,
            title=Text(kk="Материалы", ru="Материал", en="Material"),
            values=MATERIALS,
        ),
        _metres(
            "depth_from",
            Text(kk="Басындағы тереңдігі", ru="Глубина в начале", en="Depth at its beginning"),
            Text(
                kk="Жер бетінен сызықтың үстіне дейін; ілулі сызықта теріс (жерден биіктігі)",
                ru="От земли до верха линии; у подвешенной отрицательная (высота над землёй)",
                en="From the ground to the line's top; negative (height above ground) where it is suspended",
            ),
        ),
        _metres(
            "depth_to",
            Text(kk="Соңындағы тереңдігі", ru="Глубина в конце", en="Depth at its end"),
            Text(
                kk="Соңғы торапта, басындағыдай өлшенеді",
                ru="У конечного узла, измеряется как в начале",
                en="At its last node, measured as at its beginning",
            ),
        ),
        _metres(
            "invert_from",
            Text(kk="Басындағы науа белгісі", ru="Отметка лотка в начале", en="Invert at its beginning"),
            Text(
                kk="Құбыр науасының теңіз деңгейінен биіктігі",
                ru="Высота лотка трубы над уровнем моря",
                en="Height of the pipe's invert above sea level",
            ),
        ),
        _metres(
            "invert_to",
            Text(kk="Соңындағы науа белгісі", ru="Отметка лотка в конце", en="Invert at its end"),
            Text(
                kk="Құбыр науасының теңіз деңгейінен биіктігі",
                ru="Высота лотка трубы над уровнем моря",
                en="Height of the pipe's invert above sea level",
            ),
        ),
        _PROTECTION_CLASS,
        EXTERNAL_REFERENCE,
    ),
)

CLEARANCE: Final = Layer(
    name="urban_planning.clearance",
    title=Text(kk="Желілер арасындағы қашықтықтар", ru="Расстояния между сетями", en="Clearances between networks"),
    description=Text(
        kk="Екі түрлі желінің арасында сақталуы тиіс ең аз қашықтықтар: жоспарда және тереңдікте, актісімен",
        ru="Наименьшие расстояния между двумя сетями, в плане и по глубине, с актом, который их установил",
        en="Least distances between two networks, in plan and in depth, with the act that sets them",
    ),
    geometry=GeometryKind.NONE,
    label="legal_basis",
    fields=(
        Field(
            name="one_network",
            type=FieldType.STRING,
            title=Text(kk="Бір желі", ru="Одна сеть", en="One network"),
            description=Text(
                kk="Екеуінің әліпби бойынша біріншісі",
                ru="Первая из двух по алфавиту",
                en="The first of the two by the alphabet",
            ),
            required=True,
            key=True,
            values=NETWORKS,
        ),
        Field(
            name="other_network",
            type=FieldType.STRING,
            title=Text(kk="Екінші желі", ru="Другая сеть", en="Other network"),
            required=True,
            values=NETWORKS,
        ),
        _metres(
            "min_horizontal",
            Text(kk="Жоспардағы ең аз қашықтық", ru="Наименьшее расстояние в плане", en="Least distance in plan"),
            Text(
                kk="Қатар жүретін желілердің шеттері арасында",
                ru="Между краями сетей, идущих рядом",
                en="Between the edges of networks that run side by side",
            ),
        ),
        _metres(
            "min_vertical",
            Text(kk="Тереңдіктегі ең аз қашықтық", ru="Наименьшее расстояние по высоте", en="Least distance in depth"),
            Text(
                kk="Қиылысатын желілердің арасындағы тік саңылау",
                ru="Просвет по вертикали между пересекающимися сетями",
                en="Vertical gap between networks that cross",
            ),
        ),
        LEGAL_BASIS,
        Field(
            name="confirmed",
            type=FieldType.BOOLEAN,
            title=Text(kk="Расталған", ru="Подтверждено", en="Confirmed"),
            description=Text(
                kk="Мәні актінің өзінен оқылған; расталмаған норма ескерту береді, тыйым салмайды",
                ru="Значение прочитано в самом акте; неподтверждённая норма предупреждает, но не запрещает",
                en="The value was read in the act itself; a norm that is not confirmed warns but does not forbid",
            ),
            required=True,
        ),
    ),
)

LAYERS: Final = (NETWORK_STRUCTURE, NETWORK_NODE, NETWORK_LINE, CLEARANCE)
"""In the order in which a city is loaded."""
