"""GraphML (graphml.graphdrawing.org, version 1.0), written as it is walked: memory stays that of one element."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from lxml import etree

_SPACE: Final = "http://graphml.graphdrawing.org/xmlns"
_UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for."""


@dataclass(frozen=True, slots=True)
class Key:
    """One attribute: its name, of what (``graph``, ``node`` or ``edge``) and its GraphML type."""

    name: str
    domain: str
    type: str = "string"

    @property
    def id(self) -> str:
        """Return the name by which data refers to it."""
        return f"{self.domain}-{self.name}"


Node = tuple[int, Mapping[str, Any]]
"""Id and attributes."""

Edge = tuple[int, int, int, Mapping[str, Any]]
"""Nodes from which and to which it runs, id, attributes."""


def write_graphml(
    file: Path, keys: Sequence[Key], said: Mapping[str, Any], nodes: Iterable[Node], edges: Iterable[Edge]
) -> None:
    """Write a directed graph; ``said`` are the attributes of the graph itself. What is ``None`` is left out.

    Raises:
        OSError: the file can't be written.
    """
    known = {(key.domain, key.name): key.id for key in keys}
    with etree.xmlfile(str(file), encoding="utf-8") as out, _opened(out, keys):
        for element in _data("graph", said, known):
            out.write(element)
        for number, attributes in nodes:
            out.write(_element("node", {"id": str(number)}, attributes, known))
        for begin, end, number, attributes in edges:
            ends = {"id": str(number), "source": str(begin), "target": str(end)}
            out.write(_element("edge", ends, attributes, known))


@contextmanager
def _opened(out: Any, keys: Sequence[Key]) -> Iterator[None]:
    out.write_declaration()
    with out.element(f"{{{_SPACE}}}graphml", nsmap={None: _SPACE}):
        for key in keys:
            named = {"id": key.id, "for": key.domain, "attr.name": key.name, "attr.type": key.type}
            out.write(etree.Element(f"{{{_SPACE}}}key", named))
        with out.element(f"{{{_SPACE}}}graph", edgedefault="directed"):
            yield


def _element(
    name: str, marks: Mapping[str, str], said: Mapping[str, Any], known: Mapping[tuple[str, str], str]
) -> etree._Element:
    element = etree.Element(f"{{{_SPACE}}}{name}", dict(marks))
    element.extend(_data(name, said, known))
    return element


def _data(domain: str, said: Mapping[str, Any], known: Mapping[tuple[str, str], str]) -> list[etree._Element]:
    return [_datum(known[domain, name], value) for name, value in said.items() if value is not None]


def _datum(key: str, value: Any) -> etree._Element:
    element = etree.Element(f"{{{_SPACE}}}data", key=key)
    element.text = spelled(value)
    return element


def spelled(value: Any) -> str:
    """Return a value as GraphML spells it.

    >>> spelled(True), spelled(0.05), spelled("Абай")
    ('true', '0.05', 'Абай')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case str():
            return _UNWRITABLE.sub("", value)
        case _:
            return repr(value)
