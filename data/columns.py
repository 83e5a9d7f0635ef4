"""Fields as Arrow columns, the form in which rows go into files and come out of them."""

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from gis.layer import FieldType

ARROW: Final[Mapping[FieldType, pa.DataType]] = {
    FieldType.STRING: pa.string(),
    FieldType.INTEGER: pa.int64(),
    FieldType.NUMBER: pa.float64(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.DATE: pa.date32(),
    FieldType.INSTANT: pa.timestamp("us", tz="UTC"),
}
"""Arrow's type for each type of field."""
