"""A route as KML 2.2 (OGC 07-147r2): the course, and a folder of manoeuvres."""

from typing import Final

from lxml import etree

from data.exports.routes import Taken
from gis.text import Text

KML: Final = "http://www.opengis.net/kml/2.2"

_BLUE: Final = "ffb0701b"
"""Colour as KML has it: opacity, blue, green, red."""

_MANOEUVRES: Final = Text(kk="Нұсқаулар", ru="Указания", en="Instructions")


def kml(taken: Taken) -> bytes:
    """Return the file."""
    root = etree.Element(f"{{{KML}}}kml", nsmap={None: KML})
    document = _child(root, "Document")
    _child(document, "name", taken.name)
    _child(document, "description", taken.told.summary.text)
    _styles(document)
    _course(document, taken)
    folder = _child(document, "Folder")
    _child(folder, "name", _MANOEUVRES.in_language(taken.language))
    for number, (longitude, latitude, step) in enumerate(taken.placed(), 1):
        place = _placemark(folder, f"{number}. {step.text.text}", step.verbal.text, "manoeuvre")
        _child(_child(place, "Point"), "coordinates", f"{longitude},{latitude}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _child(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{KML}}}{name}")
    child.text = text
    return child


def _styles(document: etree._Element) -> None:
    line = _child(document, "Style")
    line.set("id", "course")
    stroke = _child(line, "LineStyle")
    _child(stroke, "color", _BLUE)
    _child(stroke, "width", "5")
    point = _child(document, "Style")
    point.set("id", "manoeuvre")
    _child(_child(point, "LabelStyle"), "scale", "0.7")


def _placemark(parent: etree._Element, name: str, description: str, style: str) -> etree._Element:
    place = _child(parent, "Placemark")
    _child(place, "name", name)
    _child(place, "description", description)
    _child(place, "styleUrl", f"#{style}")
    return place


def _course(document: etree._Element, taken: Taken) -> None:
    place = _placemark(document, taken.name, taken.told.summary.text, "course")
    line = _child(place, "LineString")
    _child(line, "tessellate", "1")
    _child(line, "coordinates", " ".join(f"{longitude},{latitude}" for longitude, latitude in taken.globe.tolist()))
