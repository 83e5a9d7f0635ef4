"""Which parameter row holds for a source: its class first, then its band, then the row for all."""

from collections.abc import Iterable

from cadastres.environment.sources import ANY, Claim
from gis.record import Version


def picked(rows: Iterable[Version], claim: Claim) -> Version | None:
    """Return the row that holds for a claim among those valid at one moment; ``None`` where none does.

    The rules let no two rows hold alike at once; where legacy data has two, the one registered first holds.
    """
    ranked = [(rank, row.feature_id, row) for row in rows if (rank := _rank(row, claim)) is not None]
    return min(ranked, key=lambda found: found[:2])[2] if ranked else None


def _rank(row: Version, claim: Claim) -> int | None:
    said = row.attributes
    if row.abolished or said["zone_kind"] != claim.kind or not _holds(row, claim.quantity):
        return None
    if said["class_key"] == claim.class_key:
        return 0 if _is_band(row) else 1
    if said["class_key"] == ANY and claim.general:
        return 2 if _is_band(row) else 3
    return None


def _is_band(row: Version) -> bool:
    return row.attributes.get("over") is not None or row.attributes.get("upto") is not None


def _holds(row: Version, quantity: float | None) -> bool:
    over, upto = row.attributes.get("over"), row.attributes.get("upto")
    if quantity is None:
        return over is None and upto is None
    return (over is None or quantity > over) and (upto is None or quantity <= upto)
