"""Who moves, and what they can and can't pass: the limits, preferences and speeds that price the one graph.

A profile is a value: two askers with the same wishes share a metric. Lengths are metres, slopes ratios of rise to run
(0.05 is 5 %), speeds km/h, times seconds.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

Mode = Literal["foot", "bicycle", "car", "ambulance", "truck"]
"""By what rules of access and direction somebody moves; wheelchairs and pushchairs go on foot."""

Steps = Literal["pass", "handrail", "ramp", "bar"]
"""Steps: passed; only with a handrail; only with a ramp for wheels beside them; never."""

Wish = Literal["ignore", "prefer", "require"]

Unknown = Literal["accept", "penalise", "bar"]
"""What becomes of a way of which a limited attribute is unknown: taken as within the limit; priced as if it were
longer; not passed. Whichever it is, the answer tells what was unknown."""

UNKNOWN_FACTOR: Final = 1.5
"""Where unknown ways are penalised, each limited attribute that is unknown makes a way cost so many times as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One asker's way of moving.

    Attributes:
        name: which preset it is, or came from: ``foot``, ``wheelchair-manual``, ``wheelchair-electric``, ``pushchair``,
            ``low-vision``, ``blind``, ``bicycle``, ``car``, ``ambulance``, ``refuse-truck``.
        mode: rules of access.
        speed: km/h on the flat, on foot, in a chair or on a bicycle; of motor vehicles the greatest.
        max_incline_up, max_incline_down: ratios, both positive.
        max_cross_slope: ratio.
        max_kerb: height [m].
        min_width: clear width [m]; max_height, max_weight: of a vehicle [m, t] as it is, so a lower bridge bars it.
        surfaces: the only surfaces passed (OpenSidewalks values); all are, where ``None``.
        worst_smoothness: the worst smoothness passed (OpenStreetMap values); any is, where ``None``.
        wheelchair: whether what is judged impassable for wheelchairs, or made so that none gets through, is barred.
        steps: how steps are passed.
        tactile_paving, sound_signals, light: what is wished at crossings and on ways.
        marked_crossings: whether crossings must be marked or signalled; ``prefer`` makes others dearer.
        carriageway: walking along the carriageway of a residential street costs so many times as much as it takes;
            by how much more or less of other streets :mod:`routing.checks` says.
        lifts: whether lifts are used.
        unknown: what becomes of unknown attributes; ``unknowns`` overrules it for single attributes, as pairs.
        step_seconds: time for one step; kerb_seconds, lift_seconds, signal_seconds: delays at each.
        turns: whether turn costs and restrictions count (vehicles).
        live: whether live and usual speeds count (motor vehicles).
    """

    name: str
    mode: Mode
    speed: float
    max_incline_up: float | None = None
    max_incline_down: float | None = None
    max_cross_slope: float | None = None
    max_kerb: float | None = None
    min_width: float | None = None
    max_height: float | None = None
    max_weight: float | None = None
    surfaces: frozenset[str] | None = None
    worst_smoothness: str | None = None
    wheelchair: bool = False
    steps: Steps = "pass"
    tactile_paving: Wish = "ignore"
    sound_signals: Wish = "ignore"
    light: Wish = "ignore"
    marked_crossings: Wish = "ignore"
    carriageway: float = 1.0
    lifts: bool = True
    unknown: Unknown = "accept"
    unknowns: tuple[tuple[str, Unknown], ...] = field(default=())
    step_seconds: float = 0.0
    kerb_seconds: float = 0.0
    lift_seconds: float = 60.0
    signal_seconds: float = 15.0
    turns: bool = False
    live: bool = False

    def on_unknown(self, attribute: str) -> Unknown:
        """Return what becomes of a way of which this attribute is unknown."""
        return dict(self.unknowns).get(attribute, self.unknown)
