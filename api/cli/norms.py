"""Norms brought in by file: each row with its document, edition and clause."""

from collections.abc import Callable
from datetime import datetime
from importlib.resources.abc import Traversable
from typing import Annotated

import typer

from api.cli.city import register_of
from api.cli.exchange import act_of
from api.cli.output import console, say_json
from data.loaders.norm_rows import NormReport
from gis import policy
from gis.act import Act
from gis.register import Register

ActNumber = Annotated[str | None, typer.Option(help="Number of the legal source; by default the file's.")]
ActDate = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of legal force; by default today.")
]  # fmt: skip

Load = Callable[[Register, Traversable, Act], NormReport]


def enter_norms(
    load: Load,
    source: Traversable,
    schema: str,
    profile: str | None,
    act: tuple[str | None, datetime | None],
    *,
    json: bool,
) -> None:
    """Enter norms, and tell how many are new.

    Args:
        load: brings them into the register.
        source: the file.
        schema: the cadastre whose layer they are rows of.
        profile: the city.
        act: number and date of the legal source, where they are told.
        json: whether programs are to read the answer.
    """
    number, day = act
    with register_of(profile) as register:
        accepted = day.date() if day else datetime.now(register.profile.zone).date()
        told = ("data-delivery", number or source.name)
        role = policy.of_cadastre(schema)
        done = load(register, source, act_of(register.profile, accepted, told, "operator", "load of norms", role))
    if json:
        say_json({"read": done.read, "entered": done.entered, "known": done.known, "changeset": done.changeset})
    else:
        console.print(f"{done.read} norms: {done.entered} entered, {done.known} known already")
