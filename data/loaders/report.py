"""What a load did, or would do: counts that add up, and every defect with its row, its words and its place."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.loaders.defects import DefectLog
from gis.text import Text

REPORT = "report.json"
PLACES = "defects.geojson"


@dataclass
class ImportReport:
    """What became of a file's rows: ``read == accepted + accepted_with_defect + refused``, always.

    Attributes:
        dataset: whose edition the file is.
        crs: coordinate system that the file was read in.
        read: rows in the file.
        accepted: rows that say what the rules allow: new, changed, or known already.
        accepted_with_defect: rows of the same kinds whose defect the operator took on record, now or earlier.
        refused: rows that were not let in, each with its reasons in ``log``.
        new, changed, unchanged: the accepted rows of both kinds by what they bring.
        unwrapped: geometries whose Multi wrapping was taken off, or put on, to fit the layer.
        absent: keys of earlier editions that the file lacks.
        strays: what stood between rows and is none; refused.
        archived: how many of these were archived, on request.
        quarters: accounting quarters derived from the file's own division.
        changeset: the one that recorded it all; ``None`` for a dry run, for a draft, or where nothing changed.
        draft: name of the draft that took it up.
        revision: the draft's from then on; ``None`` for a dry run, or where nothing changed.
        log: all defects.
    """

    layer: str
    dataset: str
    file: str
    sha256: str
    crs: str
    dry_run: bool
    log: DefectLog
    read: int = 0
    accepted: int = 0
    accepted_with_defect: int = 0
    refused: int = 0
    strays: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unwrapped: int = 0
    absent: list[str] = field(default_factory=list)
    archived: int = 0
    quarters: int = 0
    changeset: int | None = None
    draft: str | None = None
    revision: int | None = None

    @property
    def clean(self) -> bool:
        """Nothing was refused, nothing taken on record."""
        return not self.refused and not self.accepted_with_defect

    def require_sum(self) -> None:
        """Raise ``RuntimeError`` where a row was lost: a programming error that must not be committed."""
        by_outcome = self.accepted + self.accepted_with_defect + self.refused
        by_fate = self.new + self.changed + self.unchanged + self.refused
        if not self.read == by_outcome == by_fate:
            msg = f"{self.read} rows were read, {by_outcome} have an outcome, {by_fate} a fate"
            raise RuntimeError(msg)

    def summary(self) -> dict[str, Any]:
        """Return the report without its defects, as JSON members."""
        return {
            "layer": self.layer,
            "dataset": self.dataset,
            "file": self.file,
            "sha256": self.sha256,
            "crs": self.crs,
            "dry_run": self.dry_run,
            **(
                {"changeset": self.changeset}
                if self.draft is None
                else {"draft": self.draft, "revision": self.revision}
            ),
            "rows": {
                "read": self.read,
                "accepted": self.accepted,
                "accepted_with_defect": self.accepted_with_defect,
                "refused": self.refused,
            },
            "versions": {"new": self.new, "changed": self.changed, "unchanged": self.unchanged},
            "unwrapped": self.unwrapped,
            "quarters": self.quarters,
            "absent": {"count": len(self.absent), "archived": self.archived, "keys": self.absent},
            "defects_by_code": dict(sorted(self.log.by_code.items())),
        }

    def _recorded(self) -> dict[str, Any]:
        """Return where it all went: a changeset, or a draft's revision."""
        if self.draft is None:
            return {"changeset": self.changeset}
        return {"draft": self.draft, "revision": self.revision}

    def told(self) -> Text:
        """Return the report in one sentence."""
        facts = {**self.summary()["rows"], "new": self.new, "changed": self.changed, "unchanged": self.unchanged}
        return (_TOLD_DRY if self.dry_run else _TOLD).filled(**facts, absent=len(self.absent), archived=self.archived)

    def write(self, folder: Path) -> None:
        """Write ``report.json`` and ``defects.geojson`` (lon/lat, RFC 7946), defect by defect."""
        folder.mkdir(parents=True, exist_ok=True)
        self._write_report(folder / REPORT)
        self._write_places(folder / PLACES)

    def _write_report(self, path: Path) -> None:
        head = json.dumps(self.summary(), ensure_ascii=False, indent=1).removesuffix("\n}")
        with path.open("w", encoding="utf-8") as file:
            file.write(head + ',\n "defects": [')
            for i, defect in enumerate(self.log):
                file.write((",\n  " if i else "\n  ") + json.dumps(defect, ensure_ascii=False))
            file.write("\n ]\n}\n")

    def _write_places(self, path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.write('{"type": "FeatureCollection", "features": [')
            for i, defect in enumerate(d for d in self.log if d["place"] is not None):
                place = defect.pop("place")
                feature = {"type": "Feature", "geometry": place, "properties": _flat(defect)}
                file.write((",\n" if i else "\n") + json.dumps(feature, ensure_ascii=False))
            file.write("\n]}\n")


def _flat(defect: dict[str, Any]) -> dict[str, Any]:
    """Return a defect's members as columns that a desktop GIS shows."""
    texts = defect.pop("text")
    others = defect.pop("others")
    return {**defect, **{f"text_{lang}": text for lang, text in texts.items()}, "others": json.dumps(others)}


_TOLD = Text(
    kk="Оқылған жол: {read}; қабылданды: {accepted}, ақаумен қабылданды: {accepted_with_defect}, "
    "қабылданбады: {refused}. Жаңа: {new}, өзгерген: {changed}, өзгермеген: {unchanged}. "
    "Файлда жоғы: {absent}, мұрағатталды: {archived}.",
    ru="Прочитано строк: {read}; принято: {accepted}, принято с дефектом: {accepted_with_defect}, "
    "отклонено: {refused}. Новых: {new}, изменённых: {changed}, без изменений: {unchanged}. "
    "Нет в файле: {absent}, в архив: {archived}.",
    en="Rows read: {read}; accepted: {accepted}, accepted with a defect: {accepted_with_defect}, refused: {refused}. "
    "New: {new}, changed: {changed}, unchanged: {unchanged}. Absent from the file: {absent}, archived: {archived}.",
)
_TOLD_DRY = Text(
    kk="Сынақ, ештеңе жазылған жоқ. " + _TOLD.kk,
    ru="Проба, ничего не записано. " + _TOLD.ru,
    en="Dry run, nothing was written. " + _TOLD.en,
)
