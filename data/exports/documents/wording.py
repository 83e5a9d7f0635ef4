"""What stands in every document, in Kazakh, Russian and English."""

from typing import Final

from data.exports.documents.restriction_words import TITLE as RESTRICTIONS
from gis.text import Text

TITLES: Final = {
    "passport": Text(
        kk="Жылжымайтын мүлік объектісінің кадастрлық (техникалық) паспорты",
        ru="Кадастровый (технический) паспорт объекта недвижимости",
        en="Cadastral (technical) passport of real estate",
    ),
    "extract": Text(
        kk="Құқықтық кадастрдан үзінді", ru="Выписка из правового кадастра", en="Extract of the legal cadastre"
    ),
    "absence.encumbrances": Text(
        kk="Ауыртпалықтардың жоқтығы туралы анықтама",
        ru="Справка об отсутствии обременений",
        en="Certificate of absence of encumbrances",
    ),
    "absence.rights": Text(
        kk="Тіркелген құқықтар мен ауыртпалықтардың жоқтығы туралы анықтама",
        ru="Справка об отсутствии зарегистрированных прав и обременений",
        en="Certificate of absence of registered rights and encumbrances",
    ),
    "holdings.absence": Text(
        kk="Жылжымайтын мүлікке тіркелген құқықтардың жоқтығы туралы анықтама",
        ru="Справка об отсутствии зарегистрированных прав на недвижимость",
        en="Certificate that no rights in real estate are registered",
    ),
    "restrictions": RESTRICTIONS,
}
CERTIFIED: Final = {
    "encumbrances": Text(
        kk="{day} жағдайы бойынша {number} объектісіне тіркелген ауыртпалықтар жоқ.",
        ru="По состоянию на {day} на объект {number} обременения не зарегистрированы.",
        en="As of {day} no encumbrances are registered on {number}.",
    ),
    "rights": Text(
        kk="{day} жағдайы бойынша {number} объектісіне тіркелген құқықтар да, ауыртпалықтар да жоқ.",
        ru="По состоянию на {day} на объект {number} не зарегистрированы ни права, ни обременения.",
        en="As of {day} neither rights nor encumbrances are registered on {number}.",
    ),
    "holdings": Text(
        kk="{day} жағдайы бойынша төменде аталған тұлғаның атына тіркелген құқықтар жоқ.",
        ru="По состоянию на {day} за указанным ниже лицом права не зарегистрированы.",
        en="As of {day} no rights are registered to the party named below.",
    ),
}

DOCUMENT: Final = Text(kk="Құжаттың нөмірі", ru="Номер документа", en="Document number")
CITY: Final = Text(kk="Қала", ru="Город", en="City")
AS_OF_DAY: Final = Text(kk="Жағдайы көрсетілген күн", ru="По состоянию на", en="As of")
RECORDED: Final = Text(kk="Тізілім мәліметтерінің сәті", ru="По сведениям регистра на", en="As the register knew at")
DISCLOSURE: Final = Text(kk="Мәліметтердің ашықтығы", ru="Раскрытие сведений", en="Disclosure")
DISCLOSURES: Final = {
    "public": Text(kk="дербес деректерсіз", ru="без персональных данных", en="without personal data"),
    "full": Text(kk="құқық ұстаушылардың деректерімен", ru="с данными правообладателей", en="with the holders' data"),
}
SCAN: Final = Text(kk="Тексеру коды", ru="Код проверки", en="Verification code")
PAGE: Final = Text(kk="{page}/{pages}-бет", ru="стр. {page}/{pages}", en="page {page}/{pages}")

SUBJECT: Final = Text(kk="Объект", ru="Объект", en="Object")
KIND: Final = Text(kk="Түрі", ru="Вид", en="Kind")
NUMBER: Final = Text(kk="Кадастрлық нөмірі", ru="Кадастровый номер", en="Cadastral number")
NONE: Final = Text(kk="жоқ", ru="нет", en="none")
ADDRESS: Final = Text(kk="Мекенжайы", ru="Адрес", en="Address")
OTHER_ADDRESS: Final = Text(kk="Қосымша мекенжайы", ru="Дополнительный адрес", en="Further address")
RKA: Final = Text(kk="МТК", ru="РКА", en="RKA")
SINCE: Final = Text(kk="Осы мәліметтер күшіне енген күн", ru="Сведения действуют с", en="These particulars since")
COMPUTED_AREA: Final = Text(
    kk="Контур бойынша есептелген ауданы", ru="Площадь, вычисленная по контуру", en="Area computed from the outline"
)
BELOW: Final = {
    "parcel": Text(
        kk="Объект орналасқан жер учаскесі", ru="Участок, на котором находится объект", en="Parcel below the object"
    ),
    "building": Text(kk="Байланысты ғимарат", ru="Связанное здание", en="Related building"),
    "premises": Text(kk="Байланысты үй-жай", ru="Связанное помещение", en="Related premises"),
}
OWN: Final = {
    "parcel": Text(kk="Жер учаскесі", ru="Земельный участок", en="Land parcel"),
    "building": Text(kk="Ғимарат", ru="Здание", en="Building"),
    "premises": Text(kk="Үй-жай", ru="Помещение", en="Premises"),
}

PREMISES_LIST: Final = Text(kk="Ғимараттағы үй-жайлар", ru="Помещения в здании", en="Premises in the building")
FLOOR: Final = Text(kk="Қабаты", ru="Этаж", en="Floor")
DESIGNATION: Final = Text(kk="№", ru="№", en="No.")
USE: Final = Text(kk="Мақсаты", ru="Назначение", en="Use")
AREA_M2: Final = Text(kk="Ауданы, м²", ru="Площадь, м²", en="Area, m²")
LIVING_M2: Final = Text(kk="Тұрғын, м²", ru="Жилая, м²", en="Living, m²")

RIGHTS: Final = Text(kk="Құқықтар", ru="Права", en="Rights")
ENCUMBRANCES: Final = Text(
    kk="Ауыртпалықтар мен міндеттер", ru="Обременения и обязанности", en="Encumbrances and responsibilities"
)
NO_RIGHTS: Final = Text(kk="Тіркелген құқықтар жоқ.", ru="Права не зарегистрированы.", en="No rights are registered.")
NO_ENCUMBRANCES: Final = Text(
    kk="Тіркелген ауыртпалықтар мен міндеттер жоқ.",
    ru="Обременения и обязанности не зарегистрированы.",
    en="No encumbrances or responsibilities are registered.",
)
RIGHT: Final = Text(kk="Құқық түрі", ru="Вид права", en="Right")
ENCUMBRANCE: Final = Text(kk="Түрі, мазмұны", ru="Вид, содержание", en="Kind, content")
SHARE: Final = Text(kk="Үлесі", ru="Доля", en="Share")
RANK: Final = Text(kk="Кезегі", ru="Очерёдность", en="Rank")
FROM: Final = Text(kk="Басталуы", ru="Возникло", en="Since")
TERM: Final = Text(kk="Мерзімі", ru="Срок", en="Term")
BASIS: Final = Text(kk="Негіздемесі", ru="Основание", en="Basis")
HOLDER: Final = Text(kk="Құқық ұстаушы", ru="Правообладатель", en="Holder")
IN_FAVOUR: Final = Text(kk="Кімнің пайдасына", ru="В чью пользу", en="In favour of")
UNREGISTERED: Final = Text(
    kk="тіркелмеген, бірақ жарамды", ru="не зарегистрировано, но действительно", en="unregistered, but valid"
)
ON_RIGHT: Final = Text(kk="мынаған салынған: {kind}", ru="наложено на: {kind}", en="on: {kind}")
AREA: Final = Text(kk="ауданы {area}", ru="площадь {area}", en="area {area}")
CONSENT: Final = Text(kk="келісім берілді: {what}", ru="дано согласие: {what}", en="consent given: {what}")
UNIT: Final = Text(kk="бірлік {number}", ru="единица {number}", en="unit {number}")
ENTRY: Final = Text(
    kk="тіркелді: {day}, № {number} жазба", ru="зарегистрировано {day}, запись № {number}",
    en="registered {day}, entry No. {number}",
)  # fmt: skip
CHANGED: Final = Text(kk="соңғы өзгеріс: {source}", ru="последнее изменение: {source}", en="last changed: {source}")
SOURCE: Final = Text(kk="{kind} № {number}, {day}", ru="{kind} № {number} от {day}", en="{kind} No. {number} of {day}")
IIN: Final = Text(kk="ЖСН/БСН {number}", ru="ИИН/БИН {number}", en="IIN/BIN {number}")

PLAN: Final = Text(kk="Жер учаскесінің жоспары", ru="План земельного участка", en="Plan of the parcel")
POINTS: Final = Text(
    kk="Бұрылыс нүктелерінің координаттары", ru="Координаты поворотных точек", en="Coordinates of the turning points"
)
POINTS_NOTE: Final = Text(
    kk="Координаттар жүйесі: {system}. Периметрі: {perimeter}. Нүктелер сағат тілімен нөмірленген.",
    ru="Система координат: {system}. Периметр: {perimeter}. Точки пронумерованы по часовой стрелке.",
    en="Coordinate system: {system}. Perimeter: {perimeter}. Points are numbered clockwise.",
)
POINT: Final = Text(kk="Нүкте", ru="Точка", en="Point")
X: Final = Text(kk="X (солтүстікке), м", ru="X (на север), м", en="X (north), m")
Y: Final = Text(kk="Y (шығысқа), м", ru="Y (на восток), м", en="Y (east), m")
EDGE: Final = Text(kk="Қабырға", ru="Сторона", en="Edge")
LENGTH: Final = Text(kk="Ұзындығы, м", ru="Длина, м", en="Length, m")
ADJOINS: Final = Text(kk="Іргелес учаске", ru="Смежный участок", en="Adjoining parcel")
NORTH: Final = Text(kk="С", ru="С", en="N")

FLOOR_PLAN: Final = Text(kk="Қабат жоспары: {number}", ru="Поэтажный план: {number}", en="Floor plan: {number}")
EXPLICATION: Final = Text(kk="Бөлмелердің экспликациясы", ru="Экспликация помещений", en="Schedule of rooms")
TOTAL: Final = Text(kk="Барлығы", ru="Итого", en="Total")

PARTY: Final = Text(kk="Тұлға", ru="Лицо", en="Party")
VERIFY: Final = Text(
    kk="Бұл құжат тізілімнен автоматты түрде берілді және өзгертілмей сақталады. Көшірменің түпнұсқалығын кодтағы "
    "мекенжай бойынша немесе файлды /documents/verify мекенжайына жіберіп тексеруге болады.",
    ru="Документ выдан регистром автоматически и хранится неизменным. Подлинность копии проверяется по адресу в коде "
    "или отправкой файла на /documents/verify.",
    en="This document was issued by the register automatically and is kept unaltered. A copy is checked at the address "
    "in the code, or by sending the file to /documents/verify.",
)
SOURCES: Final = Text(kk="Дереккөздер: {named}", ru="Источники данных: {named}", en="Sources of data: {named}")
