"""One look at the register: what a verb needs is loaded, it decides, followers answer, rules are asked.

The same look serves an act, under the locks held, and the edit of a draft, over the draft laid on the register.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from psycopg import Connection

from gis import draft_edit, locks, policy, reservation, staging, store
from gis.act import Act, Case, Command, Deeper, Follower, Needs, Outcome, Related
from gis.draft import Draft, Overlay
from gis.errors import Conflict, QalaError
from gis.layer import Layer, Layers
from gis.locks import LockKeys
from gis.once import fingerprint
from gis.record import Timeline, Write, rewritten
from gis.recording import Entry, Recorded, record
from gis.rules import Violation, check, check_act, refuse
from gis.text import Text
from gis.tolerated import Review, review
from gis.validity import require_fit

if TYPE_CHECKING:
    from gis.register import Register

_ROUNDS: Final = 10


@dataclass
class Attempt:
    """One look at the register, or at a draft that lies over it."""

    register: "Register"
    connection: Connection
    command: Command
    act: Act
    expected: Mapping[int, int]
    overlay: Overlay | None = None
    reach: LockKeys = field(default_factory=LockKeys)
    loaded: dict[str, dict[int, Timeline]] = field(default_factory=dict)
    issued: dict[tuple[str, str, str], Sequence[str]] = field(default_factory=dict)
    related: set[Related] = field(default_factory=set)
    relied: dict[str, set[int]] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)

    @cached_property
    def fingerprint(self) -> bytes:
        """What tells this act from any other."""
        return fingerprint(self.command, self.act)

    def look(self) -> None:
        """Load what the verb needs, decide, let followers answer to a fixed point, and tell how far it all reaches."""
        self._load(self.command.needs(self.register.profile))
        if isinstance(self.command, Deeper):
            self._load_to_rest(self.command.further)
        self._check_tokens()
        self.outcome = self.command.decide(self._case())
        self._require_right()
        self._require_fit()
        self._follow()
        self._require_fit()
        self._load(Needs(features=_written(self.outcome)))
        self._reach_writes()
        if self.act.application is not None and self.overlay is None:
            self.reach |= reservation.lock_keys(self.connection, self.act.application)

    def _require_right(self) -> None:
        layers = [self.register.layers[name] for name in _written(self.outcome)]
        (policy.require_writer if self.overlay is None else policy.require_proposer)(self.act.role, layers)

    def require_free(self) -> None:
        """Refuse an act that changes what an application holds; what follows from the act counts as well."""
        reservation.require_free(
            self.connection,
            self.register.profile,
            self.act.application,
            written={w.feature_id for w in self.outcome.writes},
            named=set(self._named()),
        )

    def _case(self) -> Case:
        return Case(self.act, self.register.profile, self.loaded, self.issued)

    def _load_to_rest(self, ask: Callable[[Case], Needs]) -> None:
        """Load what is asked for in sight of what was loaded, until nothing new is."""
        needs = ask(self._case())
        for _ in range(_ROUNDS):
            self._load(needs)
            asked, needs = needs, ask(self._case())
            if needs == asked:
                return
        msg = f"{self.command.verb} never comes to the end of what it must see"
        raise RuntimeError(msg)

    def _load(self, needs: Needs) -> None:
        layers = self.register.layers
        for name, feature_ids in needs.features.items():
            known = self.loaded.setdefault(name, {})
            new = set(feature_ids) - known.keys()
            known.update(store.timelines(self.connection, layers[name], new, self.overlay))
            self.relied.setdefault(name, set()).update(feature_ids)
        for name, place in needs.areas:
            found = store.in_place(self.connection, layers[name], place, self.register.profile.srid, self.overlay)
            self.loaded.setdefault(name, {}).update(found)
        unseen = sorted(set(needs.related) - self.related, key=str)
        for (name, key_field), asked in groupby(unseen, key=lambda related: related[:2]):
            values = [value for _, _, value in asked]
            found = store.related(self.connection, layers[name], key_field, values, self.overlay)
            self.loaded.setdefault(name, {}).update(found)
            self.relied.setdefault(name, set()).update(found)
        self.related |= set(unseen)
        for key in needs.numbers:
            self.issued[key] = store.issued(self.connection, layers[key[0]], key[1], key[2], self.overlay)
        self._reach_needs(needs)

    def _reach_needs(self, needs: Needs) -> None:
        relied = [i for ids in needs.features.values() for i in ids]
        places = [place for _, place in needs.areas]
        self.reach |= locks.feature_keys(relied, exclusive=False) | locks.number_keys(needs.numbers)
        self.reach |= locks.related_keys(needs.related, exclusive=True)
        self.reach |= locks.place_keys(places, self.register.profile.tolerances.linear)

    def _reach_writes(self) -> None:
        writes = self.outcome.writes
        old = [v.geometry for w in writes for v in self.loaded.get(w.layer, {}).get(w.feature_id, ())]
        geometries = [*(w.geometry for w in writes), *old]
        self.reach |= locks.feature_keys((w.feature_id for w in writes), exclusive=True)
        self.reach |= locks.place_keys(geometries, self.register.profile.tolerances.linear)
        self.reach |= locks.related_keys(self._referred(), exclusive=False)
        self.reach |= locks.feature_keys(self._named(), exclusive=False)

    def _named(self) -> Iterator[int]:
        """Yield the features that the written ones name: they may not end meanwhile."""
        for write in self.outcome.writes:
            values = (write.attributes.get(f.name) for f in self.register.layers[write.layer].fields if f.refers_to)
            yield from (value for value in values if value is not None)

    def _referred(self) -> Iterator[Related]:
        """Yield what the written features refer to, before and after the act."""
        for write in self.outcome.writes:
            before = self.loaded.get(write.layer, {}).get(write.feature_id, ())
            for key in self.register.layers[write.layer].keys:
                values = {v.attributes.get(key.name) for v in (write.version(), *before)}
                yield from ((write.layer, key.name, value) for value in values if value is not None)

    def _check_tokens(self) -> None:
        for name, timelines in self.loaded.items():
            asked = self.expected.keys() & timelines.keys()
            if not asked:
                continue
            current = store.tokens(self.connection, self.register.layers[name], asked, self.overlay)
            stale = {i: (self.expected[i], current[i]) for i in sorted(asked) if current[i] != self.expected[i]}
            if stale:
                raise _stale(self.register.layers[name], stale, timelines)

    def _require_fit(self) -> None:
        for write in self.outcome.writes:
            require_fit(self.register.layers[write.layer], write, self.register.profile)

    def _follow(self) -> None:
        for _ in range(_ROUNDS):
            answers = [self._answer(follower) for follower in self.register.followers]
            news = tuple(w for answer in answers for w in answer.writes if w not in self.outcome.writes)
            if not news:
                return
            self.outcome += Outcome(news, tuple(s for answer in answers for s in answer.successions))
        msg = f"followers of {self.command.verb} never come to rest"
        raise RuntimeError(msg)

    def _answer(self, follower: Follower) -> Outcome:
        awake = {w.layer for w in self.outcome.writes} | {s.layer for s in self.outcome.successions}
        if not awake & follower.watches:
            return Outcome()
        self._load(follower.needs(self.outcome, self.register.profile))
        if follower.further is not None:
            further, outcome = follower.further, self.outcome
            self._load_to_rest(lambda case: further(case, outcome))
        return follower.follow(self._case(), self.outcome)

    def violations(self) -> Sequence[Violation]:
        """Stage the outcome and ask every rule; defects on record that it doesn't make worse come as warnings."""
        return self._reviewed().found

    def _reviewed(self) -> Review:
        self._stage()
        register = self.register
        written = _written(self.outcome)
        if self.overlay is not None:
            draft_edit.stage_rest(self.connection, register, self.overlay, written)
        found = check(self.connection, register.rules, register.layers, written, register.profile)
        found += check_act(register.rules, self._case(), self.outcome)
        touched = [i for ids in written.values() for i in ids]
        return review(self.connection, found, touched, self.outcome.successions)

    def write(self) -> Recorded:
        """Check and record, or refuse with every reason."""
        reviewed = self._reviewed()
        broken = [v for v in reviewed.found if v.severity == "error"]
        if broken:
            raise refuse(broken, self.register.rules)
        layers = [layer for name, layer in self.register.layers.items() if name in _written(self.outcome)]
        entry = Entry(
            self.command.verb,
            self.act,
            layers,
            self.outcome.successions,
            reviewed.lessened,
            reviewed.healed,
            self.fingerprint,
        )
        number, recorded, digest = record(self.connection, entry)
        reservation.decide(self.connection, self.act, number)
        return Recorded(number, recorded, digest, self._new_ids, reviewed.found)

    def propose(self, draft: Draft) -> draft_edit.Proposed:
        """Take the edit up into the draft, whatever the rules find: they decide when the draft is adopted."""
        reviewed = self._reviewed()
        edit = draft_edit.Edit(self.command.verb, self.act, _written(self.outcome), self.relied, self.outcome)
        revision = draft_edit.take_up(self.connection, self.register.layers, draft, edit)
        return draft_edit.Proposed(draft.draft_id, draft.name, revision, self._new_ids, reviewed.found)

    def _stage(self) -> None:
        self._number_new_features()
        self._load(Needs(features=_written(self.outcome)))
        staging.prepare(self.connection, [self.register.layers[name] for name in _written(self.outcome)])
        for name, ids in _written(self.outcome).items():
            layer = self.register.layers[name]
            before = {i: self.loaded[name].get(i, ()) for i in ids}
            after = {i: self._rewritten(name, i, before[i]) for i in ids}
            last = store.last_versions(self.connection, layer, ids, self.overlay)
            staging.stage(self.connection, layer, self.register.profile.srid, before, after, last)

    def _rewritten(self, layer: str, feature_id: int, timeline: Timeline) -> Timeline:
        for write in self.outcome.writes:
            if (write.layer, write.feature_id) == (layer, feature_id):
                timeline = rewritten(timeline, write)
        return timeline

    def _number_new_features(self) -> None:
        new = sorted({w.feature_id for w in self.outcome.writes if w.feature_id < 0}, reverse=True)
        self._new_ids = dict(zip(new, store.new_ids(self.connection, len(new)), strict=True))
        self.outcome = _renumbered(self.outcome, self._new_ids, self.register.layers)

    _new_ids: dict[int, int] = field(default_factory=dict)


def _written(outcome: Outcome) -> dict[str, frozenset[int]]:
    layers = dict.fromkeys(w.layer for w in outcome.writes)
    return {name: frozenset(w.feature_id for w in outcome.writes if w.layer == name) for name in layers}


def _renumbered(outcome: Outcome, ids: Mapping[int, int], layers: Layers) -> Outcome:
    """Put the recorded ids in place of the act's own, in what refers to new features too."""
    writes = tuple(
        replace(w, feature_id=ids.get(w.feature_id, w.feature_id), attributes=_referring(layers[w.layer], w, ids))
        for w in outcome.writes
    )
    successions = tuple(
        replace(s, parents=tuple(ids.get(i, i) for i in s.parents), children=tuple(ids.get(i, i) for i in s.children))
        for s in outcome.successions
    )
    return Outcome(writes, successions)


def _referring(layer: Layer, write: Write, ids: Mapping[int, int]) -> Mapping[str, Any]:
    named = ((f.name, write.attributes.get(f.name)) for f in layer.fields if f.refers_to)
    new = {name: ids[value] for name, value in named if isinstance(value, int) and value in ids}
    return {**write.attributes, **new} if new else write.attributes


def _stale(layer: Layer, stale: Mapping[int, tuple[int, int]], timelines: Mapping[int, Timeline]) -> QalaError:
    """Return the refusal of stale tokens with both sides; a layer that isn't public shows only with a logged look."""
    told = {i: (_told(i, yours), _told(i, current)) for i, (yours, current) in stale.items()}
    feature_id, (yours, current) = next(iter(told.items()))
    seen = timelines if layer.public else {}
    return Conflict(
        _STALE.filled(layer=layer.name, id=feature_id, yours=yours, current=current),
        layer=layer.name,
        stale={i: {"yours": y, "current": c, "versions": seen.get(i, ())} for i, (y, c) in told.items()},
    )


def _told(feature_id: int, token: int) -> int | str:
    """Return a token as people know it: a changeset's number, or the tag of what a draft's revision changed."""
    return token if token >= 0 else f"{feature_id}-draft-{-token}"


_STALE = Text(
    kk="{layer} қабатының {id} нысаны сіз оқығаннан кейін өзгерді: сіздегі белгі {yours}, қазіргісі {current}. "
    "Қайта оқып, қайталаңыз.",
    ru="Объект {id} слоя {layer} изменился после вашего чтения: ваша метка {yours}, нынешняя {current}. "
    "Прочтите его заново и повторите.",
    en="Feature {id} of {layer} has changed since you read it: your token is {yours}, the current one {current}. "
    "Read it again and repeat.",
)
