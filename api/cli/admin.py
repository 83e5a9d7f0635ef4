"""Verbs of the operator: database, profile, layers, audit, tokens, backup and restore."""

import os
import subprocess
from pathlib import Path
from typing import Annotated

import typer
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Conninfo

from api.cli.city import Profile, chosen, readable, register_of
from api.cli.output import Json, console, facts, say, say_json, say_table
from data.catalogue import LAYERS
from data.installation import MIGRATIONS, Installation
from data.rulebook import rule_book, rule_entries
from gis import policy, tokens
from gis.audit import verify
from gis.cluster import find_server
from gis.database import connect, create_database, database_exists, drop_database, migrate
from gis.errors import BadRequest, Unavailable
from gis.profile import CityProfile
from gis.schema import create_layer

db = typer.Typer(no_args_is_help=True, help="The database: migrate, and where it is.")
audit = typer.Typer(no_args_is_help=True, help="Does the register still say what its acts wrote?")
token = typer.Typer(no_args_is_help=True, help="Tokens: who may write.")


@db.command("migrate")
def db_migrate(
    revision: Annotated[str, typer.Argument(help="A revision; 'heads' is the newest, 'base' none.")] = "heads",
    profile: Profile = None,
) -> None:
    """Bring the city's database to a revision, forward or back."""
    installation = Installation()
    city = chosen(installation, profile)
    with installation.running():
        database = installation.database(city)
        create_database(make_conninfo(database.owner, dbname="postgres"), _name(database.owner))
        migrate(database, city, MIGRATIONS, installation.password, revision=revision)
    console.print(f"{city.id}: database at {revision}")


@db.command("url")
def db_url(profile: Profile = None, json: Json = False) -> None:
    """Print the connection string of the public login, for psql and other readers."""
    installation = Installation()
    url = installation.database(chosen(installation, profile)).reader
    say(url, {"url": url}, json=json)


@db.command("stop")
def db_stop() -> None:
    """Stop the embedded cluster, if it was left running."""
    console.print("stopped" if Installation().cluster.stop() else "it was not running")


def profile(
    name: Annotated[str | None, typer.Argument(help="A bundled city's id, or a profile file.")] = None,
    json: Json = False,
) -> None:
    """Show a city's profile, checked."""
    city = chosen(Installation(), name)
    if json:
        say_json(city.model_dump(mode="json"))
        return
    rows = [(key, value) for key, value in city.model_dump(mode="json").items() if key != "classifiers"]
    lists = ", ".join(f"{key} ({len(value.entries)})" for key, value in city.classifiers.items())
    say_table(f"{city.name.en} ({city.id})", ("what", "value"), [*rows, ("classifiers", lists)])


def layers(
    ddl: Annotated[str | None, typer.Option(help="Print the statements that create this layer's table.")] = None,
    srid: Annotated[int, typer.Option(help="For --ddl: the city's spatial reference system.")] = 3879,
    json: Json = False,
) -> None:
    """List the layers and their fields."""
    if ddl:
        typer.echo(";\n".join(create_layer(LAYERS[ddl], srid)) + ";")
        return
    if json:
        say_json([{"name": layer.name, "title": layer.title.as_dict(), "geometry": layer.geometry.wkt,
                   "fields": [f.name for f in layer.properties]} for layer in LAYERS.values()])  # fmt: skip
        return
    say_table(
        "Layers",
        ("layer", "title", "geometry", "fields"),
        [
            (layer.name, layer.title.en, layer.geometry.wkt, ", ".join(f.name for f in layer.fields))
            for layer in LAYERS.values()
        ],
    )


def rules(json: Json = False) -> None:
    """Print the rule book."""
    if json:
        say_json([{**facts(entry), "statement": entry.statement.as_dict()} for entry in rule_entries()])
        return
    typer.echo(rule_book(), nl=False)


@audit.command("verify")
def audit_verify(profile: Profile = None, json: Json = False) -> None:
    """Name every row that was altered, added, removed or rewound; exit code 1 where there is one."""
    with register_of(profile) as register, connect(register.database.owner) as connection:
        findings = list(verify(connection, register.layers.values(), register.heads))
        row = connection.execute("SELECT count(*) FROM qala.changeset").fetchone()
    if json:
        say_json({"changesets": row[0] if row else 0, "findings": [facts(f) for f in findings]})
    elif findings:
        say_table("Not as recorded", ("kind", "what"), [(f.kind, f.what) for f in findings])
    else:
        console.print(f"clean: {row[0] if row else 0} changesets, each as it was recorded")
    raise typer.Exit(1 if findings else 0)


@token.command("create")
def token_create(
    role: Annotated[str, typer.Option(help=f"One of: {', '.join(policy.roles(LAYERS))}.")],
    name: Annotated[str, typer.Option(help="Whose it is.")] = "registrar",
    days: Annotated[int | None, typer.Option(help="Days it lives; for ever when not given.")] = None,
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Make a token and print its secret, once."""
    policy.require_role(role, LAYERS)
    with register_of(profile) as register, register.writing() as connection:
        secret = tokens.create(connection, name, role, days)
    say(secret, {"secret": secret, "name": name, "role": role, "days": days}, json=json)


@token.command("list")
def token_list(profile: Profile = None, json: Json = False) -> None:
    """List the tokens; their secrets are not kept."""
    with register_of(profile) as register, register.writing() as connection:
        known = [facts(t) for t in tokens.tokens(connection)]
    if json:
        say_json(known)
    else:
        say_table("Tokens", ("id", "name", "role", "created", "expires", "revoked"), [list(t.values()) for t in known])


@token.command("revoke")
def token_revoke(token_id: int, profile: Profile = None) -> None:
    """End a token's life."""
    with register_of(profile) as register, register.writing() as connection:
        tokens.revoke(connection, token_id)
    console.print(f"token {token_id} is revoked")


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; must not exist yet.")],
    profile: Profile = None,
    json: Json = False,
) -> None:
    """Write the city's whole register to a file, while it goes on serving."""
    if file.exists():
        raise BadRequest(f"{file} exists already; a backup never overwrites another")
    if not file.absolute().parent.is_dir():
        raise BadRequest(f"there is no folder {file.absolute().parent}")
    installation = Installation()
    scratch = file.with_name(file.name + ".part")
    try:
        with installation.running():
            owner = installation.database(chosen(installation, profile)).owner
            _run("pg_dump", owner, "--format=custom", "--file", str(scratch))
        scratch.rename(file)
    finally:
        scratch.unlink(missing_ok=True)
    size = file.stat().st_size
    say(f"{file}: {size:,} bytes", {"file": str(file), "bytes": size}, json=json)


def restore(file: Path, profile: Profile = None, json: Json = False) -> None:
    """Make a city's register from a backup, in a database that must not exist yet."""
    readable(file)
    installation = Installation()
    city = chosen(installation, profile)
    with installation.running():
        database = installation.database(city)
        server, name = make_conninfo(database.owner, dbname="postgres"), _name(database.owner)
        if database_exists(server, name):
            raise BadRequest(
                f"the register {name} exists already; a backup is restored only where there is none: "
                "choose another --profile, or drop that database first"
            )
        for login in database.logins:
            _make_login(server, str(conninfo_to_dict(login)["user"]))
        try:
            _fill(installation, city, file)
        except BaseException:
            drop_database(server, name)  # else it would stand in the way of the next attempt
            raise
    say(f"{city.id}: restored from {file}", {"city": city.id, "file": str(file)}, json=json)


def _fill(installation: Installation, city: CityProfile, file: Path) -> None:
    """Make the database, bring the backup in, migrate it, and see that it is the city's."""
    owner = installation.database(city).owner
    create_database(make_conninfo(owner, dbname="postgres"), _name(owner))
    try:
        _run("pg_restore", owner, "--exit-on-error", "--no-owner", "--dbname", _name(owner), str(file))
    except Unavailable as error:
        with connect(owner):  # a server that has gone is told as such
            raise BadRequest(f"{file} can't be restored, it is damaged or no backup: {error}") from None
    installation.open(city).close()


def _make_login(server: str, login: str) -> None:
    with connect(server) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (login,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(login)))


def _name(conninfo: str) -> str:
    return str(conninfo_to_dict(conninfo)["dbname"])


def _run(program: str, conninfo: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database; its password stands in no list of processes."""
    done = subprocess.run(
        [str(find_server().programs / program), *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | _environment(conninfo),
    )
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if "error:" in line] or done.stderr.splitlines()
        raise Unavailable(f"{program} failed: {(told or ['no word why'])[0].removeprefix(f'{program}: error: ')}")


def _environment(conninfo: str) -> dict[str, str]:
    """Return a connection string as the environment variables that libpq reads."""
    known = {each.keyword.decode(): each.envvar.decode() for each in Conninfo.get_defaults() if each.envvar}
    return {known[name]: str(value) for name, value in conninfo_to_dict(conninfo).items() if name in known}
