"""Verbs of drafts: open, look at, compare, check, bring up to date, share, adopt, withdraw."""

import json as json_text
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.cli.city import Profile, register_of
from api.cli.exchange import act_of, import_
from api.cli.output import Json, console, errors, say_json, say_table
from api.drafts.answers import (
    comparison_document,
    comparison_features,
    conflict_documents,
    draft_document,
    step_document,
    total_document,
)
from api.violations import violation_documents
from gis import draft_compare, drafts
from gis.draft import Draft
from gis.draft_compare import Comparison
from gis.draft_merge import Side
from gis.drafts import DraftConflict
from gis.errors import BadRequest
from gis.policy import OPERATOR, REGISTRAR
from gis.register import Register

draft = typer.Typer(no_args_is_help=True, help="Drafts: proposed changes laid over the register.")

Name = Annotated[str, typer.Argument(help="The draft's name; 'qala draft list' lists them.")]
Actor = Annotated[str, typer.Option(help="Who does this.")]
Reason = Annotated[str, typer.Option(help="Why.")]

BROKEN: Final = 5
"""Exit code where rules are broken."""
CONFLICT: Final = 4
"""Exit code where the register moved on."""


@draft.command("open")
def open_draft(
    name: Annotated[str, typer.Argument(help="Lower-case Latin letters, digits, hyphens: general-plan-2030.")],
    title: Annotated[str, typer.Option(help="What it is called.")],
    purpose: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    valid_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From when its changes are in force; today.")
    ] = None,
    inverse_of: Annotated[int | None, typer.Option(help="Fill it with what takes this changeset back.")] = None,
    actor: Actor = "operator",
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Open a draft."""
    with register_of(profile) as register:
        who = {"actor": actor, "role": OPERATOR}
        if inverse_of is not None:
            opened = drafts.invert(register, inverse_of, name, title, reason=purpose, **who)
        else:
            since = None if valid_from is None else register.profile.midnight(valid_from.date())
            opened = drafts.opened(register, name, title, actor=actor, role=OPERATOR, purpose=purpose, valid_from=since)
        _say(_told(register, opened), json=json)


@draft.command("list")
def list_drafts(
    state: Annotated[str | None, typer.Option(help="Only these: open, adopted or withdrawn.")] = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """List the drafts, the newest first."""
    with register_of(profile) as register, register.reading() as connection:
        found = [_told(register, each) for each in drafts.listed(connection) if state in (None, each.state)]
    if json:
        say_json(found)
    else:
        columns = ("name", "title", "state", "revision", "valid_from", "changeset")
        say_table("Drafts", columns, [[each[column] for column in columns] for each in found])


@draft.command("show")
def show(name: Name, profile: Profile = None, json: Json = False) -> None:
    """Show a draft, its edits, and what it does in figures."""
    with register_of(profile) as register:
        found = _found(register, name)
        with register.writing() as connection:
            steps = [step_document(each, register.profile) for each in drafts.steps(connection, found)]
        told = _told(register, found) | {"totals": _totals(register, found), "steps": steps}
    if json:
        say_json(told)
        return
    _say({key: value for key, value in told.items() if key not in {"totals", "steps"}}, json=False)
    _say_totals(told["totals"])
    columns = ("revision", "at", "actor", "verb", "reason")
    say_table("Edits", columns, [[each[column] for column in columns] for each in steps])


@draft.command("compare")
def compare(
    name: Name,
    layer: Annotated[str | None, typer.Option(help="Only this layer.")] = None,
    to: Annotated[Path | None, typer.Option(help="GeoJSON file of what was, would be, and differs.")] = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Compare a draft with the register: what it makes, changes and ends, with areas."""
    with register_of(profile) as register:
        found = drafts.require_open(_found(register, name))
        layers = [layer] if layer else list(found.layers)
        changes = [c for each in layers for c in _changes(register, found, each, difference=to is not None)]
        told = [comparison_document(each, register.layers, register.profile) for each in changes]
        totals = [total for total in _totals(register, found) if total["layer"] in layers]
    if to is not None:
        _write(to, comparison_features(changes))
    if json:
        say_json({"draft": name, "revision": found.revision, "totals": totals, "changes": told})
        return
    _say_totals(totals)
    rows = [[c["layer"], c["id"], c["kind"], ", ".join(c["changed"]), *_sizes(c)] for c in told]
    say_table("Changes", ("layer", "id", "kind", "changed", "before", "after", "difference"), rows)


@draft.command("check")
def check(name: Name, profile: Profile = None, json: Json = False) -> None:
    """Ask all rules of a draft as if it were adopted now; exit code 5 where it could not be."""
    with register_of(profile) as register:
        violations = drafts.check(register, _found(register, name))
        told = violation_documents(violations, register.rules, "en", register.profile.system)
    broken = any(each["severity"] == "error" for each in told)
    if json:
        say_json({"draft": name, "allowed": not broken, "violations": told})
    else:
        rows = [
            [each["severity"], each["rule"], ", ".join(map(str, each["features"])), each["statement"]] for each in told
        ]
        say_table("Found by the rules", ("severity", "rule", "features", "statement"), rows)
    raise typer.Exit(BROKEN if broken else 0)


@draft.command("conflicts")
def conflicts(name: Name, profile: Profile = None, json: Json = False) -> None:
    """Tell what the register changed since the draft looked at it; exit code 4 where there is anything."""
    with register_of(profile) as register:
        found = drafts.require_open(_found(register, name))
        with register.writing() as connection:
            told = conflict_documents(drafts.conflicts(connection, register, found), register.profile)
    _say_conflicts(told, json=json)
    raise typer.Exit(CONFLICT if told else 0)


@draft.command("rebase")
def rebase(
    name: Name,
    choose: Annotated[
        list[str] | None, typer.Option(help="Whose say stands for a feature: 4711=draft or 4711=register.")
    ] = None,
    actor: Actor = "operator",
    reason: Reason = "rebase",
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Take over what the register changed meanwhile; exit code 4 where that takes a choice."""
    choices = dict(_choice(each) for each in choose or [])
    with register_of(profile) as register:
        try:
            done = drafts.rebase(
                register, _found(register, name), actor=actor, role=OPERATOR, reason=reason, choices=choices
            )
        except DraftConflict as refusal:
            errors.print(f"qala: {refusal}", style="red", markup=False, highlight=False, soft_wrap=True)
            _say_conflicts(conflict_documents(refusal.data["conflicts"], register.profile), json=json)
            raise typer.Exit(CONFLICT) from None
    _say({"draft": done.draft, "revision": done.revision}, json=json)


@draft.command("revert")
def revert(
    name: Name,
    feature: Annotated[list[int] | None, typer.Option(help="Id of a feature to give back to the register.")] = None,
    after: Annotated[int | None, typer.Option(help="Besides, all that was edited after this revision.")] = None,
    actor: Actor = "operator",
    reason: Reason = "revert",
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Give features back to the register, so that the draft proposes nothing for them any more."""
    with register_of(profile) as register:
        done = drafts.revert(
            register,
            _found(register, name),
            actor=actor,
            role=OPERATOR,
            reason=reason,
            features=feature or [],
            after=after,
        )
    _say({"draft": done.draft, "revision": done.revision}, json=json)


@draft.command("share")
def share(
    name: Name,
    stop: Annotated[bool, typer.Option("--stop", help="Take the link back instead.")] = False,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Make the link that opens a draft to anybody; it is shown this once, and an earlier one opens it no more."""
    with register_of(profile) as register:
        found = _found(register, name)
        if stop:
            drafts.unshare(register, found)
            told: dict[str, Any] = {"draft": name, "shared": False}
        else:
            reference = f"{name}.{drafts.share(register, found)}"
            told = {"draft": reference, "href": f"/drafts/{reference}?f=html"}
    _say(told, json=json)


@draft.command("adopt")
def adopt(
    name: Name,
    act_kind: Annotated[str, typer.Option(help="Kind of the legal source, e.g. akimat-decision.")],
    act_number: Annotated[str, typer.Option(help="Number of the legal source.")],
    act_date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Date of its legal force.")],
    actor: Annotated[str, typer.Option(help="The registrar who adopts it.")],
    reason: Reason = "adoption of a draft",
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Record all that a draft proposes as one changeset; exit code 4 on conflict, 5 where rules are broken."""
    with register_of(profile) as register:
        act = act_of(register.profile, act_date.date(), (act_kind, act_number), actor, reason, role=REGISTRAR)
        done = drafts.adopt(register, _found(register, name), act)
        warnings = violation_documents(done.warnings, register.rules, "en", register.profile.system)
    told = {"draft": name, "changeset": done.number, "recorded": done.recorded.isoformat(), "warnings": warnings}
    _say(told if json else {**told, "warnings": len(warnings)}, json=json)


@draft.command("withdraw")
def withdraw(name: Name, profile: Profile = None, json: Json = False) -> None:
    """Give a draft up; its name is not used again."""
    with register_of(profile) as register:
        drafts.withdraw(register, _found(register, name))
        _say(_told(register, _found(register, name)), json=json)


@draft.command("import")
def import_into(
    name: Name,
    layer: Annotated[str, typer.Argument(help="For example land.parcel; 'qala layers' lists them.")],
    file: Annotated[Path, typer.Argument(help="As for 'qala import', which has more options.")],
    mapping: Annotated[Path | None, typer.Option(help="TOML file: which column fills which field.")] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG:n, where the file does not say.")] = None,
    actor: Actor = "operator",
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Bring a file into a draft; the same as 'qala import LAYER FILE --draft NAME'."""
    import_(layer, file, mapping=mapping, crs=crs, actor=actor, draft=name, profile=profile, json=json)


def _found(register: Register, name: str) -> Draft:
    with register.reading() as connection:
        return drafts.find(connection, name)


def _told(register: Register, found: Draft) -> dict[str, Any]:
    document = draft_document(found, found.name, register.profile, register.layers)
    return {key: value for key, value in document.items() if key not in {"href", "links"}}


def _totals(register: Register, found: Draft) -> list[dict[str, Any]]:
    if found.state != "open":
        return []
    with register.reading() as connection:
        totals = drafts.totals(connection, register, found)
    return [total_document(each, register.layers, "en") for each in totals]


def _changes(register: Register, found: Draft, layer: str, *, difference: bool) -> list[Comparison]:
    """Return all that a draft changes in a layer; what is not public is not told."""
    if not register.layers[layer].public:
        return []
    changes: list[Comparison] = []
    after: int | None = 0
    with register.reading() as connection:
        while after is not None:
            changes += drafts.compare(connection, register, found, difference=difference, layer=layer, after=after)
            after = draft_compare.last_of_page(connection, found, layer=layer, after=after)
    return changes


def _choice(text: str) -> tuple[int, Side]:
    feature, _, side = text.partition("=")
    if feature.isascii() and feature.isdigit():
        if side == "draft":
            return int(feature), "draft"
        if side == "register":
            return int(feature), "register"
    raise BadRequest(f"--choose {text} won't do; right would be, for example, --choose 4711=draft")


def _say(told: dict[str, Any], *, json: bool) -> None:
    if json:
        say_json(told)
    else:
        console.print("\n".join(f"{key}: {value}" for key, value in told.items()), markup=False, highlight=False)


def _say_totals(totals: Sequence[dict[str, Any]]) -> None:
    columns = ("layer", "created", "changed", "retired")
    say_table(
        "By layer",
        (*columns, "before", "after", "difference"),
        [[total[column] for column in columns] + _sizes(total) for total in totals],
    )


def _sizes(told: dict[str, Any]) -> list[str]:
    """Return the sizes before and after, and their difference, with their unit."""
    unit = "m2" if "area" in told else "m"
    sizes = told.get("area") or told.get("length") or {}
    known = (sizes.get(side) for side in ("before", "after", "difference"))
    return ["" if size is None else f"{size:.2f} {unit}" for size in known]


def _say_conflicts(told: Sequence[dict[str, Any]], *, json: bool) -> None:
    if json:
        say_json({"conflicts": list(told)})
        return
    rows = [[c["layer"], c["id"], c["kind"], ", ".join(each["attribute"] for each in c["clashes"])] for c in told]
    say_table("Conflicts", ("layer", "id", "kind", "attributes"), rows)


def _write(file: Path, content: dict[str, Any]) -> None:
    try:
        file.write_text(json_text.dumps(content, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise BadRequest(f"{file} can't be written: {error.strerror or error}") from None
