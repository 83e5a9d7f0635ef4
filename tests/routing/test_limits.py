"""Limits that nobody can mean are refused in three languages; presets, and what people really ask for, are not."""

import math
from dataclasses import replace
from typing import Any

import pytest

from gis.text import LANGUAGES
from routing.limits import BadLimits, checked, overruled
from routing.presets import PRESETS

CHAIR = PRESETS["wheelchair-manual"]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_make_sense(name: str) -> None:
    """So do small changes to them."""
    assert checked(PRESETS[name]) is PRESETS[name]
    assert checked(replace(PRESETS[name], step_seconds=1.0)).step_seconds == 1.0


@pytest.mark.parametrize(
    ("wrong", "limit"),
    [
        ({"max_incline_up": 4.0}, "max_incline_up"),
        ({"max_incline_down": math.nan}, "max_incline_down"),
        ({"max_kerb": -0.01}, "max_kerb"),
        ({"min_width": math.inf}, "min_width"),
        ({"speed": 0.0}, "speed"),
        ({"steps": "pass"}, "steps"),
        ({"surfaces": frozenset()}, "surfaces"),
        ({"surfaces": frozenset({"cheese"})}, "surfaces"),
        ({"worst_smoothness": "silky"}, "worst_smoothness"),
        ({"max_incline_up": 0.0}, "max_incline_up"),
        ({"mode": "car"}, "wheelchair"),
    ],
)
def test_senseless_limits_are_refused_by_name(wrong: dict[str, Any], limit: str) -> None:
    """A slope of 400 %, no number, less than nothing, a chair on steps or at the wheel, no surface at all."""
    with pytest.raises(BadLimits) as refused:
        checked(replace(CHAIR, **wrong))
    assert refused.value.data["limit"] == limit
    assert len({refused.value.in_language(language) for language in LANGUAGES}) == 3


def test_own_limits_are_laid_over_a_preset() -> None:
    """What is not named stays; what becomes of single unknown attributes is added to what the preset says of others."""
    own = overruled(CHAIR, {"max_kerb": 0.02, "surfaces": frozenset({"asphalt"})}, {"surface": "bar"})
    assert (own.max_kerb, own.max_incline_up, own.surfaces) == (0.02, CHAIR.max_incline_up, frozenset({"asphalt"}))
    assert own.on_unknown("surface") == "bar"
    assert own.on_unknown("cross_slope") == CHAIR.on_unknown("cross_slope")


@pytest.mark.parametrize(
    ("preset", "own", "unknowns", "limit"),
    [
        ("foot", {"max_height": 3.0}, {}, "max_height"),
        ("car", {"max_kerb": 0.1}, {}, "max_kerb"),
        ("foot", {}, {"mood": "bar"}, "unknowns"),
        ("foot", {"tactile_paving": "require", "marked_crossings": "ignore"}, {}, "tactile_paving"),
        ("foot", {"steps": "bar", "step_seconds": 2.0}, {}, "step_seconds"),
        ("wheelchair-manual", {"step_seconds": 2.0}, {}, "step_seconds"),
        ("foot", {"lifts": False, "lift_seconds": 30.0}, {}, "lift_seconds"),
        ("wheelchair-manual", {"steps": "pass"}, {}, "steps"),
    ],
)
def test_own_limits_must_fit_who_moves(preset: str, own: dict[str, Any], unknowns: dict[str, Any], limit: str) -> None:
    """A vehicle's height on foot, a kerb by car, a time for steps that are not passed."""
    with pytest.raises(BadLimits) as refused:
        overruled(PRESETS[preset], own, unknowns)
    assert refused.value.data["limit"] == limit
    assert len({refused.value.in_language(language) for language in LANGUAGES}) == 3
