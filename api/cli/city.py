"""Which city a verb is about: the option, else ``QALA_PROFILE``, else the one served last, else the demo city."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from data.installation import Installation
from data.profiles import find
from gis.profile import CityProfile, checked_profile
from gis.register import Register

DEMO = "helsinki"

Profile = Annotated[
    str | None,
    typer.Option("--profile", envvar="QALA_PROFILE", help="A bundled city's id, or a profile file."),
]


def remember(installation: Installation, profile: CityProfile) -> None:
    """Keep the city for verbs that name none."""
    installation.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    remembered = installation.home / "city.json"
    remembered.write_text(profile.model_dump_json(indent=2), encoding="utf-8")


def chosen(installation: Installation, name: str | None) -> CityProfile:
    """Return the profile of the city that is meant."""
    if name:
        return find(name)
    remembered = installation.home / "city.json"
    if remembered.exists():
        return checked_profile(json.loads(remembered.read_text(encoding="utf-8")), str(remembered))
    return find(DEMO)


@contextmanager
def register_of(name: str | None) -> Iterator[Register]:
    """Open the register of the city that is meant, the database server running for as long."""
    installation = Installation()
    profile = chosen(installation, name)
    with installation.running():
        register = installation.open(profile)
        try:
            yield register
        finally:
            register.close()


def readable(path: Path) -> Path:
    """Return a path to a file that is there, or say which is not."""
    if not path.is_file():
        raise typer.BadParameter(f"there is no file {path}")
    return path
