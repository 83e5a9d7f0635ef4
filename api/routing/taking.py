"""A way taken along: into a file for a receiver, or onto paper."""

from typing import Final

from api.routing.answers import place_told
from api.routing.asked import Question
from api.routing.explaining import found_on
from api.routing.finding import Found
from cadastres.fields import OPENSTREETMAP_WHERE_DERIVED
from data.catalogue import STREETS
from data.exports.documents.route_sheet import Sheet, route_sheet, shown_ground
from data.exports.route_surroundings import surroundings
from data.exports.routes import Taken, write
from data.landmarks import RegisterLandmarks
from routing.instructions import instructions
from routing.reasons import unknown_of

FILES: Final = frozenset({"gpx", "kml", "fit", "pdf"})
"""Forms that are written here."""


def taken_file(question: Question, found: Found, form: str, link: str = "") -> bytes:
    """Return the best of the ways found as a file.

    Args:
        question: whose language, register and map it is told in.
        found: the ways, and the places that they lead between.
        form: one of :data:`FILES`, or ``gpkg``.
        link: where the way can be asked for again, for the sheet's square code.
    """
    route = found.routes[0]
    start, end = (place_told(place, question.city.system) for place in (found.places[0], found.places[-1]))
    landmarks = RegisterLandmarks(question.register, route.reading)
    unknown = unknown_of(question.desk.router.streets, found_on(question, route))
    told = instructions(route, question.language, landmarks, unknown=unknown)
    taken = Taken(route=route, told=told, system=question.city.system, title=f"{start} — {end}", link=link)
    if form != "pdf":
        return write(taken, form)
    around = surroundings(question.register, STREETS, route.reading, shown_ground(taken), question.language)
    named = (OPENSTREETMAP_WHERE_DERIVED,)
    sheet = Sheet(taken=taken, profile=question.city, start=start, end=end, around=around, attribution=named)
    return route_sheet(sheet)
