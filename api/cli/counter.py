"""Verbs of the counter: what is overdue."""

from typing import Annotated

import typer

from api.cli.city import Profile, register_of
from api.cli.output import Json, console, say_json, say_table
from gis.applications import Application, Deadline
from gis.counter import Counter
from gis.profile import CityProfile
from gis.reservation import spelled

counter = typer.Typer(no_args_is_help=True, help="The counter: applications and their terms.")


@counter.command("overdue")
def counter_overdue(
    kind: Annotated[str | None, typer.Option(help="Only applications of this kind.")] = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """List the open applications whose term is over; exit code 1 where there is one."""
    with register_of(profile) as register:
        found = [pair for pair in Counter(register).overdue() if kind in (None, pair[0].kind)]
        rows = [_row(register.profile, application, term) for application, term in found]
    if json:
        say_json(rows)
    elif rows:
        say_table("Overdue", tuple(rows[0]), [list(row.values()) for row in rows])
    else:
        console.print("nothing is overdue")
    raise typer.Exit(1 if rows else 0)


def _row(profile: CityProfile, application: Application, term: Deadline) -> dict[str, object]:
    return {
        "number": spelled(application.number),
        "kind": application.kind,
        "received": application.received.astimezone(profile.zone).isoformat(sep=" ", timespec="minutes"),
        "state": application.state,
        "due": term.due,
    }
