"""Mapping files: which source column fills which field of a layer.

::

    layer = "land.parcel"
    dataset = "cadastre.data.gouv.fr/75118"   # editions of one data set are compared with each other
    key = "id"                                # the column, or columns, by which a row is known from edition to edition
    crs = "EPSG:4326"                         # only where the file does not say
    encoding = "cp1251"                       # only where the file does not say
    valid_from = "created"                    # a column of dates; without it, the legal source's date of force

    [fields]
    national_reference = "id"
    category = { column = "kat", codes = { "01" = "1", "02" = "2" }, otherwise = "7" }

    [constants]
    derived = false

    [numbering]                               # the city's own numbers for rows that bring foreign ones
    quarter = ["prefixe", "section"]          # columns that name a quarter; without them, quarters found by place

Every key is optional. Without a mapping file, columns fill the fields of the same name.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from gis.classifier import Settings
from gis.errors import BadRequest
from gis.layer import Layer
from gis.text import Text

_KEY_COLUMNS = ("source_key", "id", "gml_id", "fid")


class BadMapping(BadRequest):
    """A mapping file that can't be read, or does not fit the file or the layer."""

    code = "bad-mapping"


class FieldSource(Settings):
    """Where a field's value comes from.

    Attributes:
        column: of the file.
        codes: translations of the column's values; without any, values are taken as they are.
        otherwise: value for what ``codes`` lacks; without it such a value is taken as it is.
    """

    column: str
    codes: Mapping[str, str] = {}
    otherwise: str | None = None

    def translated(self, value: str) -> str:
        """Return what a value of the column stands for."""
        return self.codes.get(value, self.otherwise or value) if self.codes else value


def _field_source(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _columns(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_columns)]


class Numbering(Settings):
    """Numbers of the city's own for rows that bring foreign ones; ``quarter``: columns that name a row's quarter."""

    quarter: Columns = ()


class ColumnMapping(Settings):
    """What a mapping file says."""

    layer: str | None = None
    dataset: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    key: Columns = ()
    crs: str | None = None
    encoding: str | None = None
    source_layer: str | None = None
    valid_from: str | None = None
    fields: Mapping[str, Annotated[FieldSource, BeforeValidator(_field_source)]] = {}
    constants: Mapping[str, str | int | float | bool] = {}
    numbering: Numbering | None = None

    def columns(self) -> Iterator[str]:
        """All columns that it reads."""
        yield from self.key
        yield from (source.column for source in self.fields.values())
        if self.valid_from:
            yield self.valid_from
        if self.numbering:
            yield from self.numbering.quarter


def read_mapping(file: Path) -> ColumnMapping:
    """Read a mapping file.

    Raises:
        BadMapping: it is missing, is no TOML, or has keys that mean nothing.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadMapping(_UNREADABLE.filled(file=file, reason=error.strerror or error)) from None
    except UnicodeDecodeError:
        raise BadMapping(_UNREADABLE.filled(file=file, reason="UTF-8?")) from None
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(_UNREADABLE.filled(file=file, reason=error)) from None
    return checked_mapping(table, str(file))


def checked_mapping(table: Mapping[str, Any], origin: str) -> ColumnMapping:
    """Check a mapping's table.

    Raises:
        BadMapping: with every key that is wrong.
    """
    try:
        return ColumnMapping.model_validate(table)
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
        known = ", ".join(ColumnMapping.model_fields)
        raise BadMapping(_WRONG.filled(file=origin, problems=found, known=known)) from None


def fitted(mapping: ColumnMapping | None, layer: Layer, columns: Sequence[str], stem: str) -> ColumnMapping:
    """Return a mapping that fits a file and a layer, with what it leaves open filled in.

    Args:
        mapping: as read; ``None`` lets columns fill the fields of the same name.
        layer: to be loaded.
        columns: of the file.
        stem: name of the file, which names the data set where nothing else does.

    Raises:
        BadMapping: names every column or field that does not exist, and every required field that nothing fills.
    """
    given = mapping or ColumnMapping()
    same = {f.name: FieldSource(column=f.name) for f in layer.fields if f.name in columns}
    complete = given.model_copy(
        update={
            "dataset": given.dataset or stem,
            "key": given.key or _key(layer, columns),
            "fields": given.fields if mapping else same,
        }
    )
    problems = [*_unknown(complete, layer, columns), *_unfilled(complete, layer)]
    if problems:
        raise BadMapping(_UNFIT.filled(problems="; ".join(problems), columns=", ".join(columns)), problems=problems)
    return complete


def _key(layer: Layer, columns: Sequence[str]) -> tuple[str, ...]:
    candidates = (*_KEY_COLUMNS, *(f.name for f in layer.identifiers), layer.label or "")
    return next(((c,) for c in candidates if c in columns), ())


def _unknown(mapping: ColumnMapping, layer: Layer, columns: Sequence[str]) -> Iterator[str]:
    if mapping.layer not in {None, layer.name}:
        yield f"layer = {mapping.layer!r}, not {layer.name!r}"
    if not mapping.key:
        yield "key = ?"
    yield from (f"column {c!r} = ?" for c in dict.fromkeys(mapping.columns()) if c not in columns)
    known = {f.name for f in layer.fields}
    yield from (f"field {n!r} = ?" for n in (*mapping.fields, *mapping.constants) if n not in known)
    yield from (f"field {n!r}: [fields], [constants]" for n in mapping.fields if n in mapping.constants)


def _unfilled(mapping: ColumnMapping, layer: Layer) -> Iterator[str]:
    issued = {f.name for f in layer.identifiers} if mapping.numbering else set()
    filled = {*mapping.fields, *mapping.constants, *issued}
    yield from (f"required field {f.name!r} = ?" for f in layer.fields if f.required and f.name not in filled)


_UNREADABLE = Text(
    kk="{file} сәйкестік файлы оқылмайды: {reason}. Ол UTF-8 кодтауындағы TOML болуы тиіс.",
    ru="Файл соответствий {file} не читается: {reason}. Это должен быть TOML в кодировке UTF-8.",
    en="The mapping file {file} can't be read: {reason}. It must be TOML in UTF-8.",
)
_WRONG = Text(
    kk="{file} сәйкестік файлында қате бар: {problems}. Кілттері: {known}.",
    ru="В файле соответствий {file} ошибки: {problems}. Его ключи: {known}.",
    en="The mapping file {file} is wrong: {problems}. Its keys are: {known}.",
)
_UNFIT = Text(
    kk="Сәйкестік файлға немесе қабатқа келмейді: {problems}. Файлдың бағандары: {columns}.",
    ru="Соответствие не подходит к файлу или слою: {problems}. Столбцы файла: {columns}.",
    en="The mapping does not fit the file or the layer: {problems}. The file's columns are: {columns}.",
)
