"""The standard's own word on a CityJSON document: its JSON Schema, and its official validator where it is installed."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from referencing import Registry, Resource

_SCHEMAS = Path(__file__).parent / "data" / "schemas" / "cityjson" / "2.0.2"

_OBJECTS = "https://www.cityjson.org/schemas/2.0.2/cityobjects.schema.json"


def _schema(name: str) -> Any:
    return json.loads((_SCHEMAS / name).read_text(encoding="utf-8"))


def require_valid(file: Path) -> None:
    """Fail where a document breaks the schema, or what the official validator demands beyond it."""
    known = {file.name: _schema(file.name) for file in _SCHEMAS.glob("*.schema.json")}
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in known.values()
    )
    document = json.loads(file.read_text(encoding="utf-8"))
    # Object by object, each by the schema of its own type: trying all types on every object takes minutes.
    frame = {**document, "CityObjects": {}, "vertices": document["vertices"][:10]}
    asked = [(known["cityjson.schema.json"], frame)]
    asked += [({"$ref": f"{_OBJECTS}#/{told['type']}"}, told) for told in document["CityObjects"].values()]
    for schema, part in asked:
        found = next(Draft7Validator(schema, registry=registry).iter_errors(part), None)
        assert found is None, found
    assert all(len(v) == 3 and all(isinstance(n, int) for n in v) for v in document["vertices"])
    _require_indices(document)
    if (command := shutil.which("cjval")) is not None:
        told = subprocess.run([command, "-r", str(file)], check=False, capture_output=True, text=True)
        report = json.loads(told.stdout)
        assert report["valid"], report


def _require_indices(document: dict[str, Any]) -> None:
    """Fail where a vertex is not there, or a part and its whole do not name each other: no schema can tell."""
    count = len(document["vertices"])

    def numbers(part: Any) -> Any:
        return (n for inner in part for n in numbers(inner)) if isinstance(part, list) else (part,)

    for name, told in document["CityObjects"].items():
        for geometry in told.get("geometry", ()):
            assert all(0 <= n < count for n in numbers(geometry["boundaries"]))
        for child in told.get("children", ()):
            assert name in document["CityObjects"][child]["parents"]
