"""The bench of rights: its made-up city breaks no rule, and what is measured is recorded."""

from pathlib import Path

from api.bench.estate import LAYERS, SINCE, Builder, Estate, act_of
from api.bench.rights import lines
from gis.bulk import bulk
from gis.database import connect
from tests.city import City


def test_the_made_up_city_breaks_no_rule_and_is_traded(empty_city: City) -> None:
    """Every rule of the register finds nothing wrong with it; both kinds of transfer are recorded."""
    estate = Estate(500, Path("/nowhere"))
    city = empty_city
    estate.__dict__.update(register=city.register, profile=city.profile)
    with bulk(city.register, act_of(city.profile, SINCE, "operator"), [layer.name for layer in LAYERS]) as loading:
        Builder(estate, loading).fill()
        assert [violation.rule for violation in loading.check() if violation.severity == "error"] == []
        loading.record("bench.fill")
    with connect(city.register.database.owner) as connection:
        assert connection.execute("SELECT count(*) FROM real_estate.right").fetchone() == (500,)
    for line in lines(estate, estate):
        assert line.contenders["qala"]() > 0
    with connect(city.register.database.owner) as connection:
        sold = connection.execute("SELECT count(*) FROM qala.changeset WHERE verb = 'real_estate.right.transfer'")
        assert sold.fetchone() == (40,)
