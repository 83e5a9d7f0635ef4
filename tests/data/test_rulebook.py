"""The rule book is whole and up to date."""

from pathlib import Path

import pytest

from data.catalogue import RULES
from data.rulebook import rule_book
from gis.rules import Rule

ROOT = Path(__file__).parents[2]


def test_rule_book_is_current() -> None:
    """docs/rules.md is what the rules say; write it anew by ``qala rules > docs/rules.md``."""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rule_book()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id} {rule.watches[0]}")
def test_each_rule_is_told_and_proved(rule: Rule) -> None:
    """Each rule has a statement in three languages and a test that exists."""
    assert len(set(rule.statement.as_dict().values())) == 3
    assert rule.tested_by
    file, _, name = rule.tested_by.partition("::")
    assert f"def {name}" in (ROOT / file).read_text(encoding="utf-8")
