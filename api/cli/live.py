"""``qala speeds`` and ``qala status``: batches of speeds from files, states of lifts and ramps; reports."""

import gzip
import zlib
from dataclasses import replace
from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.city import Profile, readable, register_of
from api.cli.exchange import act_of
from api.cli.output import Json, console, errors, progress, say_json, say_table
from data.loaders.source import BadFile
from data.loaders.speed_rows import BatchReport, rows_of_csv
from data.loaders.speeds import DAILY_COLUMNS, LIVE_COLUMNS, tell_daily_speeds, tell_speeds
from data.loaders.statuses import tell_statuses
from gis import report_photos
from gis.act import Act
from gis.policy import OPERATOR
from gis.register import Register
from gis.report import State, Wanted, found, listed

speeds = typer.Typer(no_args_is_help=True, help="Speeds on street segments: live and usual ones.")
status = typer.Typer(no_args_is_help=True, help="States of lifts and ramps.")
report = typer.Typer(no_args_is_help=True, help="Reports from the field.")

Number = Annotated[str | None, typer.Option(help="Number of the legal source; by default the file's name.")]
REFUSED = 5
"""Exit code where rows were refused."""


@speeds.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="CSV, plain or gzipped: segment, direction, speed, from, to.")],
    usual: Annotated[
        bool, typer.Option("--usual", help="Usual speeds: segment, direction, days, and 00:00 to 23:45 or speeds.")
    ] = False,
    valid_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From when usual speeds hold; today.")
    ] = None,
    act_number: Number = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Take a file of speeds in: every row recorded, or refused with its reason; exit code 5 where any is refused."""
    content = _content(readable(file))
    with register_of(profile) as register, progress(file.name) as tell:
        rows = rows_of_csv(content, file.name, DAILY_COLUMNS if usual else LIVE_COLUMNS)
        act = _act(register, act_number or file.name)
        if usual:
            today = datetime.now(register.profile.zone)
            since = register.profile.midnight((valid_from or today).date())
            done = tell_daily_speeds(register, rows, replace(act, valid_from=since), first_row=2)
        else:
            done = tell_speeds(register, rows, act, first_row=2)
        tell("recorded", 1.0)
        _say(done, register, json=json)


@status.command("set")
def set_status(
    feature: Annotated[int, typer.Argument(help="Id of the lift or ramp.")],
    state: Annotated[Literal["working", "out_of_order", "unknown"], typer.Argument(help="What it is now.")],
    since: Annotated[str | None, typer.Option(help="An instant with its offset; now.")] = None,
    until: Annotated[str | None, typer.Option(help="Until when that is expected.")] = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Tell whether a lift or a ramp works; routes count it from then on."""
    row = {"object": feature, "status": state, "since": since, "until": until}
    with register_of(profile) as register:
        now = datetime.now(register.profile.zone)
        act = replace(_act(register, f"status {now.isoformat()}"), valid_from=now)
        _say(tell_statuses(register, [row], act), register, json=json)


@report.command("list")
def list_reports(
    state: Annotated[State | None, typer.Option(help="Only these.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Number of the last report of the page before.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="Most reports to list.")] = 1000,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """List reports from the field; who reported is for inspectors, over HTTP."""
    with register_of(profile) as register:
        page = listed(register, Wanted(state=state, after=after, limit=limit + 1))
    columns = ("number", "kind", "state", "layer", "id", "seen", "draft", "changeset")
    told = [
        [one.number, one.kind, one.state, one.layer, one.feature_id, one.seen.isoformat(timespec="minutes"),
         one.draft.name, one.draft.changeset]
        for one in page[:limit]
    ]  # fmt: skip
    if json:
        say_json([dict(zip(columns, row, strict=True)) for row in told])
    else:
        say_table("Reports", columns, told)
    if len(page) > limit:
        errors.print(f"There are more: go on with --after {page[limit - 1].number}.", highlight=False)


@report.command("erase")
def erase_photos(
    number: Annotated[int, typer.Argument(help="Number of the report.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept in the access log.")],
    profile: Profile = None,
) -> None:
    """Erase the photographs of a report for good, for example where they show persons who ask for it."""
    with register_of(profile) as register:
        one = found(register, number)
        erased = report_photos.erase(register, one, actor=getuser(), role=OPERATOR, reason=reason)
    console.print(f"{erased} photographs erased", highlight=False)


def _content(file: Path) -> bytes:
    try:
        content = file.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{file.name} can't be read: {error}") from None


def _act(register: Register, number: str) -> Act:
    today = datetime.now(register.profile.zone).date()
    return act_of(register.profile, today, ("data-delivery", number), "operator", "live data")


def _say(done: BatchReport, register: Register, *, json: bool) -> None:
    if json:
        say_json(done.summary(register.profile.timezone))
    else:
        told = f"{done.read} rows: {done.recorded} recorded, {done.unchanged} known already, {done.refused} refused"
        console.print(told, highlight=False)
        if done.assumed:
            console.print(f"  {done.assumed} without an offset, read in {register.profile.timezone}", highlight=False)
        for refusal in done.first[:20]:
            why = refusal.told("en")["message"]
            errors.print(f"  row {refusal.row}: {why}", markup=False, highlight=False, soft_wrap=True)
    if done.refused:
        raise typer.Exit(REFUSED)
