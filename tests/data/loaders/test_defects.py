"""Defects: every kind has its words and its line in the guide; the log keeps what it was told."""

import re
from pathlib import Path

import pytest

from data.loaders import defects
from data.loaders.defects import Defect, DefectLog, Kind, Outcome

KINDS = [value for value in vars(defects).values() if isinstance(value, Kind)]
GUIDE = Path(__file__).parents[3] / "docs" / "import.md"


def test_codes_are_stable_names() -> None:
    """Each stands for one kind, in lower case with hyphens."""
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes) > 25
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_kind_has_words_in_three_languages(kind: Kind) -> None:
    """No text is left out, and all name the same facts."""
    texts = list(kind.text.as_dict().values())
    assert all(texts)
    facts = [set(re.findall(r"{(\w+)}", text)) for text in texts]
    assert facts[0] == facts[1] == facts[2]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_kind_stands_in_the_guide(kind: Kind) -> None:
    """An operator who meets a code can look it up."""
    assert f"`{kind.code}`" in GUIDE.read_text(encoding="utf-8")


def test_the_log_gives_back_what_it_was_told() -> None:
    """In order, as often as asked; what else was found in a refused row was refused with it."""
    log = DefectLog()
    log.add(Defect.of(2, "b", defects.REPEATED_POINTS, {"count": 1}, Outcome.ACCEPTED))
    log.add(Defect.of(1, None, defects.GEOMETRY_MISSING))
    for _ in range(2):
        assert [(d["row"], d["code"], d["outcome"]) for d in log] == [
            (2, "repeated-points", "accepted"),
            (1, "geometry-missing", "refused"),
        ]
    log.refused = frozenset({2})
    assert [d["outcome"] for d in log] == ["refused", "refused"]
    assert log.by_code == {"repeated-points": 1, "geometry-missing": 1}
