"""Long statements that a connection's server keeps prepared, so that asking again sends only their name and values.

The driver prepares statements by itself, but reads the whole text anew each time, which for a statement over all layers
takes as long as a good part of the answer.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from weakref import WeakKeyDictionary

from psycopg import ClientCursor, Connection, sql

_TYPES: Final[Mapping[type, str]] = {
    bool: "boolean",
    int: "bigint",
    float: "double precision",
    bytes: "bytea",
    datetime: "timestamptz",
}
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")

_known: "WeakKeyDictionary[Connection, set[str]]" = WeakKeyDictionary()


class Prepared:
    """A statement with named placeholders, and the types of what they stand for."""

    def __init__(self, statement: sql.Composed, types: Mapping[str, type]) -> None:
        """Number the placeholders."""
        numbers = {name: f"${number}" for number, name in enumerate(types, 1)}
        text = _PLACEHOLDER.sub(lambda found: numbers[found[1]], statement.as_string(None)).replace("%%", "%")
        name = f"qala_{sha256(text.encode()).hexdigest()[:24]}"
        listed = ", ".join(_TYPES[kind] for kind in types.values())
        self._name = name
        self._prepare = f"PREPARE {name} ({listed}) AS {text}".encode()
        self._execute = f"EXECUTE {name} ({', '.join(f'%({each})s' for each in types)})".encode()

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows that the statement gives for values by name."""
        known = _known.setdefault(connection, set())
        cursor = ClientCursor(connection)
        if self._name not in known:
            connection.execute(self._prepare)
            known.add(self._name)
        return cursor.execute(self._execute, values).fetchall()
