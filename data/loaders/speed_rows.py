"""Rows of speeds, from JSON or CSV: each read into a word, or refused with its reason.

Instants carry their offset from UTC, or stand in the city's own zone, which is told; what its clocks skip or repeat is
refused, for nobody can tell which hour is meant.
"""

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cadastres.urban_planning.street_fields import DIRECTIONS
from cadastres.urban_planning.street_speeds import Word
from cadastres.urban_planning.street_state_model import DAYS, QUARTERS
from cadastres.urban_planning.street_state_rules import FASTEST
from data.loaders.source import BadFile
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Period
from gis.text import Language, Text
from gis.years import in_calendar

QUARTER: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(days=1)
"""A word about speeds lasts so long at most, unless it stands until it is revoked."""

AHEAD: Final = timedelta(days=31)
"""No word is told so far ahead."""

REVOKED: Final = "revoked"
"""What ``to`` says of a word that stands until it is revoked."""

TOLD: Final = 100
"""So many refused rows are told one by one; the rest are counted."""

MOST: Final = 1_000_000
"""Rows of one file."""

CLOCK: Final = tuple(f"{i // 4:02d}:{15 * (i % 4):02d}" for i in range(QUARTERS))
"""Names of the columns of a daily course: the quarter of an hour that begins then."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not recorded: its number, why, and the value in question."""

    row: int
    code: str
    value: str

    def told(self, language: Language) -> dict[str, Any]:
        """Return it as a document."""
        why = WHY[self.code].filled(value=self.value).in_language(language)
        return {"row": self.row, "code": self.code, "value": self.value, "message": why}


@dataclass
class BatchReport:
    """What became of a batch: ``read == recorded + unchanged + refused``, always.

    Attributes:
        read: rows.
        recorded: rows that the register took over.
        unchanged: rows that say what the register said already.
        assumed: rows whose instants had no offset and were read in the city's zone.
        refusals: how many rows were refused, by reason; ``first`` are the first of them.
        changeset: that recorded it; none where nothing changed.
    """

    read: int = 0
    recorded: int = 0
    unchanged: int = 0
    assumed: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    first: list[Refusal] = field(default_factory=list)
    changeset: int | None = None
    recorded_at: datetime | None = None

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return self.refusals.total()

    def refuse(self, row: int, code: str, value: object) -> None:
        """Count a refused row."""
        self.refusals[code] += 1
        if len(self.first) < TOLD:
            told = str(value)[:80].encode(errors="replace").decode()  # halves of characters can't be written anywhere
            self.first.append(Refusal(row, code, told))

    def summary(self, zone: str, language: Language = "en") -> dict[str, Any]:
        """Return the counts, and the first refusals one by one."""
        return {
            "read": self.read,
            "recorded": self.recorded,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "by_reason": dict(self.refusals),
            "refusals": [each.told(language) for each in self.first],
            "without_offset": self.assumed,
            "zone": zone,
            "changeset": self.changeset,
            "recorded_at": None if self.recorded_at is None else self.recorded_at.isoformat(),
        }


class Unfit(Exception):
    """A value that won't do: the code of the reason, and the value."""

    def __init__(self, code: str, value: object) -> None:
        """Keep both."""
        super().__init__(code)
        self.code = code
        self.value = value


def rows_of_csv(content: bytes, name: str, required: Sequence[str], most: int = MOST) -> Iterator[Row]:
    """Return the rows of a CSV file in UTF-8, its separator a comma, semicolon or tabulator.

    Args:
        content: of the file.
        name: of the file, for a refusal.
        required: columns that must be there.
        most: so many rows it may have.

    Raises:
        BadFile: not UTF-8, without a column that must be there; as rows are read, no CSV.
        BadRequest: as rows are read, too many.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(_UNREADABLE.filled(file=name, reason=str(error)[:120]), file=name) from None
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    with _told_unreadable(name):
        known = [column.strip() for column in rows.fieldnames or ()]
    rows.fieldnames = known
    lacking = [column for column in required if column not in known]
    if lacking:
        facts = {"file": name, "columns": ", ".join(lacking)}
        raise BadFile(_NO_COLUMN.filled(**facts, known=", ".join(known)[:300]), **facts)
    return _listed(rows, name, most)


def _listed(rows: Iterable[Row], name: str, most: int) -> Iterator[Row]:
    with _told_unreadable(name):
        for number, row in enumerate(rows, 1):
            if number > most:
                raise BadRequest(_MANY.filled(most=most), most=most)
            yield row


@contextmanager
def _told_unreadable(name: str) -> Iterator[None]:
    """Refuse in three languages what the reader of CSV can't read: a cell that is too long, a line broken off."""
    try:
        yield
    except csv.Error as error:
        raise BadFile(_UNREADABLE.filled(file=name, reason=str(error)[:120]), file=name) from None


def instant_of(told: object, profile: CityProfile) -> tuple[bool, datetime]:
    """Return whether the city's zone was assumed, and the instant (UTC).

    Raises:
        Unfit: it can't be read, is of a year that nobody means, or a local time that the city's clocks skip or repeat.
    """
    try:
        moment = datetime.fromisoformat(str(told or "").strip())
    except ValueError:
        raise Unfit("time-unreadable", told) from None
    if not in_calendar(moment):
        raise Unfit("time-far", told)
    if moment.tzinfo is not None:
        return False, moment.astimezone(UTC)
    first, second = (moment.replace(tzinfo=profile.zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        back = first.astimezone(UTC).astimezone(profile.zone).replace(tzinfo=None)
        raise Unfit("time-twice" if back == moment else "time-skipped", moment.isoformat())
    return True, first.astimezone(UTC)


@dataclass
class Reading:
    """Rows becoming words.

    Attributes:
        now: the present moment, from which what is too far ahead is told.
        first_row: number of the first row; of a CSV file 2, for the header is the first line.
    """

    profile: CityProfile
    report: BatchReport
    now: datetime
    first_row: int = 1

    def words(self, rows: Iterable[Row]) -> list[Word]:
        """Return what rows of live speeds say, refusing those that say nothing.

        Raises:
            BadRequest: no rows.
        """
        return [word for number, row in self._numbered(rows) if (word := self._word(number, row)) is not None]

    def courses(self, rows: Iterable[Row]) -> list["Course"]:
        """Return what rows of usual speeds say; errors as :meth:`words`."""
        return [course for number, row in self._numbered(rows) if (course := self._course(number, row)) is not None]

    def _numbered(self, rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
        for number, row in enumerate(rows, self.first_row):
            self.report.read += 1
            yield number, row
        if not self.report.read:
            raise BadRequest(_NO_ROWS)

    def _word(self, number: int, row: Row) -> Word | None:
        try:
            return Word(_way(row), _required_speed(row), self._period(row), number)
        except Unfit as unfit:
            self.report.refuse(number, unfit.code, unfit.value)
            return None

    def _course(self, number: int, row: Row) -> "Course | None":
        try:
            return Course(_way(row), _days(row), _course_of(row), number)
        except Unfit as unfit:
            self.report.refuse(number, unfit.code, unfit.value)
            return None

    def _period(self, row: Row) -> Period:
        assumed, start = instant_of(row.get("from"), self.profile)
        until = row.get("to")
        if until is None or not str(until).strip():
            end: datetime | None = _quarter(start) + QUARTER
        elif str(until).strip() == REVOKED:
            end = None
        else:
            also, end = instant_of(until, self.profile)
            assumed = assumed or also
        self._require_sane(start, end, row)
        self.report.assumed += assumed
        return Period(start, end)

    def _require_sane(self, start: datetime, end: datetime | None, row: Row) -> None:
        if start > self.now + AHEAD or start.date() < self.profile.limits.earliest_date:
            raise Unfit("time-far", row.get("from"))
        if end is not None and end <= start:
            raise Unfit("period-empty", f"{row.get('from')} .. {row.get('to')}")
        if end is not None and end - start > LONGEST:
            raise Unfit("period-long", f"{row.get('from')} .. {row.get('to')}")


@dataclass(frozen=True, slots=True)
class Course:
    """The usual speeds of a way on one kind of day: 96 quarters of an hour from midnight; ``None`` where unknown."""

    way: tuple[int, str]
    days: str
    speeds: tuple[float | None, ...]
    row: int


def _course_of(row: Row) -> tuple[float | None, ...]:
    told = row.get("speeds")
    if told is None:
        values: Sequence[Any] = [row.get(name) for name in CLOCK]
    else:
        values = str(told).replace(",", " ").strip("[] ").split() if isinstance(told, str) else told
    if not isinstance(values, list | tuple) or len(values) != QUARTERS:
        raise Unfit("quarters", len(values) if isinstance(values, list | tuple) else values)
    speeds = tuple(None if value in {"null", "-"} else _speed(value) for value in map(_plain, values))
    if all(speed is None for speed in speeds):
        raise Unfit("quarters", 0)
    return speeds


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value if isinstance(value, int | float) else str(value or "")


def _way(row: Row) -> tuple[int, str]:
    direction = str(row.get("direction") or "").strip()
    if direction not in DIRECTIONS:
        raise Unfit("direction", direction)
    return _segment(row.get("segment")), direction


def _segment(told: Any) -> int:
    text = str(told if told is not None else "").strip()
    if isinstance(told, bool) or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Unfit("segment-unknown", text)
    return int(text)


def _days(row: Row) -> str:
    days = str(row.get("days") or "").strip()
    if days not in DAYS:
        raise Unfit("days", days)
    return days


def _required_speed(row: Row) -> float:
    speed = _speed(row.get("speed"))
    if speed is None:
        raise Unfit("speed-no-number", "")
    return speed


def _speed(told: Any) -> float | None:
    """Return a speed [km/h]; ``None`` where nothing is said."""
    if told is None or (isinstance(told, str) and not told.strip()):
        return None
    try:
        speed = float(told)
    except (TypeError, ValueError, OverflowError):
        raise Unfit("speed-no-number", told) from None
    if isinstance(told, bool) or not math.isfinite(speed):
        raise Unfit("speed-no-number", told)
    if speed < 0:
        raise Unfit("speed-negative", told)
    if speed > FASTEST:
        raise Unfit("speed-too-great", told)
    return speed


def _quarter(moment: datetime) -> datetime:
    """Return the beginning of the quarter of an hour in which an instant lies."""
    return datetime.fromtimestamp(moment.timestamp() // QUARTER.total_seconds() * QUARTER.total_seconds(), UTC)


WHY: Final[Mapping[str, Text]] = {
    "segment-unknown": Text(
        kk="«{value}» көше бөлігі тізілімде жоқ; нысанның нөмірін (id) жазыңыз.",
        ru="Отрезка улицы «{value}» в регистре нет; укажите номер объекта (id).",
        en="There is no street segment '{value}' in the register; give the feature's id.",
    ),
    "segment-not-in-force": Text(
        kk="{value} көше бөлігі бұл мерзімде түгел күшінде емес.",
        ru="Отрезок улицы {value} действует не весь этот срок.",
        en="Street segment {value} is not in force throughout that time.",
    ),
    "object-unknown": Text(
        kk="«{value}» лифті не пандусы тізілімде жоқ; нысанның нөмірін (id) жазыңыз.",
        ru="Лифта или пандуса «{value}» в регистре нет; укажите номер объекта (id).",
        en="There is no lift or ramp '{value}' in the register; give the feature's id.",
    ),
    "object-not-in-force": Text(
        kk="{value} нысаны бұл сәтте күшінде емес.",
        ru="Объект {value} в этот момент не действует.",
        en="Feature {value} is not in force at that moment.",
    ),
    "status": Text(
        kk="«{value}» күй емес; working, out_of_order немесе unknown болуы тиіс.",
        ru="«{value}» — не состояние; нужно working, out_of_order или unknown.",
        en="'{value}' is no state; it must be working, out_of_order or unknown.",
    ),
    "direction": Text(
        kk="«{value}» бағыт емес; forward немесе backward болуы тиіс.",
        ru="«{value}» — не направление; нужно forward или backward.",
        en="'{value}' is no direction; it must be forward or backward.",
    ),
    "days": Text(
        kk="«{value}» күн түрі емес; workday, saturday немесе sunday болуы тиіс.",
        ru="«{value}» — не вид дня; нужно workday, saturday или sunday.",
        en="'{value}' is no kind of day; it must be workday, saturday or sunday.",
    ),
    "quarters": Text(
        kk="Тәулікте 96 ширек сағат бар, ал жолда: {value}; 96 сан немесе 00:00 … 23:45 бағандары керек.",
        ru="В сутках 96 четвертей часа, а в строке: {value}; нужны 96 чисел или столбцы 00:00 … 23:45.",
        en="A day has 96 quarters of an hour, the row has {value}; give 96 numbers, or the columns 00:00 to 23:45.",
    ),
    "speed-no-number": Text(
        kk="«{value}» жылдамдық емес; км/сағ өлшеміндегі сан керек.",
        ru="«{value}» — не скорость; нужно число, км/ч.",
        en="'{value}' is no speed; it must be a number, in km/h.",
    ),
    "speed-negative": Text(
        kk="Жылдамдық теріс болмайды: {value}; қозғалыс тоқтап тұрса, 0 жазыңыз.",
        ru="Скорость не бывает отрицательной: {value}; если движение стоит, напишите 0.",
        en="A speed is never negative: {value}; where nothing moves, say 0.",
    ),
    "speed-too-great": Text(
        kk=f"{{value}} км/сағ — қала көшесінде болмайтын жылдамдық; ең көбі {FASTEST:g}.",
        ru=f"{{value}} км/ч — на улице города такой скорости не бывает; самое большее {FASTEST:g}.",
        en=f"{{value}} km/h is no speed on a city's street; the most is {FASTEST:g}.",
    ),
    "time-unreadable": Text(
        kk="«{value}» уақыты оқылмайды; дұрысы, мысалы: 2026-03-02T08:15:00+05:00.",
        ru="Время «{value}» не читается; верно, например: 2026-03-02T08:15:00+05:00.",
        en="The time '{value}' can't be read; right would be, for example, 2026-03-02T08:15:00+05:00.",
    ),
    "time-twice": Text(
        kk="{value}: сағат кері жылжытылғанда бұл уақыт екі рет болады; UTC-дан айырмасын көрсетіңіз.",
        ru="{value}: при переводе часов назад это время бывает дважды; укажите смещение от UTC.",
        en="{value}: the clocks show this time twice when they are put back; give the offset from UTC.",
    ),
    "time-skipped": Text(
        kk="{value}: сағат ілгері жылжытылғанда мұндай уақыт болмайды; UTC-дан айырмасын көрсетіңіз.",
        ru="{value}: при переводе часов вперёд такого времени не бывает; укажите смещение от UTC.",
        en="{value}: the clocks never show this time when they are put forward; give the offset from UTC.",
    ),
    "time-far": Text(
        kk="{value}: мерзім тым ерте немесе тым кеш; бір айдан әріге жылдамдық айтылмайды.",
        ru="{value}: слишком рано или слишком поздно; дальше чем на месяц вперёд скорости не сообщают.",
        en="{value} is too early or too late; speeds are told a month ahead at most.",
    ),
    "period-empty": Text(
        kk="{value}: мерзім басталмай жатып аяқталады.",
        ru="{value}: срок кончается не позже, чем начинается.",
        en="{value}: the time ends before it begins.",
    ),
    "period-long": Text(
        kk=f"{{value}}: мерзім бір тәуліктен ұзақ; ширек сағаттан беріңіз немесе to орнына «{REVOKED}» деп жазыңыз.",
        ru=f"{{value}}: срок длиннее суток; сообщайте по четвертям часа или напишите в to «{REVOKED}».",
        en=f"{{value}}: longer than a day; tell it by quarters of an hour, or say '{REVOKED}' as to.",
    ),
    "overlap": Text(
        kk="{value}-жолда осы бөліктің осы уақыты бұрын айтылған.",
        ru="В строке {value} уже сказано об этом отрезке и этом времени.",
        en="Row {value} speaks of this segment and this time already.",
    ),
    "duplicate": Text(
        kk="{value}-жолдың қайталануы.",
        ru="Повтор строки {value}.",
        en="The same as row {value}.",
    ),
}
"""Why rows are refused."""

_UNREADABLE = Text(
    kk="{file} файлын оқу мүмкін емес ({reason}); UTF-8 кодындағы CSV керек.",
    ru="Файл {file} не читается ({reason}); нужен CSV в UTF-8.",
    en="The file {file} can't be read ({reason}); it must be CSV in UTF-8.",
)
_NO_COLUMN = Text(
    kk="{file} файлында {columns} бағаны жоқ; бар бағандар: {known}.",
    ru="В файле {file} нет столбцов {columns}; есть: {known}.",
    en="The file {file} lacks the columns {columns}; it has {known}.",
)
_MANY = Text(
    kk="Бір топтамада ең көбі {most} жол болады; бірнеше топтамаға бөліңіз.",
    ru="В одной партии не больше {most} строк; разделите её на несколько.",
    en="A batch has {most} rows at most; send several.",
)
_NO_ROWS = Text(
    kk="Топтамада бірде-бір жол жоқ.",
    ru="В партии нет ни одной строки.",
    en="The batch has no rows.",
)
