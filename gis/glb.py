"""Triangles as binary glTF 2.0 (ISO/IEC 12113), each with the body that it belongs to.

glTF counts y upwards: a point (east, north, up) is written as (east, up, -north). The bodies' properties stand in a
table of ``EXT_structural_metadata``, the number of each triangle's body beside its corners (``EXT_mesh_features``).
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gis.solid import Points

_FLOAT, _BYTE = 5126, 5121
_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942
_CLASS: Final = "body"

Column = tuple[str, str, Sequence[Any]]
"""A property of the bodies: its name; ``STRING``, ``INT64`` or ``FLOAT32``; a value for each body."""


@dataclass
class _Bin:
    """The binary part, view by view, each beginning at a multiple of eight bytes."""

    data: bytearray = field(default_factory=bytearray)
    views: list[dict[str, int]] = field(default_factory=list)

    def add(self, content: bytes, target: int | None = None) -> int:
        self.data += bytes(-len(self.data) % 8)
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(content)}
        self.views.append(view if target is None else {**view, "target": target})
        self.data += content
        return len(self.views) - 1


def glb(
    triangles: Points, owners: npt.NDArray[np.int64], colours: npt.NDArray[np.uint8], columns: Sequence[Column]
) -> bytes:
    """Return a GLB of triangles.

    Args:
        triangles: three corners each (east, north, up) [m] from the tile's origin, against the clock from outside.
        owners: number of the body of each triangle, from 0.
        colours: red, green, blue, opacity of each body.
        columns: the bodies' properties.
    """
    binary = _Bin()
    accessors, attributes = _corners(binary, triangles, owners, colours)
    document = {
        "asset": {"version": "2.0", "generator": "qala"},
        "extensionsUsed": ["EXT_mesh_features", "EXT_structural_metadata"],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [_primitive(attributes, len(colours))]}],
        "materials": [{"doubleSided": True, "pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 1.0}}],
        "accessors": accessors,
        "extensions": {"EXT_structural_metadata": _metadata(binary, columns, len(colours))},
    }
    document["bufferViews"] = binary.views
    document["buffers"] = [{"byteLength": len(binary.data)}]
    return _packed(document, bytes(binary.data))


def _corners(
    binary: _Bin, triangles: Points, owners: npt.NDArray[np.int64], colours: npt.NDArray[np.uint8]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    corners = triangles.reshape(-1, 3)[:, (0, 2, 1)] * (1, 1, -1)
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.where(lengths > 0, normals / np.where(lengths > 0, lengths, 1), (0.0, 0.0, 1.0))
    normals = np.repeat(normals[:, (0, 2, 1)] * (1, 1, -1), 3, axis=0)
    each = np.repeat(owners, 3)
    position = corners.astype("<f4")
    columns: list[tuple[str, npt.NDArray[Any], int, str, dict[str, Any]]] = [
        ("POSITION", position, _FLOAT, "VEC3", {"min": position.min(0).tolist(), "max": position.max(0).tolist()}),
        ("NORMAL", normals.astype("<f4"), _FLOAT, "VEC3", {}),
        ("COLOR_0", colours[each], _BYTE, "VEC4", {"normalized": True}),
        ("_FEATURE_ID_0", each.astype("<f4"), _FLOAT, "SCALAR", {}),
    ]
    accessors = [
        {"bufferView": binary.add(v.tobytes(), 34962), "componentType": kind, "count": len(v), "type": form, **more}
        for _, v, kind, form, more in columns
    ]
    return accessors, {name: i for i, (name, *_) in enumerate(columns)}


def _primitive(attributes: dict[str, int], bodies: int) -> dict[str, Any]:
    ids = {"featureCount": bodies, "attribute": 0, "propertyTable": 0}
    return {
        "attributes": attributes,
        "material": 0,
        "mode": 4,
        "extensions": {"EXT_mesh_features": {"featureIds": [ids]}},
    }


def _metadata(binary: _Bin, columns: Sequence[Column], bodies: int) -> dict[str, Any]:
    declared = {name: _declared(kind) for name, kind, _ in columns}
    properties = {name: _property(binary, kind, values) for name, kind, values in columns}
    return {
        "schema": {"id": "qala", "classes": {_CLASS: {"properties": declared}}},
        "propertyTables": [{"class": _CLASS, "count": bodies, "properties": properties}],
    }


def _declared(kind: str) -> dict[str, str]:
    return {"type": "STRING"} if kind == "STRING" else {"type": "SCALAR", "componentType": kind}


def _property(binary: _Bin, kind: str, values: Sequence[Any]) -> dict[str, Any]:
    if kind != "STRING":
        return {"values": binary.add(np.array(values, dtype="<i8" if kind == "INT64" else "<f4").tobytes())}
    texts = [str(value).encode() for value in values]
    offsets = np.cumsum([0, *map(len, texts)]).astype("<u4")
    # A view may not be empty: a single zero byte stands for no text at all.
    return {
        "values": binary.add(b"".join(texts) or b"\0"),
        "stringOffsets": binary.add(offsets.tobytes()),
        "stringOffsetType": "UINT32",
    }


def _packed(document: dict[str, Any], binary: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    binary += bytes(-len(binary) % 4)
    total = 12 + 8 + len(text) + 8 + len(binary)
    head = struct.pack("<III", _MAGIC, 2, total)
    return head + struct.pack("<II", len(text), _JSON) + text + struct.pack("<II", len(binary), _BIN) + binary
