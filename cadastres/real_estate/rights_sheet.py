"""Rights, restrictions and responsibilities on units at a reading: their sources, and holders where allowed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from psycopg.rows import dict_row

from cadastres.real_estate import asof
from cadastres.real_estate.plan import rings
from cadastres.real_estate.rights_model import CONSENT, HOLDER, MEMBER, PARTY, RIGHT, RIGHT_AREA
from cadastres.real_estate.sheets import Content, Sight, attributes
from gis.draft import Overlay
from gis.record import Version

_METRES: Final = 3


def rights(sight: Sight, units: Sequence[Version], *, full: bool) -> list[Content]:
    """Return what is registered on units, in order of category and beginning.

    Args:
        sight: with the confidant's connection where holders are wanted.
        units: the units.
        full: tell who holds each.
    """
    return rights_of(sight, sight.at(RIGHT, [unit.feature_id for unit in units], "unit_id"), full=full)


def rights_of(sight: Sight, found: Sequence[Version], *, full: bool) -> list[Content]:
    """Return the content of rights already found, in the same order."""
    ids = [right.feature_id for right in found]
    begun = asof.beginnings(sight.connection, RIGHT, sight.reading, ids)
    sources = changesets(sight, [number for right in found for number in (begun[right.feature_id][1], right.changeset)])
    areas = _by(sight.at(RIGHT_AREA, ids, "right_id"), "right_id")
    consents = _by(sight.at(CONSENT, ids, "right_id"), "right_id")
    held = _holders(sight, ids) if full else {}
    listed = []
    for right in found:
        i = right.feature_id
        content = _right(sight, right, begun[i], sources)
        content["areas"] = [_area(area) for area in areas.get(i, ())]
        content["consents"] = [consent.attributes["consents_to"] for consent in consents.get(i, ())]
        if full:
            content["holders"] = held.get(i, [])
        listed.append(content)
    return sorted(listed, key=_order)


def _order(right: Mapping[str, Any]) -> tuple[int, str, int, int]:
    rank = right["attributes"].get("rank") or 0
    return _CATEGORIES.index(right["attributes"]["category"]), right["since"] or "", rank, right["id"]


_CATEGORIES: Final = ("right", "restriction", "responsibility")


def _by(versions: Iterable[Version], key: str) -> dict[int, list[Version]]:
    grouped: dict[int, list[Version]] = {}
    for version in versions:
        grouped.setdefault(version.attributes[key], []).append(version)
    return grouped


def _right(sight: Sight, right: Version, begun: asof.Beginning, sources: Mapping[int, Content]) -> Content:
    since, registered_by = begun
    changed_by = registered_by if right.changeset is None else right.changeset
    shown = attributes(RIGHT, right)
    top, bottom = shown.pop("share_numerator", None), shown.pop("share_denominator", None)
    return {
        "id": right.feature_id,
        "unit_id": right.attributes["unit_id"],
        "on_right_id": right.attributes.get("on_right_id"),
        "attributes": shown,
        "share": None if top is None or bottom is None else f"{top}/{bottom}",
        "since": sight.day(since),
        "until": sight.day(right.valid.end),
        "source": sources[registered_by],
        "changed_by": None if changed_by == registered_by else sources[changed_by],
    }


def _area(area: Version) -> Content:
    return {"area": round(area.geometry.area, _METRES), "outline": rings(area.geometry)}


def changesets(sight: Sight, numbers: Iterable[int | None]) -> dict[int, Content]:
    """Return changesets by number, each with its legal source: kind, number, the dates, and when it was recorded.

    What a draft proposes was opened by none (0); it has no source but the draft's name.
    """
    wanted = sorted({number for number in numbers if number is not None})
    with sight.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_CHANGESETS, (wanted,)).fetchall()
    drafted = {} if sight.reading.overlay is None else {0: _proposed(sight.reading.overlay)}
    return {row["number"]: _source(sight, row) for row in rows} | drafted


_CHANGESETS: Final = """
SELECT number, recorded, verb, role, reason, source_kind, source_number, source_acceptance, source_submission,
  source_recordation, encode(source_file_hash, 'hex') AS source_file_hash
FROM qala.changeset WHERE number = ANY(%s)
"""


def _source(sight: Sight, row: Mapping[str, Any]) -> Content:
    return {
        "changeset": row["number"],
        "recorded": row["recorded"].astimezone(sight.profile.zone).isoformat(timespec="microseconds"),
        "verb": row["verb"],
        "role": row["role"],
        "reason": row["reason"],
        "kind": row["source_kind"],
        "number": row["source_number"],
        "acceptance": row["source_acceptance"].isoformat(),
        "submission": row["source_submission"].isoformat(),
        "recordation": row["source_recordation"].isoformat(),
        "file_hash": row["source_file_hash"],
    }


def _proposed(overlay: Overlay) -> Content:
    told = ("changeset", "recorded", "role", "reason", "acceptance", "submission", "recordation", "file_hash")
    return {**dict.fromkeys(told), "verb": "register.draft", "kind": "draft", "number": overlay.name}


def _holders(sight: Sight, right_ids: Iterable[int]) -> dict[int, list[Content]]:
    """Return who holds each right; a group with its members and their shares."""
    ties = sight.at(HOLDER, right_ids, "right_id")
    known = parties(sight, [tie.attributes["party_id"] for tie in ties])
    found: dict[int, list[Content]] = {}
    for tie in ties:
        party = known.get(tie.attributes["party_id"])
        if party is not None:
            found.setdefault(tie.attributes["right_id"], []).append(party)
    return found


def parties(sight: Sight, ids: Iterable[int]) -> dict[int, Content]:
    """Return parties by id: type, name, IIN or BIN; of a group its members too."""
    found = {version.feature_id: _party(version) for version in sight.at(PARTY, ids)}
    members = sight.at(MEMBER, [i for i, party in found.items() if party["party_type"] == "group"], "group_id")
    people = {v.feature_id: _party(v) for v in sight.at(PARTY, [m.attributes["party_id"] for m in members])}
    for member in members:
        top, bottom = member.attributes.get("share_numerator"), member.attributes.get("share_denominator")
        person = dict(people.get(member.attributes["party_id"], {}))
        person["share"] = None if top is None or bottom is None else f"{top}/{bottom}"
        found[member.attributes["group_id"]].setdefault("members", []).append(person)
    return found


def _party(version: Version) -> Content:
    said = {name: version.attributes.get(name) for name in ("party_type", "name", "iin_bin", "group_type")}
    return {"id": version.feature_id, **{k: v for k, v in said.items() if v is not None}}
