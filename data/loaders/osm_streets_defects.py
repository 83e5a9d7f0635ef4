"""Why something of an OpenStreetMap extract is left out of the layers of streets, or taken with a defect."""

from typing import Final

from data.loaders.defects import Kind, Weight
from gis.text import Text


def _refusal(code: str, kk: str, ru: str, en: str) -> Kind:
    return Kind(code, Weight.REFUSAL, Text(kk=kk, ru=ru, en=en))


NOT_BUILT: Final = _refusal(
    "way-not-built",
    "Жол әлі салынбаған немесе жойылған: highway = {highway}.",
    "Дорога ещё не построена или снесена: highway = {highway}.",
    "The way is not built yet, or is gone: highway = {highway}.",
)
NO_WAY: Final = _refusal(
    "not-a-public-way",
    "Бұл қаламен жүретін жол емес: highway = {highway}.",
    "Это не путь для движения по городу: highway = {highway}.",
    "This is no way along which one moves through the city: highway = {highway}.",
)
UNKNOWN_KIND: Final = _refusal(
    "kind-of-way-unknown",
    "Жолдың түрі белгісіз: highway = {highway}.",
    "Вид дороги неизвестен: highway = {highway}.",
    "The kind of way is not known: highway = {highway}.",
)
AREA: Final = _refusal(
    "carriageway-as-area",
    "Жүргінші бөлігі аумақ ретінде сызылған (highway = {highway}): оның жиегі жол осі емес.",
    "Проезжая часть показана площадью (highway = {highway}): её край не ось дороги.",
    "The carriageway is drawn as an area (highway = {highway}): its edge is not the axis of a road.",
)
OFF_THE_WAYS: Final = _refusal(
    "on-no-way",
    "Нысан бірде-бір жолдың нүктесінде тұрған жоқ, сондықтан ешкімге жол бермейді де, бөгет те болмайды.",
    "Объект не стоит ни на одном пути, поэтому никого не пропускает и никому не мешает.",
    "It stands on no way, so it neither lets anybody through nor is in anybody's way.",
)
NOTHING_TO_JOIN: Final = _refusal(
    "crossing-joins-nothing",
    "Бұл жерде көшеге жаяу жол да, тротуар да келіп қосылмайды: өткел ештеңені жалғамайды.",
    "К улице здесь не подходят ни дорожка, ни тротуар: переход ничего не соединяет.",
    "Neither a footway nor a sidewalk meets the street here: the crossing joins nothing.",
)
NOT_TO_CROSS: Final = _refusal(
    "no-crossing",
    "Белгісі бойынша бұл жерде өтуге болмайды (crossing = {crossing}).",
    "По обозначению перехода здесь нет (crossing = {crossing}).",
    "The tag says that one can't cross here (crossing = {crossing}).",
)
NO_BARRIER: Final = _refusal(
    "no-barrier",
    "Белгісі бойынша бөгет жоқ (barrier = {barrier}).",
    "По обозначению преграды нет (barrier = {barrier}).",
    "The tag says that there is no barrier (barrier = {barrier}).",
)
VIA_WAYS: Final = _refusal(
    "restriction-via-ways",
    "Шектеу бірнеше жол арқылы өтеді; тізілім бір қиылыстағы бұрылысты ғана сақтайды, сондықтан маршруттар оны "
    "ескермейді.",
    "Ограничение проходит через другие дороги; регистр хранит повороты на одном перекрёстке, поэтому маршруты его не "
    "учитывают.",
    "The restriction leads through other ways; the register keeps turns at one junction, so routes don't keep to it.",
)
MEMBER_MISSING: Final = _refusal(
    "restriction-member-missing",
    "Шектеудің «{role}» мүшесі үзіндіде жоқ немесе көше бөлігі емес.",
    "Члена «{role}» этого ограничения в выгрузке нет, или он не отрезок улицы.",
    "The restriction's member '{role}' is not in the extract, or is no street segment.",
)
NOT_AT_VIA: Final = _refusal(
    "restriction-not-at-junction",
    "«{role}» мүшесі бұл қиылыста аяқталмайды немесе қай бөлігі екені белгісіз.",
    "Член «{role}» не оканчивается на этом перекрёстке, или неясно, какая его часть имеется в виду.",
    "The member '{role}' does not end at this junction, or it is not clear which part of it is meant.",
)
RESTRICTION_UNKNOWN: Final = _refusal(
    "restriction-unknown",
    "Шектеудің түрі белгісіз: {restriction}.",
    "Вид ограничения неизвестен: {restriction}.",
    "The kind of restriction is not known: {restriction}.",
)
