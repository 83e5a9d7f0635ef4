"""Rules on acts as a whole: what goes in comes out, no land is lost or made, no document's figure is bent.

Each reads the act's successions: split, merge, and ``boundary`` for a boundary moved between neighbours. ``allocation``
is a boundary moved under a land-allocation act, which may change the affected set's union.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import shapely
from shapely import Point, unary_union
from shapely.geometry.base import BaseGeometry

from cadastres.land import partition
from cadastres.land.model import PARCEL
from gis.act import Case, Outcome, Succession
from gis.record import Version, Write
from gis.rules import Rule, Violation
from gis.text import Text

_REGIME: Final = ("category", "permitted_use", "purpose_kk", "purpose_ru")


def _successions(outcome: Outcome, *kinds: str) -> Iterator[Succession]:
    return (s for s in outcome.successions if s.layer == PARCEL.name and s.kind in kinds)


def _before(case: Case, feature_ids: Sequence[int]) -> list[Version]:
    found = (case.current(PARCEL.name, feature_id) for feature_id in feature_ids)
    return [version for version in found if version is not None]


def _after(outcome: Outcome, feature_ids: Sequence[int]) -> list[Write]:
    """Return the first write of each feature that leaves it in force."""
    first: dict[int, Write] = {}
    for write in outcome.writes:
        if write.layer == PARCEL.name and not write.abolished and write.feature_id in feature_ids:
            first.setdefault(write.feature_id, write)
    return list(first.values())


def _united(parts: Sequence[Version] | Sequence[Write]) -> BaseGeometry:
    return unary_union([part.geometry for part in parts])


def _unlike(case: Case, before: BaseGeometry, after: BaseGeometry) -> BaseGeometry:
    return partition.difference(before, after, case.profile.tolerances.linear)


def _split_partitions(case: Case, outcome: Outcome) -> Iterator[Violation]:
    tolerance = case.profile.tolerances.linear
    for split in _successions(outcome, "split"):
        parents, children = _before(case, split.parents), _after(outcome, split.children)
        if len(split.children) < 2:
            yield SPLIT.violation(split.parents[0], detail=f"{len(split.children)} child")
        for one, other in combinations(children, 2):
            common = partition.overlap(one.geometry, other.geometry, tolerance)
            if not common.is_empty:
                yield SPLIT.violation(one.feature_id, other_id=other.feature_id, amount=common.area, place=common)
        unlike = _unlike(case, _united(parents), _united(children))
        if not unlike.is_empty:
            yield SPLIT.violation(split.parents[0], amount=unlike.area, place=unlike, detail=f"{unlike.area:.3f} m2")


SPLIT: Final = Rule(
    id="land.parcel.split-partitions",
    severity="error",
    statement=Text(
        kk="Бөлінген учаскенің кемінде екі бөлігі болады; олар бір-бірін баспай, бастапқы учаскені толық жабуы тиіс.",
        ru="Частей раздела не меньше двух; они не накладываются и вместе составляют исходный участок.",
        en="The parts of a split are two or more, do not overlap, and together make up the parent parcel.",
    ),
    watches=(PARCEL.name,),
    function=_split_partitions,
    tested_by="tests/cadastres/land/test_split_partitions.py",
)


def _merge_unites(case: Case, outcome: Outcome) -> Iterator[Violation]:
    for merge in _successions(outcome, "merge"):
        parents, children = _before(case, merge.parents), _after(outcome, merge.children)
        if len(merge.parents) < 2 or len(merge.children) != 1:
            yield MERGE.violation(
                merge.parents[0], detail=f"{len(merge.parents)} parents, {len(merge.children)} children"
            )
        unlike = _unlike(case, _united(parents), _united(children))
        if not unlike.is_empty:
            yield MERGE.violation(merge.parents[0], amount=unlike.area, place=unlike, detail=f"{unlike.area:.3f} m2")


MERGE: Final = Rule(
    id="land.parcel.merge-unites",
    severity="error",
    statement=Text(
        kk="Біріктірілетін учаскелер кемінде екеу, қабырғаларымен жанасады; жаңа учаске олардың бірлестігіне тең.",
        ru="Объединяются не меньше двух смежных участков; новый участок совпадает с их объединением.",
        en="Two adjoining parcels or more are merged; the new parcel is exactly their union.",
    ),
    watches=(PARCEL.name,),
    function=_merge_unites,
    tested_by="tests/cadastres/land/test_merge_unites.py",
)


def _same_regime(case: Case, outcome: Outcome) -> Iterator[Violation]:
    for merge in _successions(outcome, "merge"):
        parents, children = _before(case, merge.parents), _after(outcome, merge.children)
        for name in _REGIME:
            values = {v.attributes.get(name) for v in parents}
            if len(values) > 1 and any(child.attributes.get(name) is None for child in children):
                told = ", ".join(sorted(str(value) for value in values))
                yield REGIME.violation(merge.parents[0], other_id=merge.parents[1], detail=f"{name}: {told}")


REGIME: Final = Rule(
    id="land.parcel.merge-same-regime",
    severity="error",
    statement=Text(
        kk="Санаты, рұқсат етілген пайдаланылуы және мақсаты бірдей учаскелер ғана біріктіріледі; "
        "әйтпесе акт жаңа учаскеге қайсысы берілетінін айтуы тиіс.",
        ru="Объединяются участки одной категории, одного разрешённого использования и назначения; "
        "иначе акт должен назвать, что получает новый участок.",
        en="Merged parcels have one category, permitted use and purpose; else the act must say which the new one gets.",
    ),
    watches=(PARCEL.name,),
    function=_same_regime,
    basis="Land Code of the Republic of Kazakhstan No. 442-II, art. 1, 51",
    tested_by="tests/cadastres/land/test_merge_same_regime.py",
)


def _boundary_conserves(case: Case, outcome: Outcome) -> Iterator[Violation]:
    moved = [i for s in _successions(outcome, "boundary") for i in s.children]
    if not moved:
        return
    unlike = _unlike(case, _united(_before(case, moved)), _united(_after(outcome, moved)))
    if not unlike.is_empty:
        yield BOUNDARY.violation(moved[0], amount=unlike.area, place=unlike, detail=f"{unlike.area:.3f} m2")


BOUNDARY: Final = Rule(
    id="land.parcel.boundary-conserves",
    severity="error",
    statement=Text(
        kk="Шекара өзгергенде учаскелердің жалпы аумағы сақталады; жер қосу немесе алу үшін жер беру актісі керек.",
        ru="Изменение границы сохраняет общую территорию участков; прибавить или убавить её можно лишь актом о земле.",
        en="A moved boundary keeps the parcels' common territory; to gain or lose land takes a land-allocation act.",
    ),
    watches=(PARCEL.name,),
    function=_boundary_conserves,
    tested_by="tests/cadastres/land/test_boundary_conserves.py",
)


def _steps(case: Case, outcome: Outcome) -> Iterator[Violation]:
    limit = case.profile.limits.boundary_step
    moved = [i for s in _successions(outcome, "boundary", "allocation") for i in s.children]
    before = {v.feature_id: v.geometry.boundary for v in _before(case, moved)}
    for write in _after(outcome, moved):
        if write.feature_id not in before:
            continue  # not in force any more when a draft's edit is looked at again: the land does not add up either
        old = before[write.feature_id]
        vertices = [Point(vertex) for vertex in shapely.get_coordinates(write.geometry)]
        farthest = max(vertices, key=old.distance)
        step = farthest.distance(old)
        if step > limit:
            yield STEP.violation(write.feature_id, amount=step, place=farthest, detail=f"{step:.2f} m > {limit:g} m")


STEP: Final = Rule(
    id="land.parcel.boundary-step",
    severity="warning",
    statement=Text(
        kk="Шекара нүктесі бір актімен қала белгілеген шектен артық жылжымауы керек.",
        ru="Точка границы не должна сдвигаться одним актом дальше предела, принятого городом.",
        en="One act should not move a boundary's point farther than the city's limit.",
    ),
    watches=(PARCEL.name,),
    function=_steps,
    tested_by="tests/cadastres/land/test_boundary_step.py",
)


def _area_sums(case: Case, outcome: Outcome) -> Iterator[Violation]:
    boundary = [i for s in _successions(outcome, "boundary") for i in s.children]
    sets = [(s.parents, s.children) for s in _successions(outcome, "split", "merge")]
    for parents, children in [*sets, (tuple(boundary), tuple(boundary))]:
        before, after = _official(_before(case, parents)), _official(_after(outcome, children))
        if before is not None and after is not None:
            yield from _compared(case, parents[0], before, after)


def _official(parts: Sequence[Version] | Sequence[Write]) -> float | None:
    """Return the sum of official areas; nothing where one is not known."""
    areas: list[float | None] = [part.attributes.get("official_area") for part in parts]
    known = [area for area in areas if area is not None]
    return sum(known) if areas and len(known) == len(areas) else None


def _compared(case: Case, parent: int, before: float, after: float) -> Iterator[Violation]:
    ratio = abs(after - before) / before if before else float(after != before)
    if ratio > case.profile.tolerances.area_sum_ratio + 1e-12:
        yield AREA_SUM.violation(parent, amount=ratio, detail=f"{before:.2f} m2 -> {after:.2f} m2")


AREA_SUM: Final = Rule(
    id="land.parcel.official-area-sum",
    severity="error",
    statement=Text(
        kk="Актіге дейінгі және одан кейінгі ресми аудандардың қосындысы тең болуы тиіс (0,1 % дәлдікпен).",
        ru="Суммы площадей по документам до и после акта должны совпадать (с точностью 0,1 %).",
        en="The sums of official areas before and after an act must agree (to 0.1 %).",
    ),
    watches=(PARCEL.name,),
    function=_area_sums,
    tested_by="tests/cadastres/land/test_official_area_sum.py",
)


def _indivisible(case: Case, outcome: Outcome) -> Iterator[Violation]:
    for split in _successions(outcome, "split"):
        for parent in _before(case, split.parents):
            if parent.attributes.get("divisible") is False:
                yield INDIVISIBLE.violation(parent.feature_id, place=parent.geometry)


INDIVISIBLE: Final = Rule(
    id="land.parcel.indivisible",
    severity="error",
    statement=Text(
        kk="Бөлінбейтін жер учаскесін бөлуге болмайды.",
        ru="Неделимый земельный участок нельзя разделить.",
        en="An indivisible parcel can't be split.",
    ),
    watches=(PARCEL.name,),
    function=_indivisible,
    basis="Land Code of the Republic of Kazakhstan No. 442-II, art. 51",
    tested_by="tests/cadastres/land/test_indivisible.py",
)

RULES: Final = (SPLIT, MERGE, REGIME, BOUNDARY, STEP, AREA_SUM, INDIVISIBLE)
