"""The rivals: tipg and pygeoapi from PyPI, in an environment of their own, over the plain table of the live rows.

Both get the table's spatial index and key, two server processes, connection pools, the loopback, and limits that let
them answer in full. pygeoapi counts all matches for each page, tipg too; neither can be told not to.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict

from api.bench.building import PLAIN
from api.bench.city import BenchCity
from api.bench.servers import WORKERS, environment_with, serving
from gis.errors import Unavailable

LOCK: Final = Path(__file__).parents[2] / "requirements-bench.lock"
MOST: Final = 1_000_000

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True, slots=True)
class Rivals:
    """Where the rivals answer: URLs without a slash at the end."""

    tipg: str
    pygeoapi: str


def install(home: Path, tell: Callable[[str], None]) -> Path:
    """Make the rivals' environment, as the lock file has it; return its folder of programs.

    Raises:
        Unavailable: no lock file beside the code, or pip failed.
    """
    if not LOCK.is_file():
        raise Unavailable("requirements-bench.lock comes with a checkout: run the bench there")
    programs, mark = home / "rivals" / "bin", home / "rivals" / "installed"
    digest = sha256(LOCK.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text(encoding="ascii") == digest:
        return programs
    tell("installing tipg and pygeoapi")
    _run([sys.executable, "-m", "venv", "--clear", str(home / "rivals")])
    _run([str(programs / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCK)])
    mark.write_text(digest, encoding="ascii")
    return programs


@contextmanager
def rivals(city: BenchCity, programs: Path, ports: tuple[int, int]) -> Iterator[Rivals]:
    """Serve the rivals for a while."""
    database = _database(city)
    with ExitStack() as stack:
        tipg = stack.enter_context(_tipg(programs, database, ports[0]))
        pygeoapi = stack.enter_context(_pygeoapi(city, programs, database, ports[1]))
        yield Rivals(tipg, pygeoapi)


def _database(city: BenchCity) -> Mapping[str, str]:
    owner = city.installation.database(city.profile).owner
    return {key: str(value) for key, value in conninfo_to_dict(owner).items()}


@contextmanager
def _tipg(programs: Path, database: Mapping[str, str], port: int) -> Iterator[str]:
    user = f"{database['user']}:{database['password']}"
    settings = {
        "DATABASE_URL": f"postgresql://{user}@127.0.0.1:{database['port']}/{database['dbname']}",
        "TIPG_DB_TABLES": json.dumps([f"public.{PLAIN}"]),
        "TIPG_MAX_FEATURES_PER_QUERY": str(MOST),
        "TIPG_MAX_FEATURES_PER_TILE": str(MOST),
        "TIPG_CATALOG_TTL": "36000",
    }
    command = [str(programs / "python"), "-m", "uvicorn", "tipg.main:app", f"--port={port}", f"--workers={WORKERS}"]
    with serving([*command, "--log-level=warning"], environment_with(settings), port, "/healthz") as base:
        yield f"{base}/collections/public.{PLAIN}"


@contextmanager
def _pygeoapi(city: BenchCity, programs: Path, database: Mapping[str, str], port: int) -> Iterator[str]:
    config, openapi = city.home / "pygeoapi.yml", city.home / "pygeoapi.openapi.yml"
    # JSON is YAML.
    config.write_text(json.dumps(_configuration(city, database, port)), encoding="utf-8")
    settings = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    generate = [str(programs / "pygeoapi"), "openapi", "generate", str(config), "--output-file", str(openapi)]
    _run(generate, environment_with(settings))
    command = [
        str(programs / "gunicorn"),
        f"--bind=127.0.0.1:{port}",
        f"--workers={WORKERS}",
        "--threads=2",
        "--log-level=error",
    ]
    with serving([*command, "pygeoapi.flask_app:APP"], environment_with(settings), port, "/conformance?f=json") as base:
        yield f"{base}/collections/{PLAIN}"


def _configuration(city: BenchCity, database: Mapping[str, str], port: int) -> dict[str, Any]:
    base = f"http://127.0.0.1:{port}"
    text = {"en": "bench"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": base,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "gzip": False,
            "languages": ["en-US"],
            "pretty_print": False,
            "limits": {"default_items": 100, "max_items": MOST},
            "map": {"url": f"{base}/none", "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": text, "description": text, "keywords": {"en": ["bench"]}, "keywords_type": "theme",
                "terms_of_service": base, "url": base,
            },
            "license": {"name": "none", "url": base},
            "provider": {"name": "bench", "url": base},
            "contact": {"name": "bench", "email": "bench@localhost", "url": base},
        },
        "resources": {PLAIN: _resource(city, database)},
    }  # fmt: skip


def _resource(city: BenchCity, database: Mapping[str, str]) -> dict[str, Any]:
    west, south, east, north = city.profile.extent
    storage = f"http://www.opengis.net/def/crs/EPSG/0/{city.profile.srid}"
    where = {"host": "127.0.0.1", "port": int(database["port"]), "dbname": database["dbname"]}
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {**where, "user": database["user"], "password": database["password"], "search_path": ["public"]},
        "id_field": "id",
        "table": PLAIN,
        "geom_field": "geom",
        "storage_crs": storage,
        "crs": [CRS84, storage],
    }
    return {
        "type": "collection",
        "title": "bench",
        "description": "bench",
        "keywords": ["bench"],
        "extents": {"spatial": {"bbox": [west, south, east, north], "crs": CRS84}},
        "links": [],
        "providers": [provider],
    }


def _run(command: list[str], environment: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise Unavailable(f"{' '.join(command[:3])} failed: {(done.stderr or done.stdout).strip()[-800:]}")
