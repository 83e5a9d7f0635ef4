"""Instructions for a voice: SSML 1.1 (W3C Recommendation, 7 September 2010).

Numerals carry the words in which they are read, in the gender and case of their place (``sub``); names in another
language their language (``lang``). Each manoeuvre is a paragraph that begins with a mark of its number, so that a
player can tell where it is; pauses stand between them.
"""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from routing.instructions import VOICES, Instructions
from routing.speech import Foreign, Numeral, Part, Speech

SSML: Final = "http://www.w3.org/2001/10/synthesis"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

PAUSE: Final = "700ms"
"""Between manoeuvres."""


def ssml(told: Instructions) -> str:
    """Return a whole route as one document."""
    speak = _speak(told.tag)
    _sentence(SubElement(speak, "p"), told.summary)
    for number, step in enumerate(told.steps):
        SubElement(speak, "break", time=PAUSE)
        SubElement(speak, "mark", name=f"manoeuvre-{number}")
        _sentence(SubElement(speak, "p"), step.verbal)
    for child in speak:
        child.tail = "\n"
    return _text(speak)


def utterance(said: Speech, tag: str) -> str:
    """Return one utterance, an alert or an instruction, as a document of its own."""
    speak = _speak(tag)
    _sentence(speak, said)
    return _text(speak)


def _speak(tag: str) -> Element:
    return Element("speak", {"version": "1.1", "xmlns": SSML, LANG: tag})


def _text(speak: Element) -> str:
    return tostring(speak, encoding="unicode", xml_declaration=False)


def _sentence(parent: Element, said: Speech) -> None:
    element = SubElement(parent, "s")
    for part in said.parts:
        _append(element, part)


def _append(element: Element, part: Part) -> None:
    if isinstance(part, Numeral):
        SubElement(element, "sub", alias=part.spoken.strip()).text = part.shown
    elif isinstance(part, Foreign) and part.language is not None:
        SubElement(element, "lang", {LANG: VOICES[part.language].tag}).text = part.shown
    else:
        _add(element, part if isinstance(part, str) else part.shown)


def _add(element: Element, text: str) -> None:
    """Append text behind what an element holds already."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
