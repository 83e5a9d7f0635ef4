"""Who may do what follows from the layers, and the register holds to it whoever calls."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
import shapely

from cadastres.land.territories import FormQuarter
from data.catalogue import LAYERS
from gis import policy, tokens
from gis.act import Act, Case, Needs, Outcome
from gis.bulk import bulk
from gis.edit import Put
from gis.errors import BadRequest, Forbidden, Unauthorised
from gis.profile import CityProfile
from gis.record import NOWHERE, Write
from tests.city import City, square

AREA = shapely.MultiPolygon([square(0, 0, 200.0)])
CADASTRES = ("land", "address", "real_estate", "urban_planning", "environment")


@dataclass(frozen=True, slots=True)
class Impostor:
    """A verb that claims to be of one cadastre and writes another's layer."""

    write: Write
    verb: ClassVar[str] = "land.parcel.form"

    def needs(self, profile: CityProfile) -> Needs:
        """Need nothing."""
        return Needs()

    def decide(self, case: Case) -> Outcome:
        """Write all the same."""
        return Outcome((self.write,))


KEEPERS = {
    **dict.fromkeys(("personal.party", "personal.member", "personal.holder"), "real_estate"),
    **dict.fromkeys(
        ("personal.equity_holder", "personal.construction_party", "personal.auction_participant"), "urban_planning"
    ),
}
"""The cadastre whose registrar writes each layer of the closed schema."""


def in_role(city: City, role: str) -> Act:
    """Return an act in a role."""
    return replace(city.act("2015-01-01"), role=role)


def number_of_acts(city: City) -> int:
    """Return how many changesets there are."""
    with city.register.reading() as connection:
        row = connection.execute("SELECT count(*) FROM qala.changeset").fetchone()
    return int(row[0]) if row else 0


@pytest.mark.parametrize("cadastre", CADASTRES)
def test_each_cadastre_has_its_registrar(cadastre: str) -> None:
    """He writes all layers of his cadastre, performs its verbs, and nothing of the others."""
    role = policy.of_cadastre(cadastre)
    assert role in policy.roles(LAYERS)
    assert policy.may_perform(role, f"{cadastre}.thing.change", LAYERS)
    for layer in LAYERS.values():
        assert policy.may_write(role, layer) == (KEEPERS.get(layer.name, layer.schema) == cadastre), layer.name
    assert not any(policy.may_perform(role, f"{other}.x.y", LAYERS) for other in CADASTRES if other != cadastre)


@pytest.mark.parametrize("role", ["anonymous", "planner", "notary", "bank", "auditor", "operator", "registrar.sea", ""])
def test_nobody_else_performs_a_verb(role: str, empty_city: City) -> None:
    """The register itself refuses, with the roles that may, and writes nothing; so does a question whether one may."""
    command = FormQuarter(code="91001001", geometry=AREA)
    for ask in (empty_city.register.perform, empty_city.register.may):
        with pytest.raises(Forbidden) as refused:
            ask(command, in_role(empty_city, role))
        assert refused.value.data["roles"] == ["registrar", "registrar.land"]
    assert number_of_acts(empty_city) == 0


@pytest.mark.parametrize("role", ["registrar", "registrar.land"])
def test_a_registrar_performs(role: str, empty_city: City) -> None:
    """The registrar of all cadastres and that of land form a quarter."""
    empty_city.register.perform(FormQuarter(code="91001001", geometry=AREA), in_role(empty_city, role))
    assert number_of_acts(empty_city) == 1


def test_the_name_of_a_verb_opens_no_other_cadastre(empty_city: City) -> None:
    """What a verb itself writes must be its performer's, whatever the verb is called."""
    write = Write("personal.party", -1, empty_city.act().period, NOWHERE, {"party_type": "state", "name": "Қала"})
    for command in (Impostor(write), Put((write,))):
        with pytest.raises(Forbidden) as refused:
            empty_city.register.perform(command, in_role(empty_city, "registrar.land"))
        assert refused.value.data["layer"] == "personal.party"
    assert number_of_acts(empty_city) == 0


def test_bulk_loads_are_the_operators(empty_city: City) -> None:
    """He loads every layer and performs no verb; a registrar loads his own layers."""
    with bulk(empty_city.register, in_role(empty_city, "operator"), ["land.parcel", "address.street"]):
        pass
    with bulk(empty_city.register, in_role(empty_city, "registrar.land"), ["land.parcel"]):
        pass
    with (
        pytest.raises(Forbidden, match=r"address\.street"),
        bulk(empty_city.register, in_role(empty_city, "registrar.land"), ["land.parcel", "address.street"]),
    ):
        pytest.fail("the load began")


def test_persons_are_read_by_those_whom_the_layer_names() -> None:
    """The public, planners and the operator see none; nor do registrars of other cadastres."""
    everyone = ("anonymous", *policy.roles(LAYERS))
    for layer in LAYERS.values():
        able = {role for role in everyone if policy.may_read(role, layer)}
        confidants = {"registrar", "registrar.real_estate", "notary", "bank", "auditor"}
        if KEEPERS.get(layer.name) == "urban_planning":
            confidants = {"registrar", "auditor"}
        assert able == (confidants if layer.schema == "personal" else set(everyone)), layer.name


def test_tokens_have_roles_that_exist(empty_city: City) -> None:
    """A role of one cadastre is kept; a mistyped one is refused with the list."""
    with empty_city.register.writing() as connection:
        secret = tokens.create(connection, "A. Registrar", "registrar.land", 1)
        assert tokens.verify(connection, secret).role == "registrar.land"
        for role in ("admin", "registrar.", "registrar.Land", "Registrar", "registrar.land.parcel"):
            with pytest.raises(BadRequest, match="the roles are"):
                tokens.create(connection, "B", role)


@pytest.mark.parametrize("role", ["registrar.lnd", "anonymous", "registrar.personal"])
def test_roles_that_mean_nothing_are_told(role: str) -> None:
    """The operator's command line knows the cadastres."""
    with pytest.raises(BadRequest, match=r"registrar\.urban_planning"):
        policy.require_role(role, LAYERS)


def test_expired_and_revoked_tokens_open_nothing(fresh_city: Callable[[str], City]) -> None:
    """Each is refused as an unknown one is: the answer tells nothing about it."""
    city = fresh_city("helsinki")
    with city.register.writing() as connection:
        expired = tokens.create(connection, "expired", "registrar", 1)
        revoked = tokens.create(connection, "revoked", "registrar")
        connection.execute("UPDATE qala.token SET expires = now() - interval '1 second' WHERE name = 'expired'")
        tokens.revoke(connection, 2)
        answers = set()
        for secret in (expired, revoked, "qala_unknown"):
            with pytest.raises(Unauthorised) as refused:
                tokens.verify(connection, secret)
            answers.add(str(refused.value))
    assert len(answers) == 1
