"""The models of an audit, each attacked once: what was found is kept in the run's folder.

Findings are kept under a digest of everything that they depend on, so that a second audit, or that
of another run with the same reference, attacks only what was not attacked yet.
"""

from __future__ import annotations

import hashlib
import json
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
from cltool.core.progress import QUIET, Progress
from cltool.core.settings import ProbeSettings
from cltool.experiments import checkpoints, manifest, restore
from cltool.facts.files.forget_list import read_forget_list
from cltool.facts.stream import Stream
from cltool.runs.run import Run

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel
    from cltool.training.learner import Learner

FOLDER = "audit"
"""Where findings lie in a run's folder."""

BASE = -1
"""In place of a step: the model that a run began from, without its strategies."""

JUDGING = {"tolerances", "confidence"}
"""Settings that no attack depends on."""

PACKAGES = ("cltool", "torch", "transformers")
"""Whose versions an attack may depend on."""

CODE = (
    "audit/attacks",
    "audit/measures",
    "lm",
    "evaluation/prober.py",
    "evaluation/matching.py",
    "facts/distractors.py",
    "facts/overlap.py",
)
"""Modules that an attack's scores come from."""

JUDGES = ("intervals.py", "verdict.py", "restoration.py")
"""Those of them that look at scores only."""


@dataclass(frozen=True)
class Scope:
    """Which facts an audit attacks, and how.

    Attributes:
        stream: of the run.
        step: facts that were erased up to it are attacked.
        settings: of the attacks.
        forget: a file of facts, in place of those.
    """

    stream: Stream
    step: int
    settings: AuditSettings
    forget: Path | None = None

    @cached_property
    def case(self) -> Case:
        """The facts.

        Raises:
            UserError: there are none, or the file cannot be read.
        """
        return self.within(self.stream)

    def within(self, stream: Stream) -> Case:
        """The same of ``stream``: the run's, without what is too long for its model."""
        if self.forget is None:
            return Case.of_stream(stream, self.step, self.settings.seed)
        facts, prompts = read_forget_list(self.forget)
        worded = replace(stream, wordings=stream.wordings.with_prompts(prompts))
        return Case.of_facts(worded, stream.knowledge(self.step), facts, self.settings.seed)

    @cached_property
    def digest(self) -> str:
        """A hash of the facts, of their wordings and of what the attacks are told."""
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
        told = settings.model_dump(mode="json", exclude=JUDGING)
        text = settings.text
        if text is not None and text.is_file():
            told["text"] = hashlib.sha256(text.read_bytes()).hexdigest()
        return _digest([rows, asked, former, own, case.seed, told])


@dataclass(frozen=True)
class Side:
    """One of the models that an audit holds against each other.

    Attributes:
        run: whose.
        step: after which of its steps; `BASE`: the model that it began from.
        home: the folder of the run in which the findings are kept.
        weights: whether its weights are attacked, too.
    """

    run: Run
    step: int
    home: Path
    weights: bool = True

    @property
    def name(self) -> str:
        """For people."""
        if self.step == BASE:
            return f"the base of {self.run.strategy} seed {self.run.seed}"
        return f"{self.run.strategy} seed {self.run.seed}, step {self.step}"

    def key(self, scope: Scope) -> str:
        """A hash of everything that the findings depend on."""
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
        """Where findings of that key are kept."""
        what = "base" if self.step == BASE else f"step-{self.step}"
        return self.home / FOLDER / f"{what}-{key[:8]}.json"


@cache
def _code() -> str:
    """A hash of the code that asks and scores, which one version of cltool may have several of."""
    here = Path(__file__).parents[1]
    hasher = hashlib.sha256()
    for place in CODE:
        files = sorted((here / place).glob("*.py")) or [here / place]
        for file in files:
            if file.name not in JUDGES:
                hasher.update(file.read_bytes())
    return hasher.hexdigest()


def requested(run: Run) -> dict[str, Any]:
    """What the run's record says was asked for."""
    asked = run.record.get("requested")
    return dict(asked) if isinstance(asked, dict) else {}


def findings(
    side: Side,
    scope: Scope,
    *,
    fresh: bool = False,
    keep: bool = False,
    learner: Learner | None = None,
    progress: Progress = QUIET,
) -> Findings:
    """What the battery finds out of one model, attacked or as it is kept.

    Args:
        side: the model.
        scope: which facts, and how.
        fresh: attack it, whatever is kept.
        keep: what cannot be kept is of no use.
        learner: stands already where ``side`` says; else one is made where it is needed.
        progress: receives the progress of the attacks.

    Raises:
        UserError: the checkpoint does not fit, the model cannot be loaded, or what was found
            cannot be kept.
    """
    key = side.key(scope)
    held = None if fresh else findings_file.read(side.file(key), key)
    if held is not None:
        return held
    if learner is None:
        learner = standing(side, scope.stream, progress)
    whose = None if side.step == BASE else learner
    case = scope.within(learner.stream)
    target = target_of(learner.lm, scope.settings, whose)
    held = attack(target, case, scope.settings, progress, weights=side.weights)
    try:
        # Of a run that goes on, the checkpoint may be another one by now.
        if side.key(scope) == key:
            findings_file.write(side.file(key), held, key)
    except OSError as error:
        # One audit of a folder that cannot be written to is none the worse.
        if keep:
            raise UserError(
                f"what was found cannot be kept: {error}", where=str(side.home)
            ) from error
    return held


def standing(side: Side, stream: Stream, progress: Progress = QUIET) -> Learner:
    """A learner that stands where ``side`` says."""
    learner = restore.base_learner(side.run, stream, progress)
    if side.step != BASE:
        restore.move_to_step(learner, side.run, side.step)
    return learner


def target_of(lm: LanguageModel, settings: AuditSettings, learner: Learner | None = None) -> Target:
    """``lm``, asked as the strategies of ``learner`` frame prompts."""
    probe = ProbeSettings.model_validate({"batch_size": settings.prompts})
    return Target(lm, str if learner is None else learner.strategies.frame, probe)


def step_before(run: Run, scope: Scope) -> int:
    """The last step before the first request that has a checkpoint; `BASE` where none has."""
    keys = {fact.key for fact in scope.case.erased}
    asking = [u.step for u in scope.stream if any(fact.key in keys for fact in u.forget)]
    first = min(asking, default=0)
    return max((step for step in restore.kept_steps(run) if step < first), default=BASE)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()
