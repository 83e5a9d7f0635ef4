"""What a registrar does with objects in three dimensions: take one in, give it another shape; ending is common to all.

Heights, volume and flaws are measured from the shape, never taken from whoever sends it.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from shapely import MultiPolygon

from cadastres.land import story
from cadastres.land.verbs import Attributes, complete
from cadastres.urban_planning.city3d_model import CITY_OBJECT
from cadastres.urban_planning.city3d_shape import Shape, measured
from gis.act import Case, Needs, Outcome
from gis.errors import BadGeometry
from gis.profile import CityProfile
from gis.record import Write
from gis.text import Text

OBJECT: Final = CITY_OBJECT.name
BUILDING: Final = "real_estate.building"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIn:
    """Take an object in.

    Attributes:
        shape: in the city's system.
        attributes: its identifier, type, whole and building, and what else the layer keeps of it.
    """

    shape: Shape
    attributes: Attributes
    verb: ClassVar[str] = "urban_planning.city_object.take-in"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return what bears the same identifier, and its building."""
        return _needs(self.attributes)

    def decide(self, case: Case) -> Outcome:
        """Return the object.

        Raises:
            BadGeometry: nothing of it is seen from above.
        """
        said = complete(CITY_OBJECT, {**self.attributes, **measured(self.shape, case.profile.tolerances.linear)})
        return Outcome((Write(OBJECT, -1, case.act.period, outline(self.shape), said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reshape:
    """Give an object another shape from the legal date on."""

    feature: int
    shape: Shape
    attributes: Attributes
    verb: ClassVar[str] = "urban_planning.city_object.reshape"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the object."""
        wanted = _needs(self.attributes)
        return Needs(features={**wanted.features, OBJECT: frozenset({self.feature})}, related=wanted.related)

    def decide(self, case: Case) -> Outcome:
        """Return the object as it stands from the legal date on.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: it gets another outline, or ends, after the legal date.
            BadGeometry: nothing of it is seen from above.
        """
        shape = measured(self.shape, case.profile.tolerances.linear)
        drawn = outline(self.shape)
        chapters = story.chapters(case, OBJECT, [self.feature])
        return Outcome(
            tuple(
                Write(OBJECT, self.feature, c.period, drawn, {**c.versions[0].attributes, **self.attributes, **shape})
                for c in chapters
            )
        )


def outline(shape: Shape) -> MultiPolygon:
    """Return a shape's footprint.

    Raises:
        BadGeometry: it has no faces that are seen from above.
    """
    found = shape.footprint()
    if found.is_empty:
        raise BadGeometry(_NO_OUTLINE)
    return found


def _needs(attributes: Attributes) -> Needs:
    keys = ("gml_id", "parent_id")
    named = [str(attributes[key]) for key in keys if attributes.get(key)]
    building = attributes.get("building_id")
    buildings = {BUILDING: frozenset({int(building)})} if isinstance(building, int) else {}
    return Needs(features=buildings, related=tuple((OBJECT, "gml_id", name) for name in named))


_NO_OUTLINE: Final = Text(
    kk="Пішіннің үстінен көрінетін беті жоқ, сондықтан картада орны жоқ; кемінде бір көлденең не көлбеу бет керек.",
    ru="У формы нет граней, видимых сверху, и на карте ей нет места; нужна хотя бы одна не вертикальная грань.",
    en="The shape has no face that is seen from above, so no place on the map; it needs one that is not upright.",
)
