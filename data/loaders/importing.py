"""Bringing a file in: read and check row by row, compare with the register, check by its rules, record, report.

Reading happens before any lock is taken. What follows is one transaction under the lock of the whole register (readers
never wait): either all of it stands, or none.
"""

from collections.abc import Callable
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path

from psycopg import Connection

from data.loaders.defects import DefectLog
from data.loaders.mapping import BadMapping, ColumnMapping, fitted, read_mapping
from data.loaders.numbering import NUMBER_FIELD, NUMBERED
from data.loaders.quarters import Quarters
from data.loaders.reading import FileReading
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest, Progress, quiet
from data.loaders.settling import Settling
from data.loaders.shapes import Shaper
from data.loaders.source import RowSource, SourceOptions, open_source, system_of
from data.loaders.values import Valuer
from data.loaders.workbench import Workbench
from gis.act import Act
from gis.crs import OwnSystem, pyproj_crs
from gis.layer import Layer
from gis.register import Register
from gis.source import check_source
from gis.text import Text


def import_file(
    register: Register, request: ImportRequest, progress: Callable[[Progress], None] = quiet
) -> ImportReport:
    """Bring a file in as one changeset, or, for a dry run, report what that would do.

    Raises:
        BadFile, BadMapping: the file or the mapping as a whole can't be used; nothing was written.
        RuleBroken: the dates of the legal source, or rules broken by what was derived from the file.
        QalaError: what the database refuses; nothing was written.
    """
    check_source(request.act.source, register.profile)
    given = read_mapping(request.mapping) if request.mapping else None
    options = _options(register, request, given or ColumnMapping())
    return bring_in(register, request, open_source(request.file, options), options, progress, given)


def bring_in(
    register: Register,
    request: ImportRequest,
    source: RowSource,
    options: SourceOptions,
    progress: Callable[[Progress], None] = quiet,
    given: ColumnMapping | None = None,
) -> ImportReport:
    """Bring in what a source reads; arguments and errors as :func:`import_file`."""
    check_source(request.act.source, register.profile)
    layer = register.layers[request.layer]
    mapping = fitted(given, layer, source.columns, request.dataset or request.file.stem)
    _require_numbered(layer, mapping)
    shaper = Shaper(layer, register.profile, system_of(source, options, request.file.name))
    report = _report(request, layer, mapping, shaper)
    with register.writing() as connection:
        settled = _settled(register, request, (source, mapping, shaper, report), connection, progress)
    if settled is not None and register.heads is not None:
        register.heads.append(*settled)
    if request.report is not None:
        report.write(request.report)
    return report


_Opened = tuple[RowSource, ColumnMapping, Shaper, ImportReport]


def _settled(
    register: Register,
    request: ImportRequest,
    opened: _Opened,
    connection: Connection,
    progress: Callable[[Progress], None],
) -> tuple[int, bytes] | None:
    source, mapping, shaper, report = opened
    layer, profile, act = shaper.layer, register.profile, _documented(request.act, report)
    filled = [f for f in layer.fields if f.name in mapping.fields]
    number = NUMBER_FIELD if mapping.numbering else None
    bench = Workbench(
        connection, layer, profile.srid, report.dataset, filled, mapping.constants, number, act.valid_from
    )
    quarters = Quarters(bench, profile, derived=bool(mapping.numbering.quarter)) if mapping.numbering else None
    valuer = Valuer(layer, profile, mapping, source.encoding, act.valid_from)
    with bench.set_up():
        reading = FileReading(source, mapping, report, shaper, valuer, bench, progress)
        reading.read()
        settling = Settling(register, request, act, bench, report, shaper, reading.acceptable, quarters, progress)
        return settling.run()


def _options(register: Register, request: ImportRequest, mapping: ColumnMapping) -> SourceOptions:
    system = register.profile.system
    return SourceOptions(
        layer=request.source_layer or mapping.source_layer,
        encoding=request.encoding or mapping.encoding,
        crs=request.crs or mapping.crs,
        own=system if isinstance(system, OwnSystem) else None,
    )


def _require_numbered(layer: Layer, mapping: ColumnMapping) -> None:
    if mapping.numbering and layer != NUMBERED:
        raise BadMapping(_NOT_NUMBERED.filled(layer=layer.name, numbered=NUMBERED.name))


def _report(request: ImportRequest, layer: Layer, mapping: ColumnMapping, shaper: Shaper) -> ImportReport:
    return ImportReport(
        layer=layer.name,
        dataset=mapping.dataset or request.file.stem,
        file=request.file.name,
        sha256=_sha256(request.file),
        crs=pyproj_crs(shaper.system).to_string()[:200],
        dry_run=request.dry_run,
        log=DefectLog(),
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _documented(act: Act, report: ImportReport) -> Act:
    """Return the act with the file's hash in its source, unless the source has a document of its own."""
    if act.source.file_hash is not None:
        return act
    return replace(act, source=replace(act.source, file_hash=bytes.fromhex(report.sha256)))


_NOT_NUMBERED = Text(
    kk="[numbering] тек {numbered} қабатына арналған, {layer} қабатына емес.",
    ru="[numbering] предназначено только для слоя {numbered}, а не для {layer}.",
    en="[numbering] is for the layer {numbered} only, not for {layer}.",
)
