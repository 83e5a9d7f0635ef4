"""The cadastre of rights over HTTP: acts, advice, tokens, refusals in three languages, and silence on persons."""

import json
from datetime import date
from typing import Any

import httpx2
import pytest

from gis import store, tokens
from tests.api.office import Office
from tests.cadastres.real_estate.notary import RIGHT, UNIT, bin_number, iin, related_to

NAME = "Қызылбаева Сәулетай"


class Counter:
    """A registrar of rights at the counter of a land office."""

    def __init__(self, office: Office) -> None:
        with office.city.register.writing() as connection:
            self.secret = tokens.create(connection, "R. Registrar", "registrar.real_estate")
        self.office = office
        self.people: list[tuple[str, str]] = []

    def post(self, path: str, day: str = "2017-01-01", **members: Any) -> httpx2.Response:
        """Order an act."""
        headers = {"Authorization": f"Bearer {self.secret}", **members.pop("headers", {})}
        body = self.office.body(day, **members)
        return self.office.client.post(f"/real-estate/{path}", json=body, headers=headers)

    def done(self, path: str, day: str = "2017-01-01", **members: Any) -> dict[str, Any]:
        """Order an act that is recorded."""
        answer = self.post(path, day, **members)
        assert answer.status_code in {200, 201}, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def person(self, name: str = NAME) -> int:
        """Register a person."""
        number = iin(date(1980, 5, 17))
        self.people.append((name, number))
        told = self.done("parties", party_type="naturalPerson", name=name, iin_bin=number)
        return int(told["features"][0]["id"])

    def bank(self) -> int:
        """Register an organisation."""
        told = self.done("parties", party_type="nonNaturalPerson", name="АО «Тест Банк»", iin_bin=bin_number())
        return int(told["features"][0]["id"])

    def owned(self, *owners: int) -> tuple[str, list[int]]:
        """Form a unit of a new parcel that owners hold by equal shares; return its number and their rights."""
        parcel = self.office.form(self.office.place())["spelled"]
        rights = [{"kind": "ownership", "holder": owner, "share": f"1/{len(owners)}"} for owner in owners]
        self.done("units", "2016-06-01", objects=[parcel], rights=rights)
        return parcel, self.rights(parcel)

    def rights(self, parcel: str) -> list[int]:
        """Return the ids of the rights on a unit, oldest first."""
        register = self.office.city.register
        number = parcel.replace("-", "")
        with register.reading() as connection:
            unit = store.find(connection, register.layers[UNIT], "unit_number", number)
        assert unit is not None
        return sorted(related_to(self.office.city, RIGHT, "unit_id", unit))


@pytest.fixture(scope="module")
def desk(office: Office) -> Counter:
    """A registrar of rights."""
    return Counter(office)


def test_the_life_of_a_flat(desk: Counter) -> None:
    """Bought with a mortgage, a third given away, the mortgage discharged: each answer names rows and tokens."""
    seller, buyer, heir, bank = desk.person(), desk.person(), desk.person(), desk.bank()
    parcel, (right,) = desk.owned(seller)
    sold = desk.done(f"rights/{right}/transfer", "2018-01-01", to=[{"holder": buyer}])
    bought = sold["features"][0]["id"]
    assert {f["layer"] for f in sold["features"]} == {"real_estate.right"}
    pledge = {"kind": "pledge", "holder": bank, "on_right": bought}
    pledged = desk.done(f"units/{parcel}/rights", "2018-01-02", rights=[pledge])["features"][0]["id"]
    third = {"to": [{"holder": heir, "share": "1/3"}]}
    refused = desk.post(f"rights/{bought}/transfer", "2018-06-01", **third)
    assert refused.status_code == 422
    assert [v["rule"] for v in refused.json()["violations"]] == ["real_estate.right.pledgee-consents"]
    desk.done(f"rights/{pledged}/consent", "2018-06-01", consents_to="disposal")
    given = desk.done(f"rights/{bought}/transfer", "2018-06-01", **third)
    assert given["features"][0]["id"] != bought
    assert desk.post(f"rights/{pledged}/discharge", "2020-01-01").status_code == 200
    read = desk.office.client.get(f"/real-estate/units/{parcel}/extract", params={"f": "json"})
    assert read.status_code == 200


def test_answers_name_all_that_was_made(desk: Counter) -> None:
    """A unit's answer its rights, a sale's what each buyer got and the seller's rest: kind, share, unit, no person."""
    parcel = desk.office.form(desk.office.place())["spelled"]
    number = parcel.replace("-", "")
    owners = [{"kind": "ownership", "holder": desk.person(), "share": part} for part in ("2/6", "2/3")]
    told = desk.done("units", "2016-06-01", objects=[parcel], rights=owners)["features"]
    layers = ["real_estate.unit", "real_estate.right", "real_estate.right", "real_estate.unit_part"]
    assert [feature["layer"] for feature in told] == layers
    assert [right["id"] for right in told[1:3]] == desk.rights(parcel)
    said = [(right["kind"], right["share"], right["unit_number"]) for right in told[1:3]]
    assert said == [("ownership", "1/3", number), ("ownership", "2/3", number)]
    (pledge,) = desk.done(f"units/{parcel}/rights", rights=[{"kind": "pledge", "holder": desk.bank()}])["features"]
    assert (pledge["kind"], pledge["share"], pledge["unit_number"]) == ("pledge", None, number)
    assert desk.post(f"rights/{pledge['id']}/discharge", "2017-06-01").status_code == 200
    buyers = [{"holder": desk.person(), "share": part} for part in ("1/2", "1/12")]
    sold = desk.done(f"rights/{told[2]['id']}/transfer", "2018-01-01", to=buyers)["features"]
    assert [right["share"] for right in sold] == ["1/2", "1/12", "1/12"]
    assert sold[-1]["id"] == told[2]["id"]
    read = {right["href"]: desk.office.client.get(right["href"]) for right in [*told, *sold]}
    assert {answer.status_code for answer in read.values()} == {200}
    there = read[sold[0]["href"]].json()["rights"]
    assert {(right["id"], right["share"]) for right in there} == {(r["id"], r["share"]) for r in [told[1], *sold]}
    members = {"layer", "id", "href", "etag", "kind", "share", "unit_number"}
    assert all(set(right) == members for right in [*told[1:3], pledge, *sold])


def test_an_act_is_tried_without_being_recorded(desk: Counter) -> None:
    """``dry-run`` gives every reason and writes nothing."""
    _, (right,) = desk.owned(desk.person())
    too_much = {"to": [{"holder": desk.person(), "share": "1/1"}, {"holder": desk.person(), "share": "1/2"}]}
    refused = desk.post(f"rights/{right}/transfer?dry-run=true", "2018-01-01", **too_much)
    assert refused.status_code == 422
    fine = desk.post(f"rights/{right}/transfer?dry-run=true", "2018-01-01", to=[{"holder": desk.person()}])
    assert fine.json() == {"allowed": True, "violations": []}
    assert desk.post(f"rights/{right}/transfer", "2018-01-01", to=[{"holder": desk.person()}]).status_code == 201


def test_the_same_act_is_recorded_once(desk: Counter) -> None:
    """Submitted again it is 409 and tells the changeset of the first."""
    _, (right,) = desk.owned(desk.person())
    body = desk.office.body("2018-01-01", to=[{"holder": desk.person()}])
    headers = {"Authorization": f"Bearer {desk.secret}"}
    path = f"/real-estate/rights/{right}/transfer"
    first, second = (desk.office.client.post(path, json=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["changeset"] == first.json()["changeset"]


def test_a_stale_token_conflicts(desk: Counter) -> None:
    """The right changed since it was read: 409; with the new token the act is recorded."""
    parcel, (right,) = desk.owned(desk.person())
    told = desk.done(f"rights/{right}/transfer", "2018-01-01", to=[{"holder": desk.person(), "share": "1/2"}])
    fresh = next(f["etag"] for f in told["features"] if f["id"] == right)
    stale = f'"{right}-1"'
    to = [{"holder": desk.person(), "share": "1/4"}]
    assert desk.post(f"rights/{right}/transfer", "2018-02-01", to=to, headers={"If-Match": stale}).status_code == 409
    assert desk.post(f"rights/{right}/transfer", "2018-02-01", to=to, headers={"If-Match": fresh}).status_code == 201
    assert parcel


@pytest.mark.parametrize(("language", "word"), [("kk", "дәл бірге"), ("ru", "единицу"), ("en", "exactly one")])
def test_refusals_speak_the_askers_language(desk: Counter, language: str, word: str) -> None:
    """0.333 three times is no whole; the rule, its law and what was found are told."""
    parcel = desk.office.form(desk.office.place())["spelled"]
    rights = [{"kind": "ownership", "holder": desk.person(), "share": "333/1000"} for _ in range(3)]
    answer = desk.post("units", objects=[parcel], rights=rights, headers={"Accept-Language": language})
    assert answer.status_code == 422
    (found,) = answer.json()["violations"]
    assert found["rule"] == "real_estate.right.shares-sum-to-one"
    assert word in found["statement"]
    assert found["detail"] == "999/1000"


def test_who_may(desk: Counter) -> None:
    """Neither without a token nor as a land registrar or a bank."""
    body = desk.office.body("2017-01-01", party_type="naturalPerson", name="Тест")
    url = f"{str(desk.office.client.base_url).rstrip('/')}/real-estate/parties"
    assert httpx2.post(url, json=body).status_code == 401
    with desk.office.city.register.writing() as connection:
        secrets = [tokens.create(connection, role, role) for role in ("registrar.land", "bank", "auditor")]
    for secret in secrets:
        headers = {"Authorization": f"Bearer {secret}"}
        assert desk.office.client.post("/real-estate/parties", json=body, headers=headers).status_code == 403


def test_no_answer_tells_who_somebody_is(desk: Counter) -> None:
    """Neither an act's answer, nor a refusal, nor any public page; only a look with a reason."""
    person = desk.person()
    number = desk.people[-1][1]
    answers = [
        desk.post(f"parties/{person}/change", "2018-01-01", name="Қызылбаева-Тест Сәулетай"),
        desk.post("parties", party_type="naturalPerson", name=NAME, iin_bin=number),
        desk.post("parties", party_type="naturalPerson", name=NAME, iin_bin=number[:-1] + "x"),
        desk.post("parties", party_type="naturalPerson", name="Қызылбаeва", iin_bin=None),
        desk.office.client.get("/changesets?limit=1000"),
        desk.office.client.get("/ogc/collections/personal.party/items"),
    ]
    stale = {"headers": {"If-Match": f'"{person}-1"'}, "name": "Тестова Сәулетай"}
    answers.append(desk.post(f"parties/{person}/change", "2018-02-01", **stale))
    assert answers[-1].status_code == 409
    told = "".join(answer.text for answer in answers)
    assert [answer.status_code for answer in answers[:4]] == [200, 422, 400, 422]
    assert "Сәулетай" not in told
    assert number not in told
    headers = {"Authorization": f"Bearer {desk.secret}"}
    looked = desk.office.client.post(
        "/real-estate/parties/find?reason=sale", json={"iin_bin": number}, headers=headers
    ).json()
    assert looked["parties"][0]["party"] == person
    assert "Сәулетай" in json.dumps(looked, ensure_ascii=False)
    without = desk.office.client.post("/real-estate/parties/find", json={"iin_bin": number}, headers=headers)
    assert without.status_code == 400


@pytest.mark.parametrize(
    "member",
    [
        {"kind": "usucapio"},
        {"kind": "ownership", "share": "0.333"},
        {"kind": "ownership", "share": "3/2"},
        {"kind": "lease", "holder": 1, "until": "2017-01-01"},
        {"kind": "pledge", "rank": 0},
        {"kind": "arrest", "colour": "red"},
    ],
)
def test_bad_rights_are_refused(desk: Counter, member: dict[str, Any]) -> None:
    """4xx with a reason; nothing is written."""
    parcel, rights = desk.owned(desk.person())
    answer = desk.post(f"units/{parcel}/rights", rights=[member])
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert desk.rights(parcel) == rights


def test_unknown_units_and_rights(desk: Counter) -> None:
    """A number that no unit has, a right that there is not, an object that there is not."""
    bare = desk.office.form(desk.office.place())["spelled"]
    right = [{"kind": "arrest"}]
    assert desk.post(f"units/{bare}/rights", rights=right).status_code == 404
    assert desk.post("units/abc/rights", rights=right).status_code == 400
    assert desk.post("rights/999999/discharge").status_code == 404
    assert desk.post("units", objects=["91-001-001-99999"]).status_code == 400


def test_heirs_declarations_and_corrections(desk: Counter) -> None:
    """The remaining acts, each once."""
    dead, heirs = desk.person(), [desk.person(), desk.person()]
    parcel, (right,) = desk.owned(dead)
    shares = [{"holder": heir, "share": part} for heir, part in zip(heirs, ("1/3", "2/3"), strict=True)]
    told = desk.done("rights/inherit", "2018-01-01", testator=dead, rights=[right], heirs=shares, died="2017-12-31")
    erred = told["changeset"]
    one, other = (f["id"] for f in told["features"][:2])
    fixed = [{"right": one, "share": "2/3"}, {"right": other, "share": "1/3"}]
    corrected = desk.post("rights/correct", "2018-01-01", corrections=fixed, cites=erred)
    assert corrected.status_code == 200, corrected.text
    interest = desk.done(f"units/{parcel}/declarations", rights=[{"kind": "priorityInterest"}])
    assert desk.post(f"rights/{interest['features'][0]['id']}/register", "2019-01-01").status_code == 200
    group = desk.done("parties/groups", group_type="family", members=[{"party": heir} for heir in heirs])
    assert desk.post(f"parties/{group['features'][0]['id']}/end", "2019-01-01").status_code == 200
