"""Rules on acts as a whole: what goes in comes out, no land is lost or made, no document's figure is bent.

Each reads the act's successions: split, merge, and ``boundary`` for a boundary moved between neighbours. ``allocation``
is a boundary moved under a land-allocation act, which may change the affected set's union. ``rebased`` is what edits of
a draft did together, brought up to date with the register.

Land is compared on every day from the legal date on: an edit of a draft may be adopted over changes of a later date.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import shapely
from shapely import Point, unary_union
from shapely.geometry.base import BaseGeometry

from cadastres.land import partition
from cadastres.land.model import PARCEL
from gis.act import Case, Outcome, Succession
from gis.change import during, spans
from gis.record import Period, Timeline, Version, Write, rewritten
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


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The land of some parcels before the act, and of some after it, over a span in which neither changes."""

    valid: Period
    before: tuple[BaseGeometry, ...]
    after: tuple[BaseGeometry, ...]

    def says_as(self, other: "_Stretch | None") -> bool:
        return other is not None and (self.before, self.after) == (other.before, other.after)


def _stretches(
    case: Case, outcome: Outcome, parents: Sequence[int], children: Sequence[int], over: Period
) -> Iterator[_Stretch]:
    """Yield what the parents were and what the children are over a period, each state of theirs once."""
    before = [case.timeline(PARCEL.name, i) for i in parents]
    after = _rewritten(case, outcome, children)
    last: _Stretch | None = None
    for span in spans(*before, *after):
        valid = span.intersection(over)
        if valid is None:
            continue
        stretch = _Stretch(valid, _land(before, span), _land(after, span))
        if not stretch.says_as(last):
            yield stretch
        last = stretch


def _rewritten(case: Case, outcome: Outcome, feature_ids: Sequence[int]) -> list[Timeline]:
    timelines = {i: case.timeline(PARCEL.name, i) for i in feature_ids}
    for write in outcome.writes:
        if write.layer == PARCEL.name and write.feature_id in timelines:
            timelines[write.feature_id] = rewritten(timelines[write.feature_id], write)
    return list(timelines.values())


def _land(timelines: Sequence[Timeline], span: Period) -> tuple[BaseGeometry, ...]:
    found = (during(timeline, span) for timeline in timelines)
    return tuple(v.geometry for v in found if v is not None and not v.abolished)


def _uneven(case: Case, rule: Rule, feature_id: int, stretch: _Stretch) -> Iterator[Violation]:
    """Yield where the land before and the land after are not the same."""
    tolerance = case.profile.tolerances.linear
    unlike = partition.difference(unary_union(stretch.before), unary_union(stretch.after), tolerance)
    if not unlike.is_empty:
        said = f"{unlike.area:.3f} m2"
        yield rule.violation(feature_id, valid=stretch.valid, amount=unlike.area, place=unlike, detail=said)


def _split_partitions(case: Case, outcome: Outcome) -> Iterator[Violation]:
    tolerance = case.profile.tolerances.linear
    for split in _successions(outcome, "split"):
        children = _after(outcome, split.children)
        if len(split.children) < 2:
            yield SPLIT.violation(split.parents[0], detail=f"{len(split.children)} child")
        for one, other in combinations(children, 2):
            common = partition.overlap(one.geometry, other.geometry, tolerance)
            if not common.is_empty:
                yield SPLIT.violation(one.feature_id, other_id=other.feature_id, amount=common.area, place=common)
        for stretch in _stretches(case, outcome, split.parents, split.children, case.act.period):
            yield from _uneven(case, SPLIT, split.parents[0], stretch)


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
        if len(merge.parents) < 2 or len(merge.children) != 1:
            yield MERGE.violation(
                merge.parents[0], detail=f"{len(merge.parents)} parents, {len(merge.children)} children"
            )
        for stretch in _stretches(case, outcome, merge.parents, merge.children, case.act.period):
            yield from _uneven(case, MERGE, merge.parents[0], stretch)


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
    sets = [(moved, case.act.period), *((s.children, Period()) for s in _successions(outcome, "rebased"))]
    for features, over in sets:
        for stretch in _stretches(case, outcome, features, features, over):
            yield from _uneven(case, BOUNDARY, features[0], stretch)


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
