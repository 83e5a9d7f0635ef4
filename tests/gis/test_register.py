"""The register records acts as changesets and refuses what it must."""

from tests.city import City, square


def test_smoke(small_city: City) -> None:
    """A first act is recorded."""
    with small_city.register.writing() as connection:
        assert connection.execute("SELECT count(*) FROM land.parcel").fetchone() == (25,)
        print(connection.execute("SELECT number, recorded, hash FROM qala.changeset").fetchall())
    small_city.put("land.parcel", square(7, 7), cadastral_number="091-001-001-077")
