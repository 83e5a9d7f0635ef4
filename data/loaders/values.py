"""Attributes of a batch: columns decoded, converted to the fields' types, checked against codes and bounds."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import pyarrow as pa

from data.loaders import defects
from data.loaders.defects import Flaw
from data.loaders.mapping import ColumnMapping
from data.loaders.numbering import READERS, reference_form
from data.loaders.source import Batch
from gis.errors import QalaError
from gis.layer import Field, FieldType, Layer
from gis.profile import CityProfile
from gis.text import Text

LONGEST: Final = 1000
"""Characters in a text field; longer ones are columns gone astray."""

_FUTURE = timedelta(days=50 * 366)
_SHOWN = 60


@dataclass(frozen=True)
class Valued:
    """Attributes of a batch, one value a row; ``None`` where a field is empty.

    Attributes:
        keys: the rows' keys; ``None`` where there is none.
        fields: by field name, in the layer's types.
        valid_from: where the mapping names a column of dates.
        quarters: names of the rows' quarters, where the mapping names columns of theirs.
    """

    keys: list[str | None]
    fields: dict[str, list[Any]]
    valid_from: list[datetime | None]
    quarters: list[str | None]
    flaws: list[Flaw]


class Misread(ValueError):
    """A value that is not of its field's type; ``expected`` says what would be."""

    def __init__(self, expected: Text) -> None:
        """Keep what would be right."""
        super().__init__(str(expected))
        self.expected = expected


class Valuer:
    """Converts and checks the attributes of one file for one layer of one city."""

    def __init__(
        self, layer: Layer, profile: CityProfile, mapping: ColumnMapping, encoding: str, valid_from: datetime
    ) -> None:
        self._layer, self._profile, self._mapping, self._encoding = layer, profile, mapping, encoding
        self._day = profile.legal_day(valid_from)
        self._latest = datetime.now(UTC).date() + _FUTURE
        self._codes = {f.name: self._known_codes(f) for f in layer.fields if f.codes}
        self._filled = [f for f in layer.fields if f.name in mapping.fields]
        self._form = ",".join(sorted([*mapping.fields, *map(str, sorted(mapping.constants.items()))]))

    def value(self, batch: Batch) -> Valued:
        """Convert and check a batch."""
        texts = _Decoded(batch.columns, self._encoding)
        work = _Work(len(batch.rows), texts)
        keys = self._keys(work)
        dates = self._dates(work)
        fields = {f.name: self._field(f, work, dates) for f in self._filled}
        quarters = self._joined(self._mapping.numbering.quarter if self._mapping.numbering else (), work)
        return Valued(keys, fields, dates, quarters, work.flaws)

    def digests(self, valued: Valued, shapes: Iterable[bytes]) -> list[bytes]:
        """Return each row's content hash: of its shape, its values, and which fields they fill."""
        columns = [*valued.fields.values(), valued.valid_from, valued.quarters]
        return [
            blake2b("\x1f".join([self._form, *map(str, row)]).encode() + shape, digest_size=16).digest()
            for shape, *row in zip(shapes, *columns, strict=True)
        ]

    def _keys(self, work: "_Work") -> list[str | None]:
        keys = self._joined(self._mapping.key, work)
        named = ", ".join(self._mapping.key)
        work.flaws += [Flaw(i, defects.KEY_MISSING, {"columns": named}) for i, key in enumerate(keys) if key is None]
        return keys

    def _joined(self, columns: Sequence[str], work: "_Work") -> list[str | None]:
        if not columns:
            return [None] * work.count
        parts = [work.converted(c, c, _text) for c in columns]
        if len(parts) == 1:
            return parts[0]
        return [None if any(p is None for p in row) else "/".join(row) for row in zip(*parts, strict=True)]

    def _dates(self, work: "_Work") -> list[datetime | None]:
        column = self._mapping.valid_from
        if column is None:
            return [None] * work.count
        days = work.converted(column, "valid_from", self._read_instant)
        self._bounded("valid_from", days, work)
        return days

    def _field(self, declared: Field, work: "_Work", dates: Sequence[datetime | None]) -> list[Any]:
        source = self._mapping.fields[declared.name]
        read = self._reader(declared)
        if source.codes:
            read = _translating(read, source.translated)
        values = work.converted(source.column, declared.name, read)
        self._check(declared, values, dates, work)
        return values

    def _reader(self, declared: Field) -> Callable[[Any], Any]:
        number = READERS.get((self._layer.name, declared.name))
        if number is not None:
            return lambda value: number(_text(value))
        if declared.type is FieldType.INSTANT:
            return self._read_instant
        return _READERS[declared.type]

    def _read_instant(self, value: Any) -> datetime:
        if isinstance(value, str) and len(value) > 10:
            value = _iso_instant(value)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=self._profile.zone)
        return self._profile.midnight(_day(value))

    def _check(self, declared: Field, values: list[Any], dates: Sequence[datetime | None], work: "_Work") -> None:
        if declared.required:
            work.note(declared.name, values, lambda v: v is None, defects.VALUE_MISSING)
        if declared.type in {FieldType.DATE, FieldType.INSTANT}:
            self._bounded(declared.name, values, work)
        if declared.type is FieldType.STRING:
            self._check_text(declared, values, dates, work)

    def _check_text(self, declared: Field, values: list[Any], dates: Sequence[datetime | None], work: "_Work") -> None:
        name = declared.name
        bounded = () if declared.document else values
        long = {i: len(v) for i, v in enumerate(bounded) if v is not None and len(v) > LONGEST}
        for i, length in long.items():
            work.flaws.append(Flaw(i, defects.VALUE_TOO_LONG, {"field": name, "length": length, "longest": LONGEST}))
            values[i] = None
        if declared.values:
            known = ", ".join(declared.values)
            work.note(name, values, lambda v: v not in (None, *declared.values), defects.UNLISTED_VALUE, known=known)
        if declared.codes:
            self._check_codes(name, values, dates, work)
        form = reference_form(self._layer, name, self._profile)
        if form is not None:
            facts = {"example": form.example}
            work.note(name, values, lambda v: v is not None and not form.fits(v), defects.BAD_REFERENCE, **facts)

    def _check_codes(self, name: str, values: list[Any], dates: Sequence[datetime | None], work: "_Work") -> None:
        known = self._codes[name]
        if not any(dates) and known(self._day).issuperset(code for code in set(values) if code is not None):
            return
        for i, code in enumerate(values):
            moment = dates[i]
            day = self._day if moment is None else self._profile.legal_day(moment)
            if code is not None and code not in known(day):
                facts = {"field": name, "value": code[:_SHOWN], "known": ", ".join(sorted(known(day))) or "—"}
                work.flaws.append(Flaw(i, defects.UNKNOWN_CODE, facts))

    def _known_codes(self, declared: Field) -> Callable[[date], frozenset[str]]:
        classifier = self._profile.classifier(declared.codes or "")
        return lru_cache(lambda day: frozenset(entry.code for entry in classifier.on(day)))

    def _bounded(self, name: str, values: list[Any], work: "_Work") -> None:
        earliest, latest = self._profile.limits.earliest_date, self._latest
        for i, value in enumerate(values):
            if value is not None and not earliest <= _date_of(value) <= latest:
                facts = {"field": name, "value": _date_of(value), "earliest": earliest, "latest": latest}
                work.flaws.append(Flaw(i, defects.ABSURD_DATE, facts))
                values[i] = None


def _date_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _translating(read: Callable[[Any], Any], translate: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: read(translate(_text(value)))


@dataclass
class _Work:
    """A batch under conversion."""

    count: int
    decoded: "_Decoded"
    flaws: list[Flaw] = field(default_factory=list)

    def converted(self, column: str, name: str, read: Callable[[Any], Any]) -> list[Any]:
        """Return a column's values as ``read`` makes them; what it can't read is a flaw and stays empty."""
        values, undecodable = self.decoded.values(column)
        for i, raw in undecodable.items():
            facts = {"field": name, "encoding": self.decoded.encoding, "value": repr(raw[:_SHOWN])}
            self.flaws.append(Flaw(i, defects.UNDECODABLE, facts))
        try:
            return [None if value is None else read(value) for value in values]
        except (Misread, QalaError):
            return [None if value is None else self._one(i, value, name, read) for i, value in enumerate(values)]

    def _one(self, index: int, value: Any, name: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(value)
        except Misread as error:
            facts = {"field": name, "value": str(value)[:_SHOWN], "expected": error.expected}
            self.flaws.append(Flaw(index, defects.BAD_VALUE, facts))
        except QalaError as error:
            self.flaws.append(Flaw(index, defects.BAD_NUMBER, {"field": name, "reason": error.message}))
        return None

    def note(
        self, name: str, values: Sequence[Any], wrong: Callable[[Any], bool], kind: defects.Kind, **facts: object
    ) -> None:
        """Write a flaw down for each value that is wrong, unless the row's value was refused already."""
        told = {flaw.index for flaw in self.flaws if flaw.facts.get("field") == name}
        for i, value in enumerate(values):
            if wrong(value) and i not in told:
                self.flaws.append(Flaw(i, kind, {"field": name, "value": str(value)[:_SHOWN], **facts}))


class _Decoded:
    """Columns as Python values; texts decoded, blanks around them dropped, empty ones ``None``."""

    def __init__(self, columns: Mapping[str, pa.Array], encoding: str) -> None:
        self._columns = columns
        self.encoding = encoding

    def values(self, column: str) -> tuple[list[Any], dict[int, bytes]]:
        """Return a column's values, and the bytes that are no text in the file's encoding, by index."""
        array = self._columns[column]
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if not _is_text(array.type):
            return [_number(v) for v in _scalars(array)], {}
        try:
            return [_stripped(text) for text in self._texts(array)], {}
        except (pa.ArrowInvalid, UnicodeDecodeError):
            return self._one_by_one(array.cast(pa.large_binary()).to_pylist())

    def _texts(self, array: pa.Array) -> list[str | None]:
        if self.encoding == "utf-8":
            return list(array.cast(pa.large_string()).to_pylist())
        raw = array.cast(pa.large_binary()).to_pylist()
        return [None if value is None else value.decode(self.encoding) for value in raw]

    def _one_by_one(self, raw: Sequence[bytes | None]) -> tuple[list[Any], dict[int, bytes]]:
        undecodable: dict[int, bytes] = {}
        return [self._text(i, value, undecodable) for i, value in enumerate(raw)], undecodable

    def _text(self, index: int, raw: bytes | None, undecodable: dict[int, bytes]) -> str | None:
        if raw is None:
            return None
        try:
            return _stripped(raw.decode(self.encoding))
        except UnicodeDecodeError:
            undecodable[index] = raw
            return None


def _stripped(text: str | None) -> str | None:
    return (text.strip() or None) if text else None


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _scalars(array: pa.Array) -> Iterator[Any]:
    try:
        yield from array.to_pylist()
    except (ValueError, OverflowError):
        for scalar in array:
            try:
                yield scalar.as_py()
            except (ValueError, OverflowError):
                yield str(scalar)


def _number(value: Any) -> Any:
    """Empty numeric cells of tables without NULL come as NaN."""
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124


def _text(value: Any) -> str:
    if isinstance(value, str):
        if "\x00" in value:
            raise Misread(_TEXT)
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list | bytes):
        raise Misread(_TEXT)
    return value.isoformat() if isinstance(value, date) else str(value)


def _integer(value: Any) -> int:
    number = _real(value)
    if not number.is_integer() or abs(number) >= 2**53:
        exact = isinstance(value, int) or (isinstance(value, str) and value.lstrip("+-").isdecimal())
        if exact and -(2**63) <= int(value) < 2**63:
            return int(value)
        raise Misread(_INTEGER)
    return int(number)


def _real(value: Any) -> float:
    try:
        number = float(value.replace(" ", "").replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        raise Misread(_REAL) from None
    if isinstance(value, bool) or number - number != 0:
        raise Misread(_REAL)
    return number


def _boolean(value: Any) -> bool:
    found = _BOOLEANS.get(str(value).casefold())
    if found is None:
        raise Misread(_YES_NO)
    return found


_BOOLEANS = {
    **dict.fromkeys(("true", "t", "1", "1.0", "yes", "y", "да", "иә", "ия"), True),
    **dict.fromkeys(("false", "f", "0", "0.0", "no", "n", "нет", "жоқ"), False),
}


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = next((m for m in (form.fullmatch(str(value)) for form in _DAYS) if m), None)
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])) if found else _iso_instant(str(value)).date()
    except ValueError:
        raise Misread(_DATE) from None


_DAYS = (
    re.compile(r"(?P<y>\d{4})[-/.]?(?P<m>\d{2})[-/.]?(?P<d>\d{2})", re.ASCII),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?: г\.?| ж\.?)?", re.ASCII),
)


def _iso_instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise Misread(_DATE) from None


_READERS: Final[Mapping[FieldType, Callable[[Any], Any]]] = {
    FieldType.STRING: _text,
    FieldType.INTEGER: _integer,
    FieldType.NUMBER: _real,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _day,
}

_TEXT = Text(kk="мәтін", ru="текст", en="a text")
_INTEGER = Text(kk="бүтін сан", ru="целое число", en="a whole number")
_REAL = Text(kk="сан", ru="число", en="a number")
_YES_NO = Text(kk="иә немесе жоқ", ru="да или нет", en="true or false")
_DATE = Text(kk="күн, мысалы 2024-03-01", ru="дата, например 2024-03-01", en="a date, for example 2024-03-01")
