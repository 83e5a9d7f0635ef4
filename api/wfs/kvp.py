"""Requests as keyword-value pairs (WFS 2.0, 6.2.5): names in any case, each at most once."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from api.wfs.errors import InvalidParameterValue, missing, unknown_value
from gis.text import Text

PARAMETERS: Final = (
    "SERVICE", "REQUEST", "VERSION", "ACCEPTVERSIONS", "SECTIONS", "ACCEPTFORMATS", "UPDATESEQUENCE",
    "LANGUAGE", "ACCEPTLANGUAGES", "EXCEPTIONS", "NAMESPACES", "NAMESPACE",
    "TYPENAMES", "TYPENAME", "ALIASES", "SRSNAME", "OUTPUTFORMAT",
    "FILTER", "FILTER_LANGUAGE", "RESOURCEID", "FEATUREID", "BBOX", "SORTBY", "PROPERTYNAME", "VALUEREFERENCE",
    "STARTINDEX", "COUNT", "MAXFEATURES", "RESULTTYPE",
    "RESOLVE", "RESOLVEDEPTH", "RESOLVETIMEOUT", "RESOLVEPATH",
    "STOREDQUERY_ID", "ID",
    "DATETIME", "RECORDED-AT", "DRAFT", "AFTER",
)  # fmt: skip
"""Every name that some operation knows; after the empty line come the register's own: two times, and the page's key."""

_ALIASES: Final = {
    "TYPENAME": "TYPENAMES",
    "NAMESPACE": "NAMESPACES",
    "FEATUREID": "RESOURCEID",
    "MAXFEATURES": "COUNT",
    "RECORDED_AT": "RECORDED-AT",
    "LANG": "LANGUAGE",
}
"""Other spellings: older ones that clients still send, and that of the register's other interfaces."""


class Parameters(dict[str, str]):
    """The parameters of one request that have values, by upper-case name."""

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> "Parameters":
        """Read the pairs of a query string.

        Raises:
            InvalidParameterValue: a name that nobody knows (it lists those there are), or one given twice.
        """
        found = cls()
        for name, value in pairs:
            if found.setdefault(_known(name), value) != value:
                raise InvalidParameterValue(_TWICE.filled(name=name[:100]), parameter=name[:100])
        return cls((name, value) for name, value in found.items() if value.strip())

    def required(self, name: str, example: str) -> str:
        """Return a value that the operation can't do without.

        Raises:
            MissingParameterValue: it is not there.
        """
        if name not in self:
            raise missing(name, example)
        return self[name]

    def number(self, name: str) -> int | None:
        """Return a whole number from 0 on; ``None`` where it is missing."""
        text = self.get(name)
        if text is None:
            return None
        if not re.fullmatch("[0-9]{1,15}", text.strip()):
            raise unknown_value(name, text, "0, 1, 2, …")
        return int(text)

    def one_of(self, name: str, allowed: Sequence[str]) -> str:
        """Return one of the allowed values, the first where it is missing; letter case does not matter."""
        text = self.get(name, allowed[0])
        for value in allowed:
            if text.casefold() == value.casefold():
                return value
        raise unknown_value(name, text, ", ".join(allowed))

    def listed(self, name: str) -> list[str]:
        """Return the members of a comma-separated list."""
        return [part.strip() for part in self.get(name, "").split(",") if part.strip()]


def _known(name: str) -> str:
    upper = name.upper()
    known = _ALIASES.get(upper, upper)
    if known not in PARAMETERS:
        raise InvalidParameterValue(_UNKNOWN.filled(name=name[:100], known=", ".join(PARAMETERS)), parameter=name[:100])
    return known


_UNKNOWN = Text(
    kk="«{name}» параметрі жоқ. Бар параметрлер: {known}.",
    ru="Параметра «{name}» нет. Есть параметры: {known}.",
    en="There is no parameter '{name}'. The parameters are: {known}.",
)
_TWICE = Text(
    kk="{name} параметрі екі рет, әртүрлі мәнмен берілген; біреуін қалдырыңыз.",
    ru="Параметр {name} задан дважды с разными значениями; оставьте одно.",
    en="The parameter {name} is given twice with different values; leave one.",
)
