"""Verbs of the operator about the access log."""

from datetime import datetime
from getpass import getuser
from typing import Annotated

import typer

from api.cli.city import Profile, register_of
from api.cli.output import Json, facts, say_json, say_table
from api.moments import parse_moment
from gis.access import Look
from gis.access_log import SUBJECT, Wanted, looks
from gis.policy import OPERATOR
from gis.profile import CityProfile

access = typer.Typer(no_args_is_help=True, help="The access log: who looked at persons, and why.")


@access.command("list")
def access_list(
    actor: Annotated[str | None, typer.Option(help="Who looked, exactly.")] = None,
    role: Annotated[str | None, typer.Option(help="In which role.")] = None,
    subject: Annotated[str | None, typer.Option(help="At what, exactly, or its beginning followed by '*'.")] = None,
    since: Annotated[str | None, typer.Option(help="A day or an instant (RFC 3339).")] = None,
    until: Annotated[str | None, typer.Option(help="A day or an instant (RFC 3339), itself excluded.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Number of the last look of the page before.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="Most looks to list.")] = 1000,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """List looks at persons in order of their numbers; this look at the log is logged too."""
    with register_of(profile) as register:
        wanted = Wanted(
            actor=actor,
            role=role,
            subject=subject,
            since=_moment("--since", since, register.profile),
            until=_moment("--until", until, register.profile),
        )
        look = Look(actor=getuser(), role=OPERATOR, reason="qala access list", subject=SUBJECT)
        with register.confiding(look) as connection:
            found = [facts(one) for one in looks(connection, wanted, after=after, limit=limit)]
    if json:
        say_json(found)
    else:
        say_table("Looks at persons", ("number", "at", "who", "role", "why", "what"), [list(f.values()) for f in found])


def _moment(name: str, text: str | None, profile: CityProfile) -> datetime | None:
    return None if text is None else parse_moment(name, text, profile)
