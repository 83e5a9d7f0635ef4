"""FILTER: the part of Filter Encoding 2.0 that this service understands, read from XML that may be hostile."""

from dataclasses import dataclass
from typing import Final

from lxml import etree

from api.wfs.errors import OperationParsingFailed, OptionNotSupported, unknown_value
from api.wfs.names import FES
from gis.gml import GEOMETRY, NAMESPACE
from gis.text import Text

_LONGEST: Final = 100_000
"""Characters of a filter; longer ones are refused unread."""

_UNDERSTOOD: Final = "fes:ResourceId, fes:BBOX"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a filter asks for: any of some features, or all in a box.

    Attributes:
        resource_ids: ``rid`` values.
        bbox: numbers as in the parameter ``BBOX``: lower corner, upper corner and, where it was named, the system.
    """

    resource_ids: tuple[str, ...] = ()
    bbox: str | None = None


def parse_filter(text: str) -> Filter:
    """Read a filter.

    Raises:
        OperationParsingFailed: no well-formed XML, or XML that declares entities or a document type.
        OptionNotSupported: another operator; the message lists those that are understood.
    """
    root = parse_harmless(text)
    if _name(root) != "Filter":
        raise unknown_value("FILTER", _name(root), f"<fes:Filter xmlns:fes='{FES}'>")
    operands = list(root)
    if operands and all(_name(operand) == "ResourceId" for operand in operands):
        return Filter(resource_ids=tuple(operand.get("rid", "") for operand in operands))
    if len(operands) == 1 and _name(operands[0]) == "BBOX":
        return Filter(bbox=_box(operands[0]))
    named = ", ".join(_name(operand) for operand in operands) or "Filter"
    raise OptionNotSupported(_NOT_UNDERSTOOD.filled(operator=named[:200], understood=_UNDERSTOOD), parameter="FILTER")


def parse_harmless(text: str) -> etree._Element:
    """Read XML from a stranger: no document type, no entities, no network, bounded length and depth.

    Raises:
        OperationParsingFailed: it is not such XML.
    """
    if len(text) > _LONGEST:
        raise OperationParsingFailed(_TOO_LONG.filled(longest=_LONGEST), parameter="FILTER")
    if "<!" in text.replace("<![CDATA[", "").replace("<!--", ""):
        raise OperationParsingFailed(_DECLARES, parameter="FILTER")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OperationParsingFailed(_NOT_XML.filled(reason=str(error)[:200]), parameter="FILTER") from None


def _name(element: etree._Element) -> str:
    """Return the local name of an element of the standard; any other in full, so that it is refused by name."""
    name = etree.QName(element)
    return name.localname if name.namespace in {FES, NAMESPACE} else str(element.tag)


def _box(bbox: etree._Element) -> str:
    envelopes = [child for child in bbox if _name(child) == "Envelope"]
    references = [(child.text or "").rpartition(":")[2] for child in bbox if _name(child) == "ValueReference"]
    if len(envelopes) != 1 or any(reference != GEOMETRY for reference in references):
        raise unknown_value("FILTER", "fes:BBOX", f"<fes:BBOX><fes:ValueReference>{GEOMETRY}<…><gml:Envelope>…")
    corners = [(child.text or "").split() for child in envelopes[0] if _name(child) in {"lowerCorner", "upperCorner"}]
    system = envelopes[0].get("srsName")
    return ",".join([number for corner in corners for number in corner] + ([system] if system else []))


_NOT_UNDERSTOOD = Text(
    kk="Сүзгідегі «{operator}» операторын бұл қызмет түсінбейді. Түсінетіні: {understood}.",
    ru="Оператора «{operator}» в фильтре эта служба не понимает. Понимает она: {understood}.",
    en="This service does not understand the operator '{operator}' in a filter. It understands: {understood}.",
)
_TOO_LONG = Text(
    kk="Сүзгі тым ұзын; ең көбі {longest} таңба.",
    ru="Фильтр слишком длинный; не более {longest} знаков.",
    en="The filter is too long; at most {longest} characters.",
)
_DECLARES = Text(
    kk="XML құжат түрін немесе мәндерді (DOCTYPE, ENTITY) жариялайды; бұған рұқсат жоқ.",
    ru="XML объявляет тип документа или сущности (DOCTYPE, ENTITY); это не разрешено.",
    en="The XML declares a document type or entities (DOCTYPE, ENTITY); that is not allowed.",
)
_NOT_XML = Text(
    kk="Бұл дұрыс құрылған XML емес: {reason}.",
    ru="Это неправильно построенный XML: {reason}.",
    en="This is no well-formed XML: {reason}.",
)
