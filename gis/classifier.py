"""Lists of codes that a city's profile carries, each code with the period in which an act lists it."""

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gis.errors import BadRequest
from gis.text import Text

_DAWN, _DUSK = date.min, date.max


class UnknownCode(BadRequest):
    """A code that the city's classifier lacks, or lacked on the date."""

    code = "unknown-code"


class Settings(BaseModel):
    """A table of a profile file: frozen, and without keys that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Period(Settings):
    """A thing that is so for a while: from the first day of ``valid_from`` to the last before ``valid_to``."""

    valid_from: date | None = Field(None, description="first day in force, e.g. 2003-06-20")
    valid_to: date | None = Field(None, description="first day no longer in force")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if (self.valid_from or _DAWN) >= (self.valid_to or _DUSK):
            msg = f"valid_to {self.valid_to} must be later than valid_from {self.valid_from}"
            raise ValueError(msg)
        return self

    def in_force(self, on: date | None) -> bool:
        """Tell whether it is so on a day; ``None`` asks for any day at all."""
        return on is None or (self.valid_from or _DAWN) <= on < (self.valid_to or _DUSK)


class AdministrativeUnit(Period):
    """A unit of the administrative division; in Kazakhstan ``code`` is its KATO code (9 digits)."""

    code: Annotated[str, Field(pattern="^[0-9]{1,12}$")]
    name: Text
    parent: str | None = None
    confirmed: bool = True


class ClassifierEntry(Period):
    """One code of a classifier, for as long as the act lists it. ``confirmed = false``: not read in the act itself."""

    code: Annotated[str, Field(pattern="^[A-Za-z0-9_.-]{1,40}$")]
    title: Text
    act: Text | None = None
    confirmed: bool = True


class Classifier(Settings):
    """A list of codes laid down by an act; entries without an act of their own rest on the classifier's."""

    title: Text
    act: Text | None = None
    entries: tuple[ClassifierEntry, ...] = ()

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        refuse_overlaps(self.entries)
        return self

    def on(self, day: date | None = None) -> tuple[ClassifierEntry, ...]:
        """Return the entries in force on a day; all that ever were, without one."""
        return tuple(entry for entry in self.entries if entry.in_force(day))

    def entry(self, code: str, on: date | None = None) -> ClassifierEntry:
        """Return the entry of a code in force on a day (latest one without a day).

        Raises:
            UnknownCode: none; the message lists the codes of that day.
        """
        found = [entry for entry in self.on(on) if entry.code == code]
        if not found:
            raise unknown_code(self.title, code, on, [entry.code for entry in self.on(on)])
        return latest(found)

    def holds(self, code: str, on: date | None = None) -> bool:
        """Tell whether a code is in force on a day."""
        return any(entry.code == code for entry in self.on(on))


_Coded = TypeVar("_Coded", ClassifierEntry, AdministrativeUnit)


def refuse_overlaps(entries: Sequence[_Coded]) -> None:
    """Raise ``ValueError`` where one code is listed twice for the same day."""
    ordered = sorted(entries, key=lambda entry: (entry.code, entry.valid_from or _DAWN))
    for before, after in itertools.pairwise(ordered):
        if before.code == after.code and (before.valid_to or _DUSK) > (after.valid_from or _DAWN):
            msg = f"code {after.code!r} is listed twice for the same time; give periods that do not overlap"
            raise ValueError(msg)


def latest(entries: Sequence[_Coded]) -> _Coded:
    """Return the entry whose period began last."""
    return max(entries, key=lambda entry: entry.valid_from or _DAWN)


def unknown_code(title: Text, code: str, on: date | None, known: list[str]) -> UnknownCode:
    """Return the refusal of a code; ``known`` are those in force on the day."""
    listed = ", ".join(dict.fromkeys(known)) or "—"
    message = Text(
        kk=_NO_CODE.kk.format(title=title.kk, code=code[:80], day=on or "—", known=listed),
        ru=_NO_CODE.ru.format(title=title.ru, code=code[:80], day=on or "—", known=listed),
        en=_NO_CODE.en.format(title=title.en, code=code[:80], day=on or "—", known=listed),
    )
    return UnknownCode(message, code=code[:80], known=known)


_NO_CODE = Text(
    kk="«{title}» тізімінде «{code}» коды жоқ (күні: {day}). Қолданыстағы кодтар: {known}.",
    ru="В списке «{title}» нет кода «{code}» (на дату: {day}). Действующие коды: {known}.",
    en="The list '{title}' has no code '{code}' (on: {day}). The codes in force are: {known}.",
)
