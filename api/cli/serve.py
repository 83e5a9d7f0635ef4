"""``qala up``: the city on the map in one command."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn

from api.cli.city import DEMO, Profile, chosen, readable, remember
from api.cli.output import console, errors, progress
from api.origin import public_url
from data.installation import Installation
from data.profiles import find
from gis.database import connect
from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.register import Register


def up(
    city: Annotated[
        Path | None, typer.Option(help="Build the register of the city in this OpenStreetMap extract.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 2,
    empty: Annotated[bool, typer.Option("--empty", help="Load nothing into an empty register.")] = False,
    load_only: Annotated[bool, typer.Option("--load-only", help="Load the city and stop; serve nothing.")] = False,
    profile: Profile = None,
) -> None:
    """Start the database, load the city if its register is empty, and serve it until Ctrl-C.

    Behind a proxy, QALA_PUBLIC_URL names the address that the world sees; links begin with it.
    """
    if not load_only:
        _require_free(host, port)
        public_url()
    installation = Installation()
    extract = readable(city) if city else None
    chosen_profile = _profile(installation, profile, extract)
    with _interruptible(), installation.running():
        register = installation.open(chosen_profile)
        try:
            if not empty and _is_empty(register):
                _load(register, extract)
        finally:
            register.close()
        remember(installation, chosen_profile)
        if load_only:
            console.print(f"{chosen_profile.name.en} is loaded")
            return
        _serve(chosen_profile, host, port, workers)


def _profile(installation: Installation, name: str | None, extract: Path | None) -> CityProfile:
    if name:
        return find(name)
    if extract is not None:
        from data.city import profile_of_extract  # noqa: PLC0415  (its libraries take seconds to load)

        return profile_of_extract(extract)
    return chosen(installation, None)


def _is_empty(register: Register) -> bool:
    with connect(register.database.reader) as connection:
        row = connection.execute("SELECT NOT EXISTS (SELECT FROM qala.changeset)").fetchone()
    return bool(row and row[0])


def _load(register: Register, extract: Path | None) -> None:
    from data.city import build_city  # noqa: PLC0415  (its libraries take seconds to load)
    from data.demo import build_demo  # noqa: PLC0415  (likewise)

    name = register.profile.name.en
    with progress(f"Loading {name}") as tell:
        if extract is not None:
            report = build_city(register, extract, tell)
        elif register.profile.id == DEMO:
            report = build_demo(register, tell)
        else:
            errors.print(f"{name}: the register is empty; fill it by 'qala import' or 'qala up --city EXTRACT.osm.pbf'")
            return
    console.print(report.told().en)


def _require_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            told = f"{host}:{port} can't be served on ({error.strerror}); choose another --port or --host"
            raise BadRequest(told) from None


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM end the work as Ctrl-C does, so that everything started is stopped."""
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    except KeyboardInterrupt:
        console.print("stopped")
    finally:
        signal.signal(signal.SIGTERM, before)


def _serve(profile: CityProfile, host: str, port: int, workers: int) -> None:
    os.environ["QALA_SERVED_PROFILE"] = profile.model_dump_json()
    threading.Thread(target=_welcome, args=(profile.name.en, host, port), daemon=True).start()
    uvicorn.run(
        "api.app:served", factory=True, host=host, port=port, workers=workers, log_level="warning",
        timeout_worker_healthcheck=_PATIENCE,
    )  # fmt: skip


_PATIENCE: Final = 120
"""Seconds in which a worker must answer its supervisor; to load its libraries takes long on a busy machine."""


def _welcome(name: str, host: str, port: int) -> None:
    """Say where to go, once a worker listens there."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (asked for, not bound)
    while True:
        with suppress(OSError), socket.create_connection((reached, port), timeout=1):
            break
        time.sleep(0.2)
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    console.print(_WELCOME.format(name=name, base=base), highlight=False)


_WELCOME = """
[bold]{name}[/bold] is up. Open next:

  {base}/ogc                      the register in a browser: layers, features, any date
  {base}/ogc/collections/land.parcel/items?limit=10

In QGIS (Layer > Add Layer):
  WFS / OGC API - Features        {base}/ogc
  WFS                             {base}/wfs

To write: qala token create --role registrar       Stop: Ctrl-C
"""
