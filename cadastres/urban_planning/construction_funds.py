"""Use of equity holders' money against its plan, article by article, on any day.

What is planned to a day is, of each planned sum, as much as its period has days up to that day, the sum spread evenly;
fractions of a tenge are dropped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from gis.profile import CityProfile
from gis.record import Version
from gis.text import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One article of expense: what is planned in all, what is planned to the day, and what is used [KZT]."""

    article: str
    planned: int
    planned_to_date: int
    used: int

    @property
    def over(self) -> int:
        """What is used beyond the whole plan of the article; 0 where nothing is."""
        return max(0, self.used - self.planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The equity funds of an object on a day [KZT].

    Attributes:
        due: what the contracts in force are to bring in all.
        received: what came in under them.
        lines: by article, in the order of their codes.
    """

    day: date
    due: int
    received: int
    lines: tuple[Line, ...]

    @property
    def used(self) -> int:
        """What is used in all."""
        return sum(line.used for line in self.lines)

    @property
    def balance(self) -> int:
        """What is left of what was received; below zero, more is used than came in."""
        return self.received - self.used


def account(day: date, contracts: Iterable[Version], plan: Sequence[Version], use: Sequence[Version]) -> Account:
    """Return the account of an object on a day, from its rows in force then."""
    bound = [c.attributes for c in contracts]
    articles = sorted({str(row.attributes["article"]) for row in (*plan, *use)})
    return Account(
        day=day,
        due=sum(said["price"] for said in bound if said["state"] != "terminated"),
        received=sum(said["received"] for said in bound),
        lines=tuple(_line(article, day, plan, use) for article in articles),
    )


def _line(article: str, day: date, plan: Sequence[Version], use: Sequence[Version]) -> Line:
    planned = [row.attributes for row in plan if row.attributes["article"] == article]
    used = [row.attributes for row in use if row.attributes["article"] == article]
    return Line(
        article=article,
        planned=sum(said["planned"] for said in planned),
        planned_to_date=sum(_share(said["planned"], said["period_start"], said["period_end"], day) for said in planned),
        used=sum(said["used"] for said in used),
    )


def _share(amount: int, start: date, end: date, day: date) -> int:
    length, elapsed = (end - start).days + 1, (day - start).days + 1
    return amount * min(max(elapsed, 0), length) // length


def report(name: str, found: Account, profile: CityProfile, language: Language) -> str:
    """Return an account as a text to read, one line an article."""
    titles = profile.classifier("construction_fund_article")
    lines = [
        _HEAD.filled(name=name, day=found.day),
        _MONEY.filled(due=_spelled(found.due), received=_spelled(found.received), used=_spelled(found.used)),
        *(
            _LINE.filled(
                article=titles.entry(line.article).title,
                planned=_spelled(line.planned),
                to_date=_spelled(line.planned_to_date),
                used=_spelled(line.used),
            )
            for line in found.lines
        ),
        *(_OVER.filled(article=titles.entry(line.article).title, over=_spelled(line.over))
          for line in found.lines if line.over),
        _LEFT.filled(balance=_spelled(found.balance)) if found.balance >= 0 else
        _LACKING.filled(lacking=_spelled(-found.balance)),
    ]  # fmt: skip
    return "\n".join(line.in_language(language) for line in lines) + "\n"


def _spelled(amount: int) -> str:
    """Return a sum with narrow blanks between its thousands.

    >>> _spelled(1234567).replace(chr(0x202f), "_")
    '1_234_567'
    """
    return f"{amount:,}".replace(",", "\u202f")


_HEAD = Text(
    kk="Үлескерлер қаражаты: {name}, {day} жағдайы бойынша",
    ru="Средства дольщиков: {name}, на {day}",
    en="Equity funds: {name}, on {day}",
)
_MONEY = Text(
    kk="Шарттар бойынша түсуі тиіс: {due} теңге; түсті: {received} теңге; жұмсалды: {used} теңге.",
    ru="По договорам должно поступить: {due} тенге; поступило: {received} тенге; израсходовано: {used} тенге.",
    en="Due by contracts: {due} tenge; received: {received} tenge; used: {used} tenge.",
)
_LINE = Text(
    kk="— {article}: жоспарда {planned}, осы күнге дейін {to_date}, жұмсалды {used} теңге.",
    ru="— {article}: по плану {planned}, к этому дню {to_date}, израсходовано {used} тенге.",
    en="- {article}: planned {planned}, to this day {to_date}, used {used} tenge.",
)
_OVER = Text(
    kk="! {article}: жоспардан {over} теңге артық жұмсалды.",
    ru="! {article}: сверх плана израсходовано {over} тенге.",
    en="! {article}: {over} tenge used beyond the plan.",
)
_LEFT = Text(
    kk="Қалдық: {balance} теңге.",
    ru="Остаток: {balance} тенге.",
    en="Left: {balance} tenge.",
)
_LACKING = Text(
    kk="! Үлескерлерден түскеннен {lacking} теңге артық жұмсалды.",
    ru="! Израсходовано на {lacking} тенге больше, чем поступило от дольщиков.",
    en="! {lacking} tenge more was used than was received from equity holders.",
)
