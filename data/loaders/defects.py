"""What can be wrong with a row of a file: stable codes, and their words in three languages.

A *refusal* can't be stored at all. An *acceptable* defect is refused too, unless the operator takes it on record. A
*warning* is only told. What the register's own rules find has the rule's id as its code.
"""

import json
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from shapely.geometry import mapping as geojson
from shapely.geometry.base import BaseGeometry

from gis.text import LANGUAGES, Language, Text


class Weight(Enum):
    """How much a defect weighs."""

    REFUSAL = "refusal"
    ACCEPTABLE = "acceptable"
    WARNING = "warning"


class Outcome(Enum):
    """What became of the row."""

    REFUSED = "refused"
    ACCEPTED_WITH_DEFECT = "accepted-with-defect"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of defect: its code, weight and words; ``{name}`` fields are filled from a defect's facts."""

    code: str
    weight: Weight
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One defect of one row.

    Attributes:
        row: ordinal of the row in its file, from 1; ``None`` for what is in no row of the file.
        key: the row's own key in the file, where it could be read.
        code: of the kind, or the id of the rule that is broken.
        others: the other parties (rows, keys, features), where there are some.
        amount: how badly, in the rule's unit.
        place: where, lon/lat of WGS 84.
    """

    row: int | None
    key: str | None
    code: str
    weight: Weight
    text: Text
    outcome: Outcome = Outcome.REFUSED
    feature_id: int | None = None
    others: tuple[Mapping[str, Any], ...] = ()
    amount: float | None = None
    detail: str | None = None
    place: BaseGeometry | None = None

    @classmethod
    def of(
        cls,
        row: int,
        key: str | None,
        kind: Kind,
        facts: Mapping[str, object] | None = None,
        outcome: Outcome = Outcome.REFUSED,
        place: BaseGeometry | None = None,
    ) -> "Defect":
        """Return a defect of a single row, its words filled with the facts."""
        text = worded(kind.text, facts or {})
        return cls(row=row, key=key, code=kind.code, weight=kind.weight, text=text, outcome=outcome, place=place)

    def as_json(self) -> dict[str, Any]:
        """Return the defect as a member of the report."""
        return {
            "row": self.row,
            "key": self.key,
            "feature_id": self.feature_id,
            "code": self.code,
            "weight": self.weight.value,
            "outcome": self.outcome.value,
            "text": self.text.as_dict(),
            "others": [dict(other) for other in self.others],
            "amount": self.amount,
            "detail": self.detail,
            "place": None if self.place is None or self.place.is_empty else geojson(self.place),
        }


class DefectLog:
    """All defects of a load, kept in a temporary file, so that a file of nothing but defects needs no memory.

    Attributes:
        by_code: how many there are of each code.
        refused: rows that were refused in the end; whatever else was found in them was refused with them.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as the report
        weakref.finalize(self, self._file.close)
        self.by_code: Counter[str] = Counter()
        self.refused: frozenset[int] = frozenset()

    def add(self, defect: Defect) -> None:
        """Write one down."""
        self.by_code[defect.code] += 1
        self._file.write(json.dumps(defect.as_json(), ensure_ascii=False) + "\n")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Read them back, as the report shows them."""
        self._file.flush()
        self._file.seek(0)
        for line in self._file:
            defect = json.loads(line)
            if defect["row"] in self.refused:
                defect["outcome"] = Outcome.REFUSED.value
            yield defect
        self._file.seek(0, 2)

    def __len__(self) -> int:
        return sum(self.by_code.values())


@dataclass(frozen=True, slots=True)
class Flaw:
    """A defect found in a batch, before it is told: index in the batch, kind, and the facts that fill its words."""

    index: int
    kind: Kind
    facts: Mapping[str, object] = field(default_factory=dict)
    place: BaseGeometry | None = None


def worded(text: Text, facts: Mapping[str, object]) -> Text:
    """Fill a text's fields; facts that are texts themselves go in by language."""
    return Text(**{one: text.in_language(one).format(**_in_language(facts, one)) for one in LANGUAGES})


def _in_language(facts: Mapping[str, object], language: Language) -> dict[str, object]:
    return {name: fact.in_language(language) if isinstance(fact, Text) else fact for name, fact in facts.items()}


def _refusal(code: str, kk: str, ru: str, en: str) -> Kind:
    return Kind(code, Weight.REFUSAL, Text(kk=kk, ru=ru, en=en))


def _acceptable(code: str, kk: str, ru: str, en: str) -> Kind:
    return Kind(code, Weight.ACCEPTABLE, Text(kk=kk, ru=ru, en=en))


def _warning(code: str, kk: str, ru: str, en: str) -> Kind:
    return Kind(code, Weight.WARNING, Text(kk=kk, ru=ru, en=en))


GEOMETRY_MISSING: Final = _refusal(
    "geometry-missing",
    "Жолда геометрия жоқ.",
    "В строке нет геометрии.",
    "The row has no geometry.",
)
GEOMETRY_BROKEN: Final = _refusal(
    "geometry-broken",
    "Геометрия оқылмайды: {reason}.",
    "Геометрия не читается: {reason}.",
    "The geometry can't be read: {reason}.",
)
GEOMETRY_EMPTY: Final = _refusal(
    "geometry-empty",
    "Геометрияда бірде-бір нүкте жоқ.",
    "В геометрии нет ни одной точки.",
    "The geometry has no points.",
)
WRONG_TYPE: Final = _refusal(
    "wrong-geometry-type",
    "Геометрия түрі {found}; қабатқа {expected} керек.",
    "Тип геометрии {found}; слою нужен {expected}.",
    "The geometry is a {found}; the layer takes a {expected}.",
)
SEVERAL_PARTS: Final = _refusal(
    "several-parts",
    "Геометрия {count} бөліктен тұрады; қабатта нысан бір бөліктен тұруы тиіс ({expected}).",
    "Геометрия из {count} частей; в этом слое объект состоит из одной ({expected}).",
    "The geometry has {count} parts; in this layer a feature has one ({expected}).",
)
NOT_FINITE: Final = _refusal(
    "coordinates-not-finite",
    "Координаттардың ішінде анықталмаған немесе шексіз сан бар.",
    "Среди координат есть неопределённое или бесконечное число.",
    "A coordinate is undefined or infinite.",
)
OUT_OF_RANGE: Final = _refusal(
    "coordinates-out-of-range",
    "Координаттар ({x}, {y}) координаттар жүйесінің шегінен тыс.",
    "Координаты ({x}, {y}) вне пределов системы координат.",
    "The coordinates ({x}, {y}) are beyond the coordinate system.",
)
ANTIMERIDIAN: Final = _refusal(
    "antimeridian",
    "Геометрия 180° меридианы арқылы секіреді: бойлықтары {west}–{east}.",
    "Геометрия перескакивает через меридиан 180°: долготы от {west} до {east}.",
    "The geometry jumps across the antimeridian: longitudes from {west} to {east}.",
)
OUT_OF_PLACE: Final = _refusal(
    "out-of-place",
    "Нысан ({x}, {y}) қаланың координаттар жүйесі қолданылатын аумақтан тыс жатыр.",
    "Объект ({x}, {y}) лежит вне области применения системы координат города.",
    "The feature ({x}, {y}) lies outside the area of use of the city's coordinate system.",
)
AXES_SWAPPED: Final = _refusal(
    "axes-swapped",
    "Нысан ({x}, {y}) қаладан тыс, ал осьтері ауыстырылса, қала ішінде жатыр: "
    "файлда ендік пен бойлықтың орны ауысқан болуы мүмкін.",
    "Объект ({x}, {y}) лежит вне города, а с переставленными осями — в городе: "
    "вероятно, в файле перепутаны широта и долгота.",
    "The feature ({x}, {y}) lies outside the city, but inside it with its axes swapped: "
    "latitude and longitude are probably interchanged in the file.",
)
OUTSIDE_EXTENT: Final = _warning(
    "outside-extent",
    "Нысан ({x}, {y}) қала шегінен тыс жатыр.",
    "Объект ({x}, {y}) лежит вне пределов города.",
    "The feature ({x}, {y}) lies outside the city's extent.",
)
SELF_CROSSING: Final = _refusal(
    "self-crossing",
    "Шекара ({x}, {y}) нүктесінде өзін-өзі қиып өтеді.",
    "Граница пересекает сама себя в точке ({x}, {y}).",
    "The boundary crosses itself at ({x}, {y}).",
)
DUPLICATE_RINGS: Final = _refusal(
    "duplicate-rings",
    "({x}, {y}) нүктесіндегі контур екі рет келтірілген.",
    "Контур у точки ({x}, {y}) приведён дважды.",
    "The ring at ({x}, {y}) is given twice.",
)
HOLE_OUTSIDE: Final = _refusal(
    "hole-outside-shell",
    "({x}, {y}) нүктесіндегі ішкі контур сыртқы контурдан тыс немесе басқа ішкі контурдың ішінде жатыр.",
    "Внутренний контур у точки ({x}, {y}) лежит вне внешнего или внутри другого внутреннего.",
    "The hole at ({x}, {y}) lies outside its shell or inside another hole.",
)
TOO_FEW_POINTS: Final = _refusal(
    "too-few-points",
    "({x}, {y}) нүктесіндегі контурда нүкте тым аз; контурға кемінде үш түрлі нүкте керек.",
    "В контуре у точки ({x}, {y}) слишком мало точек; нужно не меньше трёх разных.",
    "The part at ({x}, {y}) has too few points; a ring needs three different ones at least, a line two.",
)
INVALID: Final = _refusal(
    "geometry-invalid",
    "Геометрия дұрыс емес: {reason}.",
    "Геометрия неверна: {reason}.",
    "The geometry is not valid: {reason}.",
)
REPEATED_POINTS: Final = _warning(
    "repeated-points",
    "Қатар тұрған бірдей нүктелер: {count}; олар сол күйінде қалдырылды.",
    "Повторяющихся подряд точек: {count}; они оставлены как есть.",
    "{count} points repeat the one before; they are kept as they are.",
)
KEY_MISSING: Final = _refusal(
    "key-missing",
    "Жолдың кілті бос ({columns}); онсыз келесі басылымда жолды тану мүмкін емес.",
    "Ключ строки пуст ({columns}); без него строку не узнать в следующей редакции.",
    "The row's key is empty ({columns}); without it the row can't be recognised in a newer edition.",
)
DUPLICATE_ROW: Final = _refusal(
    "duplicate-row",
    "Жол {rows} жолын қайталайды.",
    "Строка повторяет строку {rows}.",
    "The row repeats row {rows}.",
)
DUPLICATE_KEY: Final = _refusal(
    "duplicate-key",
    "«{key}» кілті файлда бірнеше түрлі жолда тұр (жолдар: {rows}); қайсысы дұрыс екені белгісіз.",
    "Ключ «{key}» стоит в файле у нескольких разных строк ({rows}); какая верна, неизвестно.",
    "The key '{key}' stands at several different rows of the file ({rows}); which is right is not known.",
)
DUPLICATE_NUMBER: Final = _refusal(
    "duplicate-number",
    "{field} = «{value}» нөмірі файлда бірнеше жолда тұр (жолдар: {rows}).",
    "Номер {field} = «{value}» стоит в файле у нескольких строк ({rows}).",
    "The number {field} = '{value}' stands at several rows of the file ({rows}).",
)
NUMBER_ISSUED: Final = _refusal(
    "number-issued",
    "{field} = «{value}» нөмірі бұрын {feature_id} нысанына берілген; нөмірлер қайта берілмейді.",
    "Номер {field} = «{value}» уже выдан объекту {feature_id}; номера не используются повторно.",
    "The number {field} = '{value}' was issued to feature {feature_id} already; numbers are never used again.",
)
EDITED_SINCE: Final = _refusal(
    "edited-since",
    "{feature_id} нысаны импорттан кейін тізілімде өзгертілген (№ {changeset} жинақ); файл оны алмастырмайды.",
    "Объект {feature_id} после загрузки изменён в регистре (набор № {changeset}); файл его не заменяет.",
    "Feature {feature_id} was changed in the register after it was imported (changeset {changeset}); "
    "the file does not replace it.",
)
BAD_NUMBER: Final = _refusal(
    "bad-number",
    "{field}: {reason}",
    "{field}: {reason}",
    "{field}: {reason}",
)
BAD_REFERENCE: Final = _acceptable(
    "bad-reference",
    "{field} = «{value}» қабылданған үлгіге сай емес; дұрысы, мысалы: {example}.",
    "{field} = «{value}» не по принятому образцу; верно, например: {example}.",
    "{field} = '{value}' does not have the accepted form; right would be, for example, {example}.",
)
UNKNOWN_CODE: Final = _acceptable(
    "unknown-code",
    "{field} = «{value}»: мұндай код жоқ. Қолданыстағы кодтар: {known}.",
    "{field} = «{value}»: такого кода нет. Действующие коды: {known}.",
    "{field} = '{value}': there is no such code. The codes in force are: {known}.",
)
UNLISTED_VALUE: Final = _refusal(
    "unlisted-value",
    "{field} = «{value}»: мұндай мән жоқ. Рұқсат етілгендері: {known}.",
    "{field} = «{value}»: такого значения нет. Разрешены: {known}.",
    "{field} = '{value}': there is no such value. Allowed are: {known}.",
)
BAD_VALUE: Final = _refusal(
    "bad-value",
    "{field} = «{value}» оқылмайды; {expected} керек.",
    "{field} = «{value}» не читается; нужно: {expected}.",
    "{field} = '{value}' can't be read; {expected} is needed.",
)
ABSURD_DATE: Final = _refusal(
    "absurd-date",
    "{field} = {value}: күн {earliest} мен {latest} аралығынан тыс.",
    "{field} = {value}: дата вне пределов {earliest} — {latest}.",
    "{field} = {value}: the date is not within {earliest} to {latest}.",
)
VALUE_MISSING: Final = _refusal(
    "value-missing",
    "Міндетті {field} өрісі бос.",
    "Обязательное поле {field} пусто.",
    "The required field {field} is empty.",
)
VALUE_TOO_LONG: Final = _refusal(
    "value-too-long",
    "{field} өрісінде {length} таңба бар; ең көбі {longest}.",
    "В поле {field} знаков: {length}; можно не больше {longest}.",
    "Field {field} has {length} characters; {longest} is the most.",
)
UNDECODABLE: Final = _refusal(
    "undecodable-text",
    "{field} өрісінің мәтіні {encoding} кодтауында оқылмайды: {value}. --encoding арқылы дұрыс кодтауды көрсетіңіз.",
    "Текст поля {field} не читается в кодировке {encoding}: {value}. Укажите верную кодировку через --encoding.",
    "The text of field {field} can't be read as {encoding}: {value}. Say the right encoding by --encoding.",
)
BROKEN_ROW: Final = _refusal(
    "broken-row",
    "Жолда {found} баған бар, {expected} болуы тиіс: {value}",
    "В строке столбцов: {found}, должно быть {expected}: {value}",
    "The row has {found} columns; it should have {expected}: {value}",
)
NO_QUARTER: Final = _refusal(
    "no-quarter",
    "Учаскенің есептік орамы белгісіз: нөмір беруге болмайды.",
    "Учётный квартал участка неизвестен: номер дать нельзя.",
    "The parcel's accounting quarter is not known: no number can be given.",
)
