"""The second half of a load: comparison with the register, rules, record; one transaction, all of it or nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from psycopg import Rollback

from cadastres.land.model import QUARTER
from data.loaders import defects
from data.loaders.defects import Defect, Outcome, Weight
from data.loaders.quarters import Quarters
from data.loaders.reading import RowDefect
from data.loaders.report import ImportReport
from data.loaders.request import CHECKING, COMPARING, RECORDING, ImportRequest, Progress
from data.loaders.shapes import Shaper
from data.loaders.workbench import Party, Workbench
from gis import staging
from gis.act import Act
from gis.bulk import Bulk
from gis.draft import held
from gis.layer import Layer
from gis.locks import WHOLE_REGISTER
from gis.recording import Entry, record
from gis.register import Register
from gis.rules import Violation, refuse
from gis.text import Text
from gis.tolerated import Review, review

VERB = "register.import"

_ROUNDS = 20
"""Refusing a changed row leaves its old version, which may break a rule in its turn; each round refuses more."""

_OWN_RULE = "import."
"""Defects of single rows stand on record under this prefix."""


@dataclass
class Settling:
    """What becomes of the rows on a workbench.

    Attributes:
        acceptable: defects of single rows that the operator may take on record.
        quarters: issues numbers, where the mapping asks for them.
    """

    register: Register
    request: ImportRequest
    act: Act
    bench: Workbench
    report: ImportReport
    shaper: Shaper
    acceptable: Sequence[RowDefect]
    quarters: Quarters | None
    progress: Callable[[Progress], None]
    archived: list[int] = field(default_factory=list)
    defective: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Tell which layers are touched."""
        names = {self.bench.layer.name, QUARTER.name} if self.quarters else {self.bench.layer.name}
        self.layers: list[Layer] = [layer for name, layer in self.register.layers.items() if name in names]
        self.bulk = Bulk(self.register, self.bench.connection, self.act, self.layers)
        self.report.draft = None if self.request.draft is None else self.request.draft.name

    def run(self) -> tuple[int, bytes] | None:
        """Settle everything; return number and hash of the changeset, or ``None`` where none was made.

        Raises:
            MovedOn: the register changed, while a draft was loaded, what the file changes.
        """
        recorded: tuple[int, bytes] | None = None
        connection = self.bench.connection
        try:
            with connection.transaction():
                self._hold()
                staging.prepare(connection, self.layers)
                staging.prepare(connection, self.layers)
                reviewed = self._settled()
                if self.request.dry_run:
                    raise Rollback
                recorded = self._recorded(reviewed)
        finally:
            if not connection.closed:
                for layer in self.layers:
                    staging.drop_indexes(connection, layer)
        return recorded

    def _hold(self) -> None:
        """Lock the register; a load into a draft holds that alone."""
        if self.request.draft is None:
            WHOLE_REGISTER.acquire(self.bench.connection)
        else:
            self.bulk.draft = held(self.bench.connection, self.request.draft.draft_id)

    def _settled(self) -> "_Judgement":
        self._say(COMPARING)
        self.bench.compare()
        self._refuse_defective()
        self._refuse_numbers()
        self._refuse_edited()
        self._number()
        self.bench.stage()
        self._absent()
        self._say(CHECKING)
        judgement = self._judged()
        self._count(judgement)
        return judgement

    def _say(self, stage: Text) -> None:
        self.progress(Progress(stage, self.report.read, self.report.read))

    def _refuse_defective(self) -> None:
        """Refuse rows with a defect of their own, unless the operator takes it on record or did so before."""
        if not self.request.accept_defects:
            self.bench.refuse(self.bench.features([d.row for d in self.acceptable]))

    def _refuse_numbers(self) -> None:
        for number in (f for f in self.bench.filled if f.identifier):
            refused = list(self.bench.issued_to_others(number))
            for row, key, value, feature in refused:
                facts = {"field": number.name, "value": value, "feature_id": feature}
                self.report.log.add(Defect.of(row, key, defects.NUMBER_ISSUED, facts))
            self.bench.refuse(row for row, *_ in refused)

    def _refuse_edited(self) -> None:
        refused = list(self.bench.edited_since())
        for row, key, feature, changeset in refused:
            facts = {"feature_id": feature, "changeset": changeset}
            self.report.log.add(Defect.of(row, key, defects.EDITED_SINCE, facts))
        self.bench.refuse(row for row, *_ in refused)

    def _number(self) -> None:
        if self.quarters is None:
            return
        self.quarters.settle()
        refused = self.quarters.unsettled()
        for row, key in refused:
            self.report.log.add(Defect.of(row, key, defects.NO_QUARTER))
        self.bench.refuse(row for row, _ in refused)
        self.quarters.issue()
        self.quarters.stage()

    def _absent(self) -> None:
        absent = self.bench.absent()
        self.report.absent = [key for key, _ in absent]
        if self.request.archive_missing and absent:
            self.archived = [feature for _, feature in absent]
            self.bench.stage_archived(self.archived)

    def _judged(self) -> "_Judgement":
        """Ask the rules; refuse, or take on record, what breaks them, until nothing more is refused."""
        for _ in range(_ROUNDS):
            judgement = self._judgement()
            broken = [v for v in judgement.broken if not v.rule.startswith(_OWN_RULE)]
            if self.request.accept_defects or not broken:
                self._tell_accepted(judgement)
                return judgement
            self._refuse_broken(broken, judgement.parties)
        msg = "refusing rows never comes to rest"
        raise RuntimeError(msg)

    def _judgement(self) -> "_Judgement":
        found = [*self.bulk.check(), *self._own_violations()]
        named = {i for v in found for i in (v.feature_id, v.other_id) if i is not None}
        reviewed = review(self.bench.connection, found, [*self.bench.rewritten(), *self.archived])
        return _Judgement(found, reviewed, self.bench.parties(named))

    def _own_violations(self) -> Iterator[Violation]:
        features = self.bench.features([d.row for d in self.acceptable])
        for row, code, detail in self.acceptable:
            if row in features:
                yield Violation(_OWN_RULE + code, "error", self.bench.layer.name, features[row], detail=detail)

    def _refuse_broken(self, broken: Sequence[Violation], parties: Mapping[int, Party]) -> None:
        ours: set[int] = set()
        for violation in broken:
            sides = [i for i in _sides(violation) if parties[i].is_written]
            if not sides:
                # Neither side is a row of this file: what breaks the rule is what was derived from it, or archived.
                raise refuse([violation], self.register.rules)
            for side in sides:
                self._tell(violation, side, parties, Outcome.REFUSED)
            ours.update(sides)
        self.bulk.remove(self.bench.layer, ours)
        self.bench.refuse(row for i in ours if (row := parties[i].row) is not None)
        if self.quarters is not None:
            self.bulk.remove(QUARTER, self.quarters.emptied())

    def _tell_accepted(self, judgement: "_Judgement") -> None:
        for violation, reviewed in zip(judgement.found, judgement.reviewed.found, strict=True):
            sides = [i for i in _sides(violation) if judgement.parties[i].is_written]
            if violation.severity != "warning":
                self.defective.update(row for i in sides if (row := judgement.parties[i].row) is not None)
            if violation.rule.startswith(_OWN_RULE):
                continue
            outcome = Outcome.ACCEPTED if violation.severity == "warning" else Outcome.ACCEPTED_WITH_DEFECT
            for side in sides or [reviewed.feature_id]:
                self._tell(violation, side, judgement.parties, outcome)

    def _tell(self, violation: Violation, side: int, parties: Mapping[int, Party], outcome: Outcome) -> None:
        others = [i for i in _sides(violation) if i != side]
        told = Defect(
            row=parties[side].row,
            key=parties[side].key,
            code=violation.rule,
            weight=Weight.WARNING if violation.severity == "warning" else Weight.ACCEPTABLE,
            text=self._statement(violation.rule),
            outcome=outcome,
            feature_id=side,
            others=tuple({"feature_id": i, "row": parties[i].row, "key": parties[i].key} for i in others),
            amount=violation.amount,
            detail=violation.detail,
            place=None if violation.place is None else self.shaper.on_globe(violation.place),
        )
        self.report.log.add(told)

    def _statement(self, rule: str) -> Text:
        return next((r.statement for r in self.register.rules if r.id == rule), Text(kk=rule, ru=rule, en=rule))

    def _count(self, judgement: "_Judgement") -> None:
        report, tally = self.report, self.bench.tally()
        report.new, report.changed, report.unchanged = (tally.get(s, 0) for s in ("new", "changed", "unchanged"))
        report.refused = tally.get("refused", 0) + report.strays
        self.report.log.refused = self.bench.refused_rows()
        standing = self.defective | self.bench.standing_defects(judgement.reviewed.healed) | judgement.lessened_rows
        report.accepted_with_defect = len(standing - self.report.log.refused)
        report.accepted = report.new + report.changed + report.unchanged - report.accepted_with_defect
        report.archived = len(self.archived)
        report.require_sum()

    def _recorded(self, judgement: "_Judgement") -> tuple[int, bytes] | None:
        layers = [layer for layer in self.layers if self.bench.has_staged(layer)]
        if not layers:
            return None
        self._say(RECORDING)
        if self.bulk.draft is not None:
            self.report.revision = self.bulk.propose(VERB).revision
            return None
        on_record = [*judgement.broken, *judgement.reviewed.lessened]
        entry = Entry(VERB, self.act, layers, (), on_record, judgement.reviewed.healed)
        number, _, digest = record(self.bench.connection, entry)
        self.bench.remember(number, self.archived)
        if self.quarters is not None:
            self.report.quarters = self.quarters.remember(number)
        self.report.changeset = number
        return number, digest


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What the rules found, held against the defects on record; the parties by feature."""

    found: Sequence[Violation]
    reviewed: Review
    parties: Mapping[int, Party]

    @property
    def broken(self) -> list[Violation]:
        """What is broken anew, or worse than on record."""
        return [v for v in self.reviewed.found if v.severity == "error"]

    @property
    def lessened_rows(self) -> set[int]:
        """Rows of defects that stay on record, smaller than before."""
        sides = {i for v in self.reviewed.lessened for i in _sides(v)}
        return {row for i in sides if (row := self.parties[i].row) is not None}


def _sides(violation: Violation) -> Iterable[int]:
    return dict.fromkeys(i for i in (violation.feature_id, violation.other_id) if i is not None)
