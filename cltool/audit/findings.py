"""Findings of the models of an audit; each model is attacked once.

Findings are stored in the run's folder under a digest of everything they depend on, so a second
audit, or the audit of another run with the same reference, attacks only what is missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.audit.attacks import findings_file
from cltool.audit.attacks.battery import Findings, attack
from cltool.audit.attacks.case import Case
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Target
from cltool.core.errors import UserError
from cltool.core.locks import folder_lock
from cltool.core.progress import QUIET, Progress
from cltool.core.settings import ProbeSettings
from cltool.evaluation.matchers import CONTAINS, EXACT
from cltool.experiments import checkpoints, manifest, restore
from cltool.facts.files.forget_list import read_forget_list
from cltool.facts.stream import Stream
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel
    from cltool.training.learner import Learner

FOLDER = "audit"
"""Folder of the findings in a run's folder."""

BASE = -1
"""In place of a step: the base model of a run, without its strategies."""

JUDGING = {"tolerances", "confidence"}
"""Settings that affect verdicts only, not attacks."""

PACKAGES = ("cltool", "torch", "transformers")
"""Packages whose versions may affect an attack."""

CODE = (
    "audit/attacks",
    "audit/measures",
    "lm",
    "core/samples.py",
    "evaluation/limits.py",
    "evaluation/claims.py",
    "evaluation/containment.py",
    "evaluation/continuations.py",
    "evaluation/dates.py",
    "evaluation/given.py",
    "evaluation/judge.py",
    "evaluation/matchers.py",
    "evaluation/matching.py",
    "evaluation/mentions.py",
    "evaluation/name_edges.py",
    "evaluation/prober.py",
    "evaluation/repetition.py",
    "evaluation/sentences.py",
    "evaluation/words.py",
    "facts/distractors.py",
    "facts/identity.py",
    "facts/overlap.py",
)
"""Modules that affect an attack's scores."""

JUDGES = ("intervals.py", "verdict.py", "restoration.py")
"""Files among them that affect verdicts only."""


@dataclass(frozen=True)
class Scope:
    """The facts of an audit, and how they are attacked.

    Attributes:
        stream: of the run.
        step: facts that were erased up to this step are attacked.
        settings: of the attacks.
        forget: a file of facts, used in place of those.
        match: how answers are judged, ``exact`` or ``contains``.
    """

    stream: Stream
    step: int
    settings: AuditSettings
    forget: Path | None = None
    match: str = EXACT

    @cached_property
    def case(self) -> Case:
        """The facts.

        Raises:
            UserError: there are none, or the file cannot be read.
        """
        return self.within(self.stream)

    def within(self, stream: Stream) -> Case:
        """Return the case for ``stream``: the run's, without facts too long for its model."""
        if self.forget is None:
            return Case.of_stream(stream, self.step, self.settings.seed)
        found = read_forget_list(self.forget)
        worded = replace(stream, wordings=stream.wordings.with_prompts(found.prompts))
        known = stream.knowledge(self.step)
        erased = [known.as_known(fact) for fact in found.facts]
        return Case.of_facts(worded, known, erased, self.settings.seed)

    @cached_property
    def digest(self) -> str:
        """A hash of the facts, of their wordings and of the settings of the attacks."""
        case, settings = self.case, self.settings
        facts = {"erased": case.erased, "retained": case.retained}
        rows = {
            name: [[*fact.key, fact.object, fact.aliases] for fact in chosen]
            for name, chosen in facts.items()
        }
        asked = [
            [*fact.key, *((a.form, a.number, a.prompt, a.wording.template) for a in askings)]
            for fact in (*case.erased, *case.retained)
            for askings in (case.wordings.askings(fact.key),)
        ]
        former = [[*key, objects] for key, objects in case.former.items()]
        own = [[*one.key, one.form, one.number, one.prompt, one.accepted] for one in case.own]
        options = settings.model_dump(mode="json", exclude=JUDGING)
        text = settings.text
        if text is not None and text.is_file():
            options["text"] = hashlib.sha256(text.read_bytes()).hexdigest()
        return _digest([rows, asked, former, own, case.seed, options, self.match])


@dataclass(frozen=True)
class ModelState:
    """A model to attack: that of a run after a step, or its base model.

    Attributes:
        run: the run.
        step: the step, or `BASE` for the base model.
        home: the run folder in which the findings are stored.
        weights: whether its weights are attacked as well.
    """

    run: Run
    step: int
    home: Path
    weights: bool = True

    @property
    def name(self) -> str:
        """Name in progress reports."""
        if self.step == BASE:
            return f"the base of {self.run.strategy} seed {self.run.seed}"
        return f"{self.run.strategy} seed {self.run.seed}, step {self.step}"

    def key(self, scope: Scope) -> str:
        """Return a hash of everything that the findings depend on."""
        record = self.run.record
        asked = {name: value for name, value in requested(self.run).items() if name != "scenario"}
        versions = manifest.versions()
        parts: dict[str, Any] = {
            "versions": {name: versions.get(name) for name in PACKAGES},
            "code": _code(),
            "scope": scope.digest,
            "stream": record.get("stream", {}).get("digest"),
            "base": [record.get("weights"), asked.get("model")],
            "weights": self.weights,
        }
        if self.step != BASE:
            parts["run"] = [self.run.strategy, self.run.seed, asked, self.step]
            parts["checkpoint"] = checkpoints.digest(self.run.folder, self.step)
        return _digest(parts)

    def file(self, key: str) -> Path:
        """Return the file for findings with this key."""
        what = "base" if self.step == BASE else f"step-{self.step}"
        return self.home / FOLDER / f"{what}-{key[:8]}.json"


@cache
def _code() -> str:
    """Return a hash of the code that asks and scores: it may change within one version."""
    here = Path(__file__).parents[1]
    hasher = hashlib.sha256()
    for place in CODE:
        files = sorted((here / place).glob("*.py")) or [here / place]
        for file in files:
            if file.name not in JUDGES:
                hasher.update(file.read_bytes())
    return hasher.hexdigest()


def requested(run: Run) -> dict[str, Any]:
    """Return the settings that the run was started with, from its record."""
    asked = run.record.get("requested")
    return dict(asked) if isinstance(asked, dict) else {}


def findings(
    state: ModelState,
    scope: Scope,
    *,
    fresh: bool = False,
    keep: bool = False,
    learner: Learner | None = None,
    progress: Progress = QUIET,
) -> Findings:
    """Return the findings of one model: attack it, or read them if they are stored.

    Args:
        state: the model.
        scope: the facts and the settings.
        fresh: attack the model even if its findings are stored.
        keep: fail if the findings cannot be stored.
        learner: already in the state ``state``; None: restored if needed.
        progress: receives the progress of the attacks.

    Raises:
        UserError: the checkpoint does not fit, the model cannot be loaded, or the findings cannot
            be stored, or a run writes the folder at the moment.
    """
    key = state.key(scope)
    found = None if fresh else findings_file.read(state.file(key), key)
    if found is not None:
        return found
    with reading_lock(state.run.folder), reading_lock(state.home):
        if learner is None:
            learner = learner_at(state, scope.stream, progress)
        whose = None if state.step == BASE else learner
        case = scope.within(learner.stream)
        target = target_of(learner.lm, scope.settings, whose, learner.stream, scope.match)
        found = attack(target, case, scope.settings, progress, weights=state.weights)
        try:
            # If the run continued before the lock was held, the checkpoint may have changed.
            if state.key(scope) == key:
                findings_file.write(state.file(key), found, key)
        except OSError as error:
            # The audit of a single run works without stored findings.
            if keep:
                raise UserError(
                    f"the findings cannot be stored: {error}", where=str(state.home)
                ) from error
    return found


@contextmanager
def reading_lock(folder: Path) -> Iterator[None]:
    """Hold a lock that keeps runs out of ``folder``, but no other audits.

    A folder that cannot be written needs no lock: no run can write there either.

    Raises:
        UserError: a run writes the folder at the moment.
    """
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(folder_lock(folder, shared=True))
        yield


def learner_at(state: ModelState, stream: Stream, progress: Progress = QUIET) -> Learner:
    """Restore a learner in the state ``state``."""
    learner = restore.base_learner(state.run, stream, progress)
    if state.step != BASE:
        restore.move_to_step(learner, state.run, state.step)
    return learner


def target_of(
    lm: LanguageModel,
    settings: AuditSettings,
    learner: Learner | None = None,
    stream: Stream | None = None,
    match: str = EXACT,
) -> Target:
    """Return ``lm`` as a target.

    Args:
        lm: the model.
        settings: of the attacks.
        learner: its strategies frame the prompts; None: they are asked as they are.
        stream: what is asked about; by default the learner's.
        match: how answers are judged, ``exact`` or ``contains``.
    """
    probe = ProbeSettings.model_validate({"batch_size": settings.prompts, "match": match})
    frame = str if learner is None else learner.strategies.frame
    return Target(lm, frame, probe, stream or (learner.stream if learner else None))


def match_of(run: Run) -> str:
    """Return how an audit judges the answers of the models of ``run``: like the run.

    A run that is judged by choice does not judge answers. Its audits accept an object in a
    sentence.
    """
    return EXACT if run.match == EXACT else CONTAINS


def step_before(run: Run, scope: Scope) -> int:
    """Return the last step with a checkpoint before the first request, or `BASE`."""
    keys = {fact.key for fact in scope.case.erased}
    asking = [u.step for u in scope.stream if any(fact.key in keys for fact in u.forget)]
    first = min(asking, default=0)
    return max((step for step in restore.kept_steps(run) if step < first), default=BASE)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()
