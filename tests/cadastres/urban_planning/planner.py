"""A planner at work in a register under test: plans, zones, lines and buildings in few words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely import MultiLineString, MultiPolygon, Polygon

from cadastres.urban_planning.line_verbs import CancelLine, MoveLine, SetLine
from cadastres.urban_planning.verbs import (
    AdoptPlan,
    AmendPlan,
    BringIntoForce,
    DrawUpPlan,
    DrawZones,
    EndPlan,
    ZoneDrawn,
)
from gis.database import connect
from tests.cadastres.land.registrar import Registrar, box, line, many

PLAN = "urban_planning.spatial_plan"
ZONE = "urban_planning.zoning_element"
LINE = "urban_planning.regulation_line"
BUILDING = "real_estate.building"
TERRITORY = box(0, 0, 1000, 1000)


def named(plan_type: str = "general_plan", /, **said: Any) -> dict[str, Any]:
    """Return what a plan must say."""
    level = "local" if plan_type == "general_plan" else "infraLocal"
    titles = {"title_kk": "Бас жоспар", "title_ru": "Генеральный план"}
    return {"plan_type": plan_type, "level_of_spatial_plan": level, **titles, **said}


def drawn(area: Polygon, functional_zone: str = "residential", **said: Any) -> ZoneDrawn:
    """Return a zone to be drawn."""
    return ZoneDrawn(geometry=many(area), attributes={"functional_zone": functional_zone, **said})


@dataclass(frozen=True)
class Planner(Registrar):
    """Short cuts for the verbs of plans and lines; every act is dated by the day given."""

    def draw_up(self, area: Polygon = TERRITORY, day: str = "2020-01-01", **said: Any) -> int:
        """Draw up a plan, a General Plan unless told."""
        kind = said.pop("plan_type", "general_plan")
        return self.perform(drawing(area, kind, **said), day).features[-1]

    def zones(self, plan: int, *zones: ZoneDrawn, day: str = "2020-01-01") -> list[int]:
        """Draw zones in a plan."""
        done = self.perform(DrawZones(plan=plan, zones=zones), day)
        return [done.features[i] for i in sorted(done.features, reverse=True)]

    def adopt(self, plan: int, day: str = "2020-06-01") -> None:
        """Adopt a plan."""
        self.perform(AdoptPlan(plan=plan), day)

    def force(self, plan: int, day: str = "2021-01-01") -> None:
        """Bring a plan into force."""
        self.perform(BringIntoForce(plan=plan), day)

    def end(self, plan: int, day: str) -> None:
        """End a plan."""
        self.perform(EndPlan(plan=plan), day)

    def amend(self, plan: int, area: Polygon | None = None, day: str = "2022-01-01", **said: Any) -> None:
        """Amend a plan."""
        territory = None if area is None else many(area)
        self.perform(AmendPlan(plan=plan, territory=territory, attributes=said), day)

    def in_force(self, area: Polygon = TERRITORY, day: str = "2020-01-01", **said: Any) -> int:
        """Draw up, adopt and bring into force a plan, all on one day."""
        plan = self.draw_up(area, day, **said)
        self.adopt(plan, day)
        self.force(plan, day)
        return plan

    def line(self, *points: tuple[float, float], day: str = "2020-01-01", **said: Any) -> int:
        """Set a line, a red one with building on its left unless told."""
        return self.perform(setting(*points, **said), day).features[-1]

    def move(self, feature: int, *points: tuple[float, float], day: str) -> None:
        """Move a line."""
        self.perform(MoveLine(line=feature, geometry=MultiLineString([line(*points)])), day)

    def cancel(self, feature: int, day: str) -> None:
        """Cancel a line."""
        self.perform(CancelLine(line=feature), day)

    def building(self, area: Polygon, day: str = "2019-01-01", feature: int = -1) -> int:
        """Put a building."""
        return self.city.put(BUILDING, many(area), day, feature, condition_of_construction="functional")

    def steps(self, feature: int, layer: str = PLAN) -> list[tuple[str, str]]:
        """Return the first day of each version of a plan or of a part of one, and the step it bears; ``ended`` last."""
        zone = self.city.profile.zone
        return [
            (f"{v.valid.start.astimezone(zone):%Y-%m-%d}" if v.valid.start else "", "ended" if v.abolished else step)
            for v in self.timeline(feature, layer)
            for step in [str(v.attributes["process_step_general"])]
        ]

    def on_record(self, rule: str) -> list[tuple[Any, ...]]:
        """Return the open violations of a rule: features and amount."""
        with connect(self.city.register.database.reader) as connection:
            return connection.execute(
                "SELECT feature_id, other_id, amount FROM qala.violation WHERE upper_inf(recorded) AND rule = %s "
                "ORDER BY 1, 2",
                (rule,),
            ).fetchall()


def drawing(area: Polygon, kind: str = "general_plan", **said: Any) -> DrawUpPlan:
    """Return the command that draws up a plan."""
    return DrawUpPlan(territory=MultiPolygon([area]), attributes=named(kind, **said))


def setting(*points: tuple[float, float], plan: int | None = None, **said: Any) -> SetLine:
    """Return the command that sets a line."""
    told: Mapping[str, Any] = {"line_kind": "red_line", "building_side": "left", **said}
    return SetLine(line=MultiLineString([line(*points)]), attributes=told, plan=plan)
