"""District files: the known layouts, each with its mapping; a city's units come in with their KATO codes."""

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import as_file, files
from typing import Final

from cadastres.address.model import ADMIN_UNIT
from data.loaders.importing import import_file
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest, Progress, quiet
from data.loaders.source import BadFile, SourceOptions, open_source
from gis.register import Register
from gis.text import Text

LAYOUTS: Final = {
    "districts-astana.toml": frozenset({"objectid", "name_object", "name_object_kaz", "kato"}),
    "districts-almaty.toml": frozenset({"id", "name_kz", "name_ru"}),
}
"""The mapping of each known layout, and the columns by which the layout is known."""


def import_districts(
    register: Register, request: ImportRequest, progress: Callable[[Progress], None] = quiet
) -> ImportReport:
    """Bring a file of districts in as administrative units.

    Args:
        register: the city's.
        request: the layer is ``address.admin_unit`` whatever it says; without a mapping the layout's own is taken.
        progress: told how far it has come.

    Raises:
        BadFile: it can't be read, or its layout is not known and no mapping is given.
        RuleBroken: the dates of the legal source.
    """
    asked = replace(request, layer=ADMIN_UNIT.name)
    if request.mapping is not None:
        return import_file(register, asked, progress)
    with as_file(files("data.mappings") / _layout(request)) as mapping:
        return import_file(register, replace(asked, mapping=mapping), progress)


def _layout(request: ImportRequest) -> str:
    columns = open_source(request.file, SourceOptions(layer=request.source_layer, encoding=request.encoding)).columns
    for mapping, known in LAYOUTS.items():
        if known <= set(columns):
            return mapping
    layouts = "; ".join(", ".join(sorted(known)) for known in LAYOUTS.values())
    raise BadFile(_UNKNOWN.filled(file=request.file.name, columns=", ".join(columns)[:300], layouts=layouts))


_UNKNOWN = Text(
    kk="{file} файлының бағандары белгісіз: {columns}. Белгілілері: {layouts}; "
    "немесе сәйкестік файлын беріңіз (--mapping).",
    ru="Столбцы файла {file} незнакомы: {columns}. Известны: {layouts}; или дайте файл соответствий (--mapping).",
    en="The columns of {file} are not known: {columns}. Known are: {layouts}; or give a mapping file (--mapping).",
)
