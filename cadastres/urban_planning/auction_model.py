"""Layers of land auctions: lots, auctions, bids; and, closed to the public, who takes part. Sums are whole tenge."""

from typing import Final

from cadastres.urban_planning.construction_model import CLERKS, ONLOOKERS, reference, tenge, text
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

PLANNED: Final = "planned"
ANNOUNCED: Final = "announced"
SOLD: Final = "sold"
CANCELLED: Final = "cancelled"

OPEN: Final = (PLANNED, ANNOUNCED)
"""States in which a lot is on offer, so that its land must stay free."""

AWARDED: Final = "awarded"
VOID: Final = "void"
CONCLUDED: Final = "concluded"

ENGLISH: Final = "english"
DUTCH: Final = "dutch"

OWNERSHIP: Final = "ownership"
LEASE: Final = "lease"

AUCTION_LOT: Final = Layer(
    name="urban_planning.auction_lot",
    title=Text(kk="Жер аукционының лоттары", ru="Лоты земельных аукционов", en="Lots of land auctions"),
    description=Text(
        kk="Аукционға шығарылатын бос немесе резервтегі жер: қандай құқық, қандай бағамен ұсынылады.",
        ru="Свободная или зарезервированная земля, выставляемая на торги: какое право и по какой цене.",
        en="Free or reserved land put up for auction: which right is offered, and at what price.",
    ),
    geometry=GeometryKind.MULTIPOLYGON,
    label="lot_number",
    style=Style(stroke="#1b6e5a", fill="#a9e0cf", width=1.4, opacity=0.5, min_zoom=12),
    fields=(
        Field(
            name="lot_number",
            type=FieldType.STRING,
            title=Text(kk="Лоттың нөмірі", ru="Номер лота", en="Lot number"),
            description=Text(
                kk="Учаскенің кадастрлық нөмірі және сол учаскедегі лоттың реттік нөмірі.",
                ru="Кадастровый номер участка и порядковый номер лота на нём.",
                en="The parcel's cadastral number and the lot's serial on it.",
            ),
            required=True,
            identifier=True,
        ),
        Field(
            name="state",
            type=FieldType.STRING,
            title=Text(kk="Күйі", ru="Состояние", en="State"),
            description=Text(
                kk="Жоспарланған, жарияланған, сатылған немесе алып тасталған.",
                ru="Запланирован, объявлен, продан или снят.",
                en="Planned, announced, sold or withdrawn.",
            ),
            required=True,
            values=(PLANNED, ANNOUNCED, SOLD, CANCELLED),
        ),
        Field(
            name="parcel_id",
            type=FieldType.INTEGER,
            title=Text(kk="Жер учаскесі", ru="Земельный участок", en="Parcel"),
            description=Text(
                kk="Лот ұсыныста тұрғанда ғана толтырылады: осы кезде учаске тоқтатылмайды.",
                ru="Заполнено, пока лот предложен: в это время участок не прекращают.",
                en="Given while the lot is on offer: meanwhile the parcel can't be ended.",
            ),
            refers_to=("land.parcel",),
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
        Field(
            name="right_offered",
            type=FieldType.STRING,
            title=Text(kk="Ұсынылатын құқық", ru="Предлагаемое право", en="Right offered"),
            required=True,
            values=(OWNERSHIP, LEASE),
        ),
        Field(
            name="lease_term",
            type=FieldType.INTEGER,
            unit="mo",
            title=Text(kk="Жалдау мерзімі", ru="Срок аренды", en="Term of the lease"),
        ),
        tenge("starting_price", Text(kk="Бастапқы баға", ru="Начальная цена", en="Starting price")),
        tenge(
            "minimum_price",
            Text(kk="Ең төменгі баға", ru="Минимальная цена", en="Minimum price"),
            required=False,
        ),
        tenge("step", Text(kk="Аукцион қадамы", ru="Шаг торгов", en="Step")),
        tenge("deposit", Text(kk="Кепілдік жарна", ru="Гарантийный взнос", en="Deposit")),
        text("purpose_kk", Text(kk="Нысаналы мақсаты (қаз.)", ru="Целевое назначение (каз.)", en="Purpose (Kazakh)"),
             required=True),
        text("purpose_ru", Text(kk="Нысаналы мақсаты (орыс.)", ru="Целевое назначение (рус.)", en="Purpose (Russian)"),
             required=True),
    ),
)  # fmt: skip

AUCTION: Final = Layer(
    name="urban_planning.auction",
    title=Text(kk="Жер аукциондары", ru="Земельные аукционы", en="Land auctions"),
    description=Text(
        kk="Лот бойынша аукцион: қашан, қайда, қандай түрде өтеді, немен аяқталды.",
        ru="Торги по лоту: когда, где и как проходят, чем кончились.",
        en="The auction of a lot: when, where and how it is held, and what came of it.",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        reference("lot_id", Text(kk="Лот", ru="Лот", en="Lot"), "urban_planning.auction_lot"),
        Field(
            name="kind",
            type=FieldType.STRING,
            title=Text(kk="Аукцион түрі", ru="Вид торгов", en="Kind"),
            description=Text(
                kk="english — баға өседі, dutch — бағаны төмендетеді, бірінші келіскен алады.",
                ru="english — цена растёт, dutch — цена снижается, получает согласившийся первым.",
                en="english: the price rises; dutch: it falls, and who first agrees has it.",
            ),
            required=True,
            values=(ENGLISH, DUTCH),
        ),
        Field(
            name="state",
            type=FieldType.STRING,
            title=Text(kk="Күйі", ru="Состояние", en="State"),
            description=Text(
                kk="Жарияланған, жеңімпаз анықталған, өтпеген, шарт жасалған немесе тоқтатылған.",
                ru="Объявлен, определён победитель, не состоялся, заключён договор или отменён.",
                en="Announced, awarded, void, contract concluded, or cancelled.",
            ),
            required=True,
            values=(ANNOUNCED, AWARDED, VOID, CONCLUDED, CANCELLED),
        ),
        Field(
            name="announced",
            type=FieldType.DATE,
            title=Text(kk="Хабарландыру күні", ru="Дата объявления", en="Date of announcement"),
            required=True,
        ),
        Field(
            name="bids_deadline",
            type=FieldType.INSTANT,
            title=Text(kk="Ұсыныс қабылдаудың соңы", ru="Конец приёма предложений", en="Bids close at"),
            required=True,
        ),
        Field(
            name="held",
            type=FieldType.INSTANT,
            title=Text(kk="Қорытынды шығарылатын уақыт", ru="Время подведения итогов", en="Held at"),
            description=Text(
                kk="Жеңімпаз осы күннен ерте анықталмайды.",
                ru="Раньше этого дня победителя не определяют.",
                en="No winner is declared before that day.",
            ),
            required=True,
        ),
        text("place", Text(kk="Өтетін жері", ru="Место проведения", en="Place"), required=True),
        Field(
            name="winning_bidder",
            type=FieldType.INTEGER,
            title=Text(kk="Жеңімпаздың нөмірі", ru="Номер победителя", en="Number of the winner"),
        ),
        tenge("winning_price", Text(kk="Сату бағасы", ru="Цена продажи", en="Price"), required=False),
    ),
)  # fmt: skip

AUCTION_BID: Final = Layer(
    name="urban_planning.auction_bid",
    title=Text(kk="Баға ұсыныстары", ru="Предложения цены", en="Bids"),
    description=Text(
        kk="Аукционға қатысушылардың баға ұсыныстары, қатысушының нөмірімен; атаулар мұнда жазылмайды.",
        ru="Предложения цены под номерами участников; имён здесь нет.",
        en="Bids under the numbers of the bidders; there are no names here.",
    ),
    geometry=GeometryKind.NONE,
    fields=(
        reference("auction_id", Text(kk="Аукцион", ru="Торги", en="Auction"), "urban_planning.auction"),
        Field(
            name="bidder_number",
            type=FieldType.INTEGER,
            title=Text(kk="Қатысушының нөмірі", ru="Номер участника", en="Number of the bidder"),
            required=True,
        ),
        tenge("amount", Text(kk="Ұсынылған баға", ru="Предложенная цена", en="Amount")),
        Field(
            name="received",
            type=FieldType.INSTANT,
            title=Text(kk="Қабылданған уақыты", ru="Время приёма", en="Received at"),
            required=True,
        ),
    ),
)

AUCTION_PARTICIPANT: Final = Layer(
    name="personal.auction_participant",
    title=Text(kk="Аукционға қатысушылар", ru="Участники аукционов", en="Participants of auctions"),
    description=Text(
        kk="Аукционға тіркелген сатып алушылар және олардың кепілдік жарнасы.",
        ru="Зарегистрированные покупатели и внесённые ими гарантийные взносы.",
        en="Registered buyers, and the deposits that they paid.",
    ),
    geometry=GeometryKind.NONE,
    readers=ONLOOKERS,
    writers=CLERKS,
    fields=(
        reference("auction_id", Text(kk="Аукцион", ru="Торги", en="Auction"), "urban_planning.auction"),
        Field(
            name="bidder_number",
            type=FieldType.INTEGER,
            title=Text(kk="Қатысушының нөмірі", ru="Номер участника", en="Number of the bidder"),
            required=True,
        ),
        Field(
            name="party_id",
            type=FieldType.INTEGER,
            title=Text(kk="Қатысушы", ru="Участник", en="Participant"),
            required=True,
            refers_to=("personal.party",),
            personal=True,
        ),
        tenge("deposit_paid", Text(kk="Төленген жарна", ru="Внесённый взнос", en="Deposit paid")),
    ),
)

LAYERS: Final = (AUCTION_LOT, AUCTION, AUCTION_BID, AUCTION_PARTICIPANT)
"""The layers of auctions, in the order in which a city would load them."""
