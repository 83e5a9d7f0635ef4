"""What a planner does with the lines of urban regulation: set, move, cancel.

A line is set by an act of its own and restricts from its legal date, or belongs to a plan and takes force with it.
Geometries are in the city's projected system, x east, y north, metres.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import shapely
from shapely import MultiLineString

from cadastres.land import story
from cadastres.land.verbs import complete, ended
from cadastres.urban_planning.line_model import BOTH, BUILDING_LINE, LEFT, REGULATION_LINE
from cadastres.urban_planning.plan_model import IN_FORCE, SPATIAL_PLAN, STEP_FIELD
from cadastres.urban_planning.verbs import own, reshaped, steps
from gis.act import Case, Needs, Outcome
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Period, Version, Write
from gis.text import Text

Attributes = Mapping[str, Any]

_MITRE: Final = 5.0
"""How far a corner of an offset line may stand out, in offsets: sharper ones are cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLine:
    """Set a line.

    Attributes:
        line: where it runs.
        attributes: ``line_kind`` and ``building_side`` are needed.
        plan: the plan that sets it; none where the act does.
    """

    line: MultiLineString
    attributes: Attributes
    plan: int | None = None
    verb: ClassVar[str] = "urban_planning.regulation-line.set"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the plan."""
        return _plan_needed(self.plan)

    def decide(self, case: Case) -> Outcome:
        """Return the line.

        Raises:
            BadRequest: the plan is not in the register on the legal date.
        """
        return Outcome(_set(case, self.line, own(self.attributes), self.plan))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBack:
    """Set a building line at a distance behind a red line, on the side on which one may build.

    Attributes:
        behind: feature id of the line from which it stands back.
        offset: how far [m].
        attributes: what else the act says of it.
    """

    behind: int
    offset: float
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.regulation-line.set-back"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the line from which it stands back."""
        return Needs(features={REGULATION_LINE.name: frozenset({self.behind})})

    def further(self, case: Case) -> Needs:
        """Return that line's plan."""
        line = case.current(REGULATION_LINE.name, self.behind)
        return _plan_needed(None if line is None else line.attributes["plan_id"])

    def decide(self, case: Case) -> Outcome:
        """Return the building line, of the same plan as the line from which it stands back.

        Raises:
            BadRequest: that line is not in force on the legal date, leaves no side to build on, or nothing is left so
                far behind it.
        """
        line = story.current(case, REGULATION_LINE.name, [self.behind])[0]
        side = line.attributes["building_side"]
        drawn = stood_back(line.geometry, side, self.offset)
        if side == BOTH or self.offset <= 0 or drawn.is_empty:
            raise BadRequest(_NO_OFFSET.filled(offset=f"{self.offset:g}", side=side), offset=self.offset, side=side)
        said = {
            **own(self.attributes),
            "line_kind": BUILDING_LINE,
            "building_side": side,
            "offset_distance": self.offset,
        }
        return Outcome(_set(case, drawn, said, line.attributes["plan_id"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """Move a line, or change what is said of it.

    Attributes:
        line: its feature id.
        geometry: where it runs from now on; none leaves it.
        attributes: what changes.
    """

    line: int
    geometry: MultiLineString | None = None
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "urban_planning.regulation-line.move"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the line."""
        return Needs(features={REGULATION_LINE.name: frozenset({self.line})})

    def decide(self, case: Case) -> Outcome:
        """Return the line as it becomes.

        Raises:
            BadRequest: it is not in the register on the legal date.
            LaterChange: it is moved again, or ends, after the legal date.
        """
        return Outcome(reshaped(case, REGULATION_LINE, self.line, self.geometry, own(self.attributes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelLine:
    """Cancel a line from the legal date on."""

    line: int
    verb: ClassVar[str] = "urban_planning.regulation-line.cancel"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the line."""
        return Needs(features={REGULATION_LINE.name: frozenset({self.line})})

    def decide(self, case: Case) -> Outcome:
        """Return the line's end.

        Raises:
            BadRequest: it is not in the register on the legal date.
            LaterChange: it is moved, or ends, after the legal date.
        """
        told = story.chapters(case, REGULATION_LINE.name, [self.line])
        return Outcome((ended(case, REGULATION_LINE.name, told[0].versions[0]),))


def stood_back(line: shapely.Geometry, side: str, offset: float) -> MultiLineString:
    """Return a line drawn parallel to another, at a distance [m] on one side of it; corners stay corners."""
    distance = offset if side == LEFT else -offset
    drawn = shapely.offset_curve(shapely.get_parts(line), distance, join_style="mitre", mitre_limit=_MITRE)
    return MultiLineString([part for part in shapely.get_parts(drawn).tolist() if not part.is_empty])


def _plan_needed(plan: int | None) -> Needs:
    return Needs() if plan is None else Needs(features={SPATIAL_PLAN.name: frozenset({plan})})


def _set(case: Case, line: MultiLineString, said: Attributes, plan: int | None) -> tuple[Write, ...]:
    """Return a new line: in force where an act sets it, at its plan's steps where a plan does."""
    full = complete(REGULATION_LINE, said)
    return tuple(
        Write(REGULATION_LINE.name, -1, period, line, {**full, "plan_id": plan, STEP_FIELD: step})
        for period, step in _steps(case, plan)
    )


def _steps(case: Case, plan: int | None) -> list[tuple[Period, str]]:
    if plan is None:
        return [(case.act.period, IN_FORCE)]
    on_record: Sequence[Version] = steps(case, plan)
    return [(version.valid, version.attributes[STEP_FIELD]) for version in on_record]


_NO_OFFSET = Text(
    kk="Сызықтан {offset} м шегініп, {side} жағына құрылыс салу сызығын жүргізу мүмкін емес: шегініс нөлден үлкен, ал "
    "сызықтың құрылыс салынатын жағы left не right болуы тиіс.",
    ru="Линию застройки нельзя провести на {offset} м от линии по сторону {side}: отступ должен быть больше нуля, а "
    "сторона застройки линии — left или right.",
    en="No building line can be drawn {offset} m behind the line on the side {side}: the offset must be above zero, "
    "and the line's side to build on left or right.",
)
