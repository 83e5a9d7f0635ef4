"""The import under measurement: one GeoPackage, once through every check, once copied by ogr2ogr without any."""

import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import geopandas
import shapely
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from api.bench.city import BenchCity
from data.loaders.importing import import_file
from data.loaders.request import ImportRequest
from gis.act import Act, Source
from gis.database import connect
from gis.errors import Unavailable

_PARCELS = """
SELECT ST_AsBinary(geom), cadastral_number, category, permitted_use, official_area, address
FROM land.parcel WHERE version = 19 AND feature_id <= %s ORDER BY feature_id
"""
_QUARTERS = "SELECT ST_AsBinary(geom), code FROM land.quarter WHERE upper_inf(recorded) ORDER BY feature_id"


@dataclass(frozen=True)
class Imports:
    """The same parcels as the city's, brought into an empty register each time."""

    city: BenchCity

    @property
    def parcels(self) -> Path:
        """The file."""
        return self.city.home / f"parcels-{self.city.count}.gpkg"

    @property
    def quarters(self) -> Path:
        """The quarters that the parcels' numbers name; brought in first, and not measured."""
        return self.city.home / f"quarters-{self.city.count}.gpkg"

    def prepare(self) -> None:
        """Write the files unless they are there."""
        fields = ("cadastral_number", "category", "permitted_use", "official_area", "address")
        for file, query, names in ((self.parcels, _PARCELS, fields), (self.quarters, _QUARTERS, ("code",))):
            if not file.exists():
                self._write(file, query, names)

    def checked(self) -> float:
        """Return the seconds that an import with every check takes.

        Raises:
            Unavailable: not every row was accepted, so that something else was measured.
        """
        profile = self.city.profile.model_copy(update={"id": "bench_import"})
        self._drop(profile.id)
        register = self.city.installation.open(profile)
        try:
            import_file(register, ImportRequest(layer="land.quarter", file=self.quarters, act=self._act()))
            started = time.perf_counter()
            report = import_file(register, ImportRequest(layer="land.parcel", file=self.parcels, act=self._act()))
            taken = time.perf_counter() - started
        finally:
            register.close()
        if report.accepted != self.city.count:
            raise Unavailable(f"the import took {report.accepted} of {self.city.count} rows: {report.told()}")
        return taken

    def copied(self) -> float:
        """Return the seconds that ogr2ogr takes to copy the file into PostGIS, with its spatial index.

        Raises:
            Unavailable: ogr2ogr is not installed, or failed.
        """
        program = shutil.which("ogr2ogr")
        if program is None:
            raise Unavailable("ogr2ogr is missing: apt-get install gdal-bin")
        where = conninfo_to_dict(self.city.register.database.owner)
        target = "PG:" + " ".join(f"{key}='{where[key]}'" for key in ("host", "port", "dbname", "user", "password"))
        options = ["-overwrite", "-nln", "bench_copied", "-lco", "GEOMETRY_NAME=geom", "--config", "PG_USE_COPY", "YES"]
        started = time.perf_counter()
        done = subprocess.run(
            [program, "-f", "PostgreSQL", target, str(self.parcels), *options],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Unavailable(f"ogr2ogr failed: {done.stderr.strip()[-500:]}")
        return time.perf_counter() - started

    def _write(self, file: Path, query: str, names: tuple[str, ...]) -> None:
        values = (self.city.count,) if "%s" in query else None
        with connect(self.city.register.database.owner) as connection:
            rows = connection.execute(query.encode(), values).fetchall()
        columns = {name: [row[n + 1] for row in rows] for n, name in enumerate(names)}
        shapes = shapely.from_wkb([row[0] for row in rows])
        frame = geopandas.GeoDataFrame(columns, geometry=shapes, crs=self.city.profile.srid)
        frame.to_file(file, driver="GPKG", layer=file.stem)

    def _act(self) -> Act:
        profile = self.city.profile
        today = datetime.now(profile.zone).date()
        source = Source(kind="data-delivery", number="bench", acceptance=today, submission=today, recordation=today)
        midnight = profile.midnight(today)
        return Act(actor="bench", role="operator", reason="bench", source=source, valid_from=midnight)

    def _drop(self, name: str) -> None:
        with connect(self.city.installation.cluster.dsn("postgres")) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
