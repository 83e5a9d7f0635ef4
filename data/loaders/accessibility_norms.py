"""Files of norms of accessibility: a CSV whose columns are the layer's fields.

Rows that the register has already, word for word, are passed over; all others go in as one act.
"""

from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from cadastres.urban_planning.street_norms import Norm, SetNorms
from cadastres.urban_planning.street_state_model import ACCESSIBILITY_NORM
from data.loaders.norm_rows import NormReport, entered, known_norms, norms_of
from gis.act import Act
from gis.layer import Field, FieldType
from gis.register import Register

BUNDLED: Final = files("data.parameters") / "accessibility-norms.csv"
"""The norms that come with the engine; those not checked against their documents say so."""

_READ: Final[Mapping[FieldType, Callable[[str], Any]]] = {
    FieldType.STRING: str,
    FieldType.NUMBER: float,
    FieldType.BOOLEAN: {"true": True, "false": False}.__getitem__,
}


def read_norms(file: Traversable) -> tuple[Norm, ...]:
    """Read a file of norms.

    Raises:
        BadFile: not readable, other columns than the layer's fields, or a value that is none; the row is named.
    """
    return norms_of(file, ACCESSIBILITY_NORM, _norm)


def load_norms(register: Register, file: Traversable, act: Act) -> NormReport:
    """Enter the norms of a file that the register lacks on the act's legal date.

    Raises:
        BadFile: the file won't do.
        RuleBroken: a norm that can't be checked.
    """
    norms = read_norms(file)
    known = known_norms(register, ACCESSIBILITY_NORM, "code", (norm["code"] for norm in norms), act)
    new = [norm for norm in norms if dict(norm) not in known]
    return entered(register, len(norms), new, lambda norms: SetNorms(norms=norms), act)


def _norm(row: Mapping[str, str]) -> Norm:
    return {field.name: _value(field, row.get(field.name, "")) for field in ACCESSIBILITY_NORM.fields}


def _value(field: Field, text: str) -> Any:
    if not text and not field.required:
        return None
    value = _READ[field.type](text)
    if not text or (field.values and value not in field.values):
        msg = f"{field.name}: {text!r}"
        raise ValueError(msg)
    return value
