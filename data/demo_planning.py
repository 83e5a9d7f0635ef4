"""The demo city's urban planning: editions of a General Plan, a detailed plan, red lines, a heat and a power network.

Plans are drawn over the accounting quarters; functional zones follow from what the map shows there. All of it is made
up, and says so.
"""

from collections.abc import Generator, Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from cadastres.address.model import STREET
from cadastres.environment.model import GREEN_AREA
from cadastres.land.model import QUARTER
from cadastres.urban_planning.city3d_shape import Shape
from cadastres.urban_planning.city3d_verbs import TakeIn
from cadastres.urban_planning.line_verbs import SetBack, SetLine
from cadastres.urban_planning.model import LAND_USE
from cadastres.urban_planning.network_upkeep import SetClearances
from cadastres.urban_planning.network_verbs import End, LayLine
from cadastres.urban_planning.verbs import AdoptPlan, BringIntoForce, ChangeZone, DrawUpPlan, DrawZones, ZoneDrawn
from data.demo_office import AKIMAT, Deed, Office, Tale, in_force
from data.loaders.clearances import BUNDLED, read_norms
from gis.instant import Instant
from gis.record import Version
from gis.recording import Recorded

MASLIKHAT: Final = "maslikhat-decision"

_GREEN_SHARE: Final = 0.3
_PUBLIC: Final = frozenset({"3_1_CommercialServices", "3_3_CommunityServices", "3_TertiaryProduction"})

_REGIMES: Final[dict[str, dict[str, Any]]] = {
    "residential": {
        "max_height": 24.0,
        "max_floors": 7,
        "max_coverage": 0.5,
        "setback_front": 3.0,
        "setback_side": 3.0,
        "setback_rear": 3.0,
        "regime_kk": "Тұрғын үйлер мен оларға қызмет көрсететін нысандарға рұқсат; өндіріске тыйым салынады.",
        "regime_ru": "Разрешены жилые дома и объекты их обслуживания; производство запрещено.",
        "regime_en": "Dwellings and what serves them are allowed; production is forbidden.",
    },
    "public_business": {
        "max_height": 32.0,
        "max_floors": 9,
        "max_coverage": 0.7,
        "setback_front": 3.0,
        "setback_side": 0.0,
        "setback_rear": 3.0,
        "regime_kk": "Қоғамдық және іскерлік ғимараттарға рұқсат; бірінші қабатта сауда мен қызмет орналасады.",
        "regime_ru": "Разрешены общественные и деловые здания; на первом этаже — торговля и услуги.",
        "regime_en": "Public and business buildings are allowed; the ground floor is for shops and services.",
    },
    "recreation": {
        "max_height": 6.0,
        "max_floors": 1,
        "no_building": True,
        "regime_kk": "Күрделі құрылысқа тыйым салынады; саябақ пен демалыс үшін.",
        "regime_ru": "Капитальное строительство запрещено; для парка и отдыха.",
        "regime_en": "No permanent building; for parks and leisure.",
    },
}
"""What may be built in each zone of the sample plans."""

_MARKS: Final = {"residential": "Ж", "public_business": "ОД", "recreation": "Р"}


def planning(office: Office) -> list[Tale]:
    """Return what happens in planning over the years."""
    quarters = list(in_force(office.connection, QUARTER, Instant()).values())
    return [_general_plan(office, quarters), _red_lines(quarters), _heat(office), _power(office), _roof(office)]


def _general_plan(office: Office, quarters: Sequence[Version]) -> Tale:
    zones = list(_zones(office, quarters))
    city = _areas(shapely.union_all([q.geometry for q in quarters]))
    first = yield from _in_force(_plan("general_plan", city, "2020 ж.", "2020", 2030), zones, "2020-02-03")
    block = zones[0]
    detailed = _plan("detailed_plan", block.geometry, "1-кезек", "очередь 1", 2028, upper_plan_id=first)
    yield from _in_force(detailed, [block], "2020-09-07")
    yield from _in_force(_plan("general_plan", city, "2024 ж.", "2024", 2040), zones, "2024-04-08")
    variant = yield Deed("2025-05-12", _plan("general_plan", city, "2025 ж.", "2025", 2045), "A variant", AKIMAT)
    drawn = yield Deed(
        "2025-05-13", DrawZones(plan=variant.features[-1], zones=tuple(zones)), "Zones of the variant", AKIMAT
    )
    taller = ChangeZone(zone=drawn.features[-1], attributes={"max_height": 40.0, "max_floors": 12})
    yield Deed("2025-05-26", taller, "Higher by the station", AKIMAT)


def _plan(kind: str, territory: MultiPolygon, kk: str, ru: str, horizon: int, **said: Any) -> DrawUpPlan:
    general = kind == "general_plan"
    titles = ("Бас жоспар (үлгі)", "Генеральный план (образец)") if general else ("ЕЖЖ (үлгі)", "ПДП (образец)")
    named = {"title_kk": f"{titles[0]}, {kk}", "title_ru": f"{titles[1]}, {ru}", "edition": ru, "horizon": horizon}
    level = "local" if general else "infraLocal"
    return DrawUpPlan(
        territory=territory, attributes={"plan_type": kind, "level_of_spatial_plan": level, **named, **said}
    )


def _in_force(plan: DrawUpPlan, zones: Sequence[ZoneDrawn], day: str) -> Generator[Deed, Recorded, int]:
    """Yield the deeds that draw up a plan, adopt it and bring it into force on one day; return its id."""
    made = (yield Deed(day, plan, "Plan drawn up", AKIMAT)).features[-1]
    yield Deed(day, DrawZones(plan=made, zones=tuple(zones)), "Functional zones", AKIMAT)
    yield Deed(day, AdoptPlan(plan=made), "Plan adopted", MASLIKHAT)
    yield Deed(day, BringIntoForce(plan=made), "Plan in force", MASLIKHAT)
    return made


def _zones(office: Office, quarters: Sequence[Version]) -> Iterator[ZoneDrawn]:
    greens = shapely.union_all([v.geometry for v in in_force(office.connection, GREEN_AREA, Instant()).values()])
    uses = in_force(office.connection, LAND_USE, Instant()).values()
    public = shapely.union_all([v.geometry for v in uses if v.attributes["hilucs_land_use"] in _PUBLIC])
    for quarter in quarters:
        area = quarter.geometry
        kind = "residential"
        if area.intersection(greens).area > _GREEN_SHARE * area.area:
            kind = "recreation"
        elif area.intersects(public):
            kind = "public_business"
        said = {"functional_zone": kind, "regulation_nature": "generallyBinding", **_REGIMES[kind]}
        mark = f"{_MARKS[kind]}-{quarter.attributes['code'][-3:]}"
        yield ZoneDrawn(geometry=_areas(area), attributes={**said, "designation": mark})


def _areas(area: BaseGeometry) -> MultiPolygon:
    return MultiPolygon([part for part in shapely.get_parts(area) if part.geom_type == "Polygon"])


def _red_lines(quarters: Sequence[Version]) -> Tale:
    """Red lines run round blocks, a building line behind each; one may build to their left, inside the block."""
    for i, quarter in enumerate(sorted(quarters, key=lambda q: q.geometry.area)[-4:]):
        block = orient(max(shapely.get_parts(quarter.geometry), key=lambda part: part.area))
        ring = MultiLineString([LineString(block.exterior.coords)])
        said = {"line_kind": "red_line", "building_side": "left", "designation": f"КС-{i + 1}"}
        red = yield Deed(f"2020-05-{11 + 2 * i}", SetLine(line=ring, attributes=said), "Red line of a block", AKIMAT)
        back = SetBack(behind=red.features[-1], offset=3.0, attributes={"designation": f"ЛЗ-{i + 1}"})
        yield Deed(f"2020-05-{12 + 2 * i}", back, "Building line of a block", AKIMAT)


def _heat(office: Office) -> Tale:
    """Set how near networks may come to each other, and lay a heat main along a street, with a valve in the middle."""
    norms = SetClearances(norms=read_norms(BUNDLED))
    yield Deed("2020-01-21", norms, "Norms of clearance", AKIMAT)
    along = shapely.get_coordinates(_course(office, "Bulevardi"))
    middle = len(along) // 2
    pipe = {
        "diameter": 400.0,
        "pressure": 1600.0,
        "material": "steel",
        "depth_from": 1.5,
        "depth_to": 1.5,
        "operator": "«Үлгі Жылу» ЖШС",
    }
    first = LayLine(
        network="thermal",
        geometry=LineString(along[: middle + 1]),
        begin=End(kind="source"),
        end=End(kind="valve"),
        attributes=pipe,
    )
    yield Deed("2021-04-05", first, "Heat main, first stage", AKIMAT)
    second = LayLine(
        network="thermal",
        geometry=LineString(along[middle:]),
        end=End(kind="consumer"),
        attributes=pipe,
    )
    yield Deed("2021-09-20", second, "Heat main, second stage", AKIMAT)


def _power(office: Office) -> Tale:
    wire = {
        "voltage": 10_000.0,
        "operator": "«Үлгі Жарық» АҚ",
        "vertical_position": "underground",
        "depth_from": 0.8,
        "depth_to": 0.8,
    }
    line = LayLine(
        network="electricity",
        geometry=_course(office, "Uudenmaankatu"),
        begin=End(kind="transformer"),
        end=End(kind="consumer"),
        attributes=wire,
    )
    yield Deed("2022-05-16", line, "Cable of 10 kV", AKIMAT)


def _roof(office: Office) -> Tale:
    """Model one house in three dimensions, with its gabled roof."""
    house = office.building_on(office.parcel_at(office.address("Bulevardi", "13")))
    said = {"gml_id": "sample-house-1", "object_type": "Building", "building_id": house.feature_id}
    model = TakeIn(shape=_gabled(house.geometry, eaves=15.0, ridge=19.0), attributes=said)
    yield Deed("2023-05-15", model, "House modelled in 3D", AKIMAT)


def _gabled(footprint: BaseGeometry, *, eaves: float, ridge: float) -> Shape:
    """Return a house over the rectangle round a footprint, its ridge along the longer side; heights in metres."""
    box = shapely.Polygon(shapely.get_coordinates(footprint.minimum_rotated_rectangle))
    corners = shapely.get_coordinates(orient(box))[:4]
    lengths = np.hypot(*(corners[1:3] - corners[:2]).T)
    a, b, c, d = corners if lengths[0] >= lengths[1] else np.roll(corners, -1, axis=0)
    flat = np.round([a, b, c, d, a, b, c, d, (a + d) / 2, (b + c) / 2], 3)
    vertices = np.column_stack([flat, [0.0] * 4 + [eaves] * 4 + [ridge] * 2])
    walls = [[0, 1, 5, 4], [1, 2, 6, 9, 5], [2, 3, 7, 6], [3, 0, 4, 8, 7]]
    shell = [[face] for face in ([3, 2, 1, 0], *walls, [4, 5, 9, 8], [6, 7, 8, 9])]
    return Shape(vertices, ({"type": "Solid", "lod": "2.0", "boundaries": [shell]},))


def _course(office: Office, street: str) -> LineString:
    """Return the longest piece of a street, to a centimetre."""
    drawn = in_force(office.connection, STREET, Instant())[office.streets[street]].geometry
    merged = shapely.line_merge(drawn)
    longest = max(shapely.get_parts(merged), key=lambda part: part.length)
    return LineString([(round(x, 2), round(y, 2)) for x, y in longest.coords])
