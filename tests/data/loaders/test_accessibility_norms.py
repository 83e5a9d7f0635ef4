"""The norms of accessibility that come with the engine, and files of a city's own."""

from pathlib import Path

import pytest

from cadastres.urban_planning.street_state_model import ACCESSIBILITY_NORM
from data.loaders.accessibility_norms import BUNDLED, load_norms, read_norms
from data.loaders.source import BadFile
from gis.store import related
from tests.city import City


def test_the_bundled_norms_are_entered_once(empty_city: City) -> None:
    """All go in, a second load finds nothing new, and a corrected value replaces the old one from its day on."""
    register = empty_city.register
    first = load_norms(register, BUNDLED, empty_city.act("2020-01-01"))
    assert first.entered == first.read == len(read_norms(BUNDLED)) > 20
    again = load_norms(register, BUNDLED, empty_city.act("2020-01-02"))
    assert (again.entered, again.known) == (0, first.read)


def test_a_newer_value_replaces_the_older(empty_city: City, tmp_path: Path) -> None:
    """One norm of one clause, two values in time."""
    text = BUNDLED.read_text("utf-8").splitlines()
    file = tmp_path / "norms.csv"
    file.write_text("\n".join(text[:2]), "utf-8")
    load_norms(empty_city.register, file, empty_city.act("2015-01-01"))
    file.write_text("\n".join([text[0], text[1].replace(",0.05,", ",0.06,")]), "utf-8")
    assert load_norms(empty_city.register, file, empty_city.act("2024-01-01")).entered == 1
    with empty_city.register.reading() as connection:
        found = related(connection, ACCESSIBILITY_NORM, "code", ["СП РК 3.06-101-2012"])
    assert [[v.attributes["at_most"] for v in timeline] for timeline in found.values()] == [[0.05, 0.06]]


def test_only_what_was_checked_is_confirmed() -> None:
    """A confirmed norm names its clause; each says something in three languages."""
    norms = read_norms(BUNDLED)
    assert all(norm["clause"] for norm in norms if norm["confirmed"])
    assert all(norm[f"statement_{language}"] for norm in norms for language in ("kk", "ru", "en"))
    assert {norm["code"] for norm in norms if norm["confirmed"]} == {"СП РК 3.06-101-2012", "СП 59.13330"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("ramp,incline", "tunnel,incline"), "2"),
        ((",0.05,", ",five,"), "five"),
        ((",true,", ",maybe,"), "maybe"),
        (("code,edition", "code,year"), "year"),
    ],
)
def test_files_that_will_not_do(tmp_path: Path, wrong: tuple[str, str], told: str) -> None:
    """The line or column is named."""
    file = tmp_path / "norms.csv"
    file.write_text("\n".join(BUNDLED.read_text("utf-8").splitlines()[:2]).replace(*wrong), "utf-8")
    with pytest.raises(BadFile, match=told):
        read_norms(file)
