"""What rules found, as JSON: one document a violation, in the reader's language, its place in longitude, latitude."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gis.crs import System, transformer
from gis.rules import Rule, Violation
from gis.text import Language


def violation_documents(
    violations: Iterable[Violation], rules: Sequence[Rule], language: Language, system: System
) -> list[dict[str, Any]]:
    """Return each violation: its rule's statement and legal basis, features, time, amount, place and what was found."""
    known = {rule.id: rule for rule in rules}
    return [_document(violation, known, language, system) for violation in violations]


def _document(violation: Violation, rules: Mapping[str, Rule], language: Language, system: System) -> dict[str, Any]:
    rule = rules.get(violation.rule)
    start, end = violation.valid.start, violation.valid.end
    return {
        "rule": violation.rule,
        "severity": violation.severity,
        "statement": rule.statement.in_language(language) if rule else violation.rule,
        "basis": rule.basis if rule else None,
        "layer": violation.layer,
        "features": [i for i in (violation.feature_id, violation.other_id) if i is not None],
        "valid": {"from": start and start.isoformat(), "to": end and end.isoformat()},
        "amount": violation.amount,
        "place": None if violation.place is None else on_globe(violation.place, system),
        "detail": violation.detail,
    }


def on_globe(geometry: BaseGeometry, system: System) -> dict[str, Any]:
    """Return a geometry of the city's projected system as GeoJSON: longitude and latitude of WGS 84, nine decimals."""
    convert = transformer(system, 4326)

    def to_degrees(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        longitude, latitude = convert.transform(points[:, 0], points[:, 1])
        return np.round(np.column_stack((longitude, latitude)), 9)

    return dict(mapping(shapely.transform(shapely.force_2d(geometry), to_degrees)))
