"""Street files that give each name one run of points: ``{"streets": [{"name": …, "points": [{"lat": …, "lng": …}]}]}``.

Pieces of one name are written one after the other, so that the run jumps from the end of one to the start of the next.
It is cut at each jump; pieces that lie near each other are one street, those far apart are streets of one name. A row
gives one street or more, or is refused; a point that stands alone between two jumps is no line and is told as lost.

Points are longitude and latitude of WGS 84; distances are measured in the city's projected system, metres.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from cadastres.address.model import STREET
from data.loaders.importing import import_file
from data.loaders.report import ImportReport
from data.loaders.request import ImportRequest, Progress, quiet
from data.loaders.source import BadFile, EmptyFile
from gis.act import Source
from gis.crs import System, transformer
from gis.register import Register
from gis.text import Text

JUMP: Final = 1000.0
"""Two points of a run farther apart than this [m] are the end of one piece and the start of another."""

SAME_STREET: Final = 500.0
"""Pieces of one name nearer to each other than this [m] are one street."""

_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "avenue": ("проспект", "даңғылы", "даңғыл"),
    "lane": ("переулок", "тұйық көшесі"),
    "blind_alley": ("тупик", "тұйығы", "тұйық"),
    "boulevard": ("бульвар", "бульвары"),
    "embankment": ("набережная", "жағалауы"),
    "highway": ("шоссе", "тас жолы"),
    "drive": ("проезд", "өткелі"),
    "square": ("площадь", "алаңы"),
    "alley": ("аллея", "аллеясы"),
    "microdistrict": ("микрорайон", "ықшамауданы", "шағын ауданы", "мкр"),
    "quarter": ("квартал", "орамы"),
    "road": ("дорога", "жолы"),
    "street": ("улица", "көшесі", "көше"),
}
"""Words that tell the kind of a street; of several the first counts: a «тұйық көшесі» is a lane."""

_KAZAKH_LETTERS: Final = frozenset("әғқңөұүһі")
_KAZAKH_WORDS: Final = ("көше", "көшесі", "даңғылы", "тұйық", "жолы", "алаңы", "көпірі", "аллеясы")
_RUSSIAN_WORDS: Final = (
    "улица", "переулок", "проспект", "тупик", "шоссе", "микрорайон", "площадь", "набережная", "проезд", "квартал",
    "дорога", "бульвар", "аллея",
)  # fmt: skip

Points = npt.NDArray[np.float64]


@dataclass
class StreetsReport:
    """What became of a street file: ``rows == rows_with_streets + rows_refused``, and ``streets == load.read``.

    Attributes:
        rows: rows of the file.
        refused: names of rows in which no two points make a line.
        jumps: how many jumps were cut.
        lost_points: points that stood alone between two jumps, by name.
        streets: streets that came of the rows.
        load: what became of those.
    """

    rows: int = 0
    refused: list[str] = field(default_factory=list)
    jumps: int = 0
    lost_points: Counter[str] = field(default_factory=Counter)
    streets: int = 0
    load: ImportReport | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON members."""
        return {
            "rows": self.rows,
            "rows_with_streets": self.rows - len(self.refused),
            "rows_refused": self.refused,
            "jumps": self.jumps,
            "lost_points": dict(self.lost_points),
            "streets": self.streets,
            "load": None if self.load is None else self.load.summary(),
        }


def import_streets(
    register: Register, request: ImportRequest, progress: Callable[[Progress], None] = quiet
) -> StreetsReport:
    """Bring a street file in as one changeset, or, for a dry run, report what that would do.

    Args:
        register: the city's.
        request: the layer is ``address.street`` whatever it says.
        progress: told how far it has come.

    Raises:
        BadFile: it is no such file, or has no street.
        RuleBroken: the dates of the legal source.
    """
    report = StreetsReport()
    features = list(_features(read_streets(request.file), register.profile.system, report))
    if not features:
        raise EmptyFile(_NONE.filled(file=request.file.name), file=str(request.file))
    report.streets = len(features)
    with TemporaryDirectory() as folder, as_file(files("data.mappings") / "streets.toml") as mapping:
        laid_out = Path(folder) / f"{request.file.stem}.geojson"
        laid_out.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        act = replace(request.act, source=_documented(request.act.source, request.file))
        asked = replace(request, act=act, layer=STREET.name, file=laid_out, mapping=request.mapping or mapping)
        report.load = import_file(register, asked, progress)
    return report


def _documented(source: Source, file: Path) -> Source:
    """Return the legal source with the hash of the file as it was delivered, unless it has a document of its own."""
    return source if source.file_hash else replace(source, file_hash=sha256(file.read_bytes()).digest())


def read_streets(file: Path) -> list[tuple[str, Points]]:
    """Return the names and points (longitude, latitude) of a street file's rows.

    Raises:
        BadFile: it is missing, is no JSON, or has another form.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return [(str(row["name"]), _points(row["points"])) for row in document["streets"]]
    except OSError as error:
        reason = error.strerror or str(error)
    except (ValueError, KeyError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
    raise BadFile(_FORM.filled(file=file.name, reason=reason[:200]), file=str(file))


def _points(points: Sequence[Mapping[str, float]]) -> Points:
    read = np.array([(float(p["lng"]), float(p["lat"])) for p in points], dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(read).all():
        raise ValueError("a coordinate is no number")
    return read


def streets_of(points: Points, system: System) -> tuple[list[list[Points]], int, int]:
    """Return the streets of one run of points, each as its pieces; how many jumps were cut, how many points lost.

    Args:
        points: longitude and latitude, in the order of the file.
        system: the city's projected system, in which distances are measured.
    """
    metres = np.column_stack(transformer(4326, system).transform(points[:, 0], points[:, 1]))
    jumps = np.flatnonzero(np.hypot(*np.diff(metres, axis=0).T) > JUMP) + 1
    runs = list(zip(np.split(points, jumps), np.split(metres, jumps), strict=True))
    pieces = [(run, shapely.LineString(m)) for run, m in runs if len(run) > 1 and np.ptp(m, axis=0).any()]
    groups = _near_each_other([line for _, line in pieces])
    lost = len(points) - sum(len(run) for run, _ in pieces)
    return [[pieces[i][0] for i in group] for group in groups], len(jumps), lost


def _near_each_other(lines: Sequence[shapely.LineString]) -> list[list[int]]:
    """Return groups of lines of which each is within :data:`SAME_STREET` of another of its group, in order."""
    groups: list[list[int]] = []
    for i, line in enumerate(lines):
        near = [group for group in groups if any(lines[j].dwithin(line, SAME_STREET) for j in group)]
        groups = [group for group in groups if group not in near]
        groups.append(sorted([i, *(j for group in near for j in group)]))
    return sorted(groups)


def _features(rows: Sequence[tuple[str, Points]], system: System, report: StreetsReport) -> Iterator[dict[str, Any]]:
    serials: Counter[str] = Counter()
    for name, points in rows:
        report.rows += 1
        streets, jumps, lost = streets_of(points, system) if len(points) else ([], 0, 0)
        report.jumps += jumps
        if not streets:
            report.refused.append(name)
            continue
        if lost:
            report.lost_points[name] += lost
        for pieces in streets:
            serials[name] += 1
            yield _feature(name, serials[name], pieces)


def _feature(name: str, serial: int, pieces: Sequence[Points]) -> dict[str, Any]:
    language = language_of(name)
    said = {
        "key": name if serial == 1 else f"{name} #{serial}",
        "name": name,
        "name_kk": name if language == "kk" else None,
        "name_ru": name if language == "ru" else None,
        "street_type": type_of(name),
    }
    geometry = {"type": "MultiLineString", "coordinates": [piece.tolist() for piece in pieces]}
    return {"type": "Feature", "properties": said, "geometry": geometry}


def language_of(name: str) -> str | None:
    """Return the language in which a street's name is written, where letters or the word for its kind tell.

    >>> language_of("Абай көшесі"), language_of("улица Сатпаева"), language_of("E 100")
    ('kk', 'ru', None)
    """
    folded = name.casefold()
    words = folded.split()
    if _KAZAKH_LETTERS & set(folded) or any(word in _KAZAKH_WORDS for word in words):
        return "kk"
    return "ru" if any(word in _RUSSIAN_WORDS for word in words) else None


def type_of(name: str) -> str | None:
    """Return the kind of a street by the word for it in its name (classifier ``geonim_type``).

    >>> type_of("Дәулет тұйық көшесі"), type_of("Қарқаралы тас жолы"), type_of("172")
    ('lane', 'highway', None)
    """
    padded = f" {' '.join(name.casefold().split())} "
    return next((kind for kind, words in _TYPES.items() if any(f" {word} " in padded for word in words)), None)


_FORM = Text(
    kk="{file} — көшелер файлы емес ({reason}); түрі: streets, әрқайсысында name және points (lat, lng).",
    ru="{file} — не файл улиц ({reason}); вид: streets, в каждой name и points (lat, lng).",
    en="{file} is no street file ({reason}); its form is streets, each with name and points (lat, lng).",
)
_NONE = Text(
    kk="{file} файлында бірде-бір көше жоқ: сызық шығатын екі нүкте табылмады.",
    ru="В файле {file} нет ни одной улицы: нигде нет двух точек, которые дали бы линию.",
    en="{file} has no street: nowhere are there two points that make a line.",
)
