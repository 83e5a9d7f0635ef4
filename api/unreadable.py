"""What pydantic finds wrong with a request, in Kazakh, Russian and English."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from gis.text import Text

_OR: Final = re.compile(r"(?<=') or (?=')")
"""Between the last two of what pydantic lists as allowed, each in quotes."""

_PLACES: Final = frozenset({"query", "path", "body", "header"})


def faults(found: Iterable[Mapping[str, Any]]) -> list[tuple[str, Text]]:
    """Return each fault: the member or parameter it is of, ``body`` for the body as a whole, and what is wrong.

    Args:
        found: as ``RequestValidationError.errors()`` lists them.
    """
    return [(_place(each), _reason(each)) for each in found]


def _place(fault: Mapping[str, Any]) -> str:
    location: Sequence[object] = fault["loc"]
    if fault["type"] == "json_invalid":
        return "body"  # what else its location has is a position in the text
    named = ".".join(str(part) for part in location[1:] if part) if location and location[0] in _PLACES else ""
    return named[:200] or ".".join(map(str, location))[:200] or "body"


def _reason(fault: Mapping[str, Any]) -> Text:
    kind = str(fault["type"])
    facts = {name: str(value)[:300] for name, value in (fault.get("ctx") or {}).items()}
    if "expected" in facts:  # pydantic tells the last two apart by an English word
        facts["expected"] = _OR.sub(", ", facts["expected"])
    if kind == "json_invalid":
        return _NO_JSON.filled(position=fault["loc"][-1])
    return _REASONS.get(kind, _OTHER).filled(kind=kind, **facts)


_NO_JSON = Text(
    kk="JSON емес (қате {position}-таңбаның тұсында)",
    ru="не JSON (ошибка у знака {position})",
    en="it is no JSON (the fault is at character {position})",
)
_OTHER = Text(kk="мәні жарамайды ({kind})", ru="значение не годится ({kind})", en="the value won't do ({kind})")

_WHOLE = Text(kk="бүтін сан керек", ru="нужно целое число", en="it takes a whole number")
_NUMBER = Text(kk="сан керек", ru="нужно число", en="it takes a number")
_FINITE = Text(kk="шекті сан керек", ru="нужно конечное число", en="it takes a finite number")
_YES_NO = Text(kk="true не false керек", ru="нужно true или false", en="it takes true or false")
_TEXT = Text(kk="мәтін керек", ru="нужна строка текста", en="it takes a text")
_UNICODE = Text(
    kk="мәтінде Юникодта жоқ таңба бар", ru="в тексте есть знак, которого нет в Юникоде", en="the text is no Unicode"
)
_DATE = Text(
    kk="күн керек, мысалы 2026-03-01", ru="нужна дата, например 2026-03-01", en="it takes a date such as 2026-03-01"
)
_MOMENT = Text(
    kk="уақыт сәті керек, мысалы 2026-03-01T09:00:00+05:00",
    ru="нужен момент времени, например 2026-03-01T09:00:00+05:00",
    en="it takes an instant such as 2026-03-01T09:00:00+05:00",
)
_OBJECT = Text(kk="JSON объектісі {{…}} керек", ru="нужен объект JSON {{…}}", en="it takes a JSON object {{...}}")
_ARRAY = Text(kk="JSON массиві […] керек", ru="нужен массив JSON […]", en="it takes a JSON array [...]")
_LISTED = Text(kk="мыналардың бірі керек: {expected}", ru="нужно одно из: {expected}", en="it takes one of: {expected}")

_REASONS: Final[Mapping[str, Text]] = {
    "missing": Text(kk="берілмеген, бірақ міндетті", ru="не задано, а это обязательно", en="it is missing"),
    "extra_forbidden": Text(kk="мұнда бұл болмайды", ru="такого здесь нет", en="there is no such thing here"),
    "string_too_short": Text(
        kk="тым қысқа, таңба саны кемінде {min_length} болуы тиіс",
        ru="слишком коротко, знаков должно быть не меньше {min_length}",
        en="it is too short, the least number of characters is {min_length}",
    ),
    "string_too_long": Text(
        kk="тым ұзын, таңба саны {max_length} мәнінен аспауы тиіс",
        ru="слишком длинно, знаков должно быть не больше {max_length}",
        en="it is too long, the greatest number of characters is {max_length}",
    ),
    "too_short": Text(
        kk="элемент саны кемінде {min_length} болуы тиіс, мұнда {actual_length}",
        ru="элементов должно быть не меньше {min_length}, здесь их {actual_length}",
        en="the least number of elements is {min_length}, here are {actual_length}",
    ),
    "too_long": Text(
        kk="элемент саны {max_length} мәнінен аспауы тиіс, мұнда {actual_length}",
        ru="элементов должно быть не больше {max_length}, здесь их {actual_length}",
        en="the greatest number of elements is {max_length}, here are {actual_length}",
    ),
    "string_pattern_mismatch": Text(
        kk="{pattern} үлгісіне сәйкес келмейді",
        ru="не соответствует образцу {pattern}",
        en="it does not match the pattern {pattern}",
    ),
    "blank": Text(
        kk="мәтінде оқитын ештеңе жоқ; кемінде бір әріп не цифр керек",
        ru="в тексте нечего прочесть; нужна хотя бы одна буква или цифра",
        en="the text has nothing to read; it needs a letter or a digit at least",
    ),
    "control_character": Text(
        kk="мәтінде басқарушы таңба (код {code}) бар",
        ru="в тексте есть управляющий знак (код {code})",
        en="the text has a control character (code {code})",
    ),
    "string_type": _TEXT,
    "string_unicode": _UNICODE,
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _WHOLE),
    **dict.fromkeys(("float_type", "float_parsing"), _NUMBER),
    "finite_number": _FINITE,
    **dict.fromkeys(("bool_type", "bool_parsing"), _YES_NO),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), _DATE),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"),
        _MOMENT,
    ),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), _OBJECT),
    **dict.fromkeys(("list_type", "tuple_type", "iterable_type"), _ARRAY),
    **dict.fromkeys(("enum", "literal_error"), _LISTED),
    "greater_than": Text(
        kk="{gt} мәнінен үлкен болуы тиіс", ru="должно быть больше {gt}", en="it must be greater than {gt}"
    ),
    "greater_than_equal": Text(
        kk="кемінде {ge} болуы тиіс", ru="должно быть не меньше {ge}", en="it must be at least {ge}"
    ),
    "less_than": Text(kk="{lt} мәнінен кіші болуы тиіс", ru="должно быть меньше {lt}", en="it must be less than {lt}"),
    "less_than_equal": Text(
        kk="{le} мәнінен аспауы тиіс", ru="должно быть не больше {le}", en="it must be at most {le}"
    ),
}
"""By pydantic's name of the fault; its facts (https://docs.pydantic.dev/latest/errors/validation_errors/) fill in."""
