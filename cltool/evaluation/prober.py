"""The prober: asks the model by greedy decoding, and scores the current and outdated objects.

An answer is what greedy decoding produces until the model stops by itself. If every token of the
current (or the outdated) object and the end token are already the most probable ones by a margin,
greedy decoding can only produce that object, so it is not run. All other answers are generated.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from cltool.core.errors import LOWER, OTHER_MODEL, Diverged
from cltool.core.progress import Report, portion, unheard
from cltool.core.settings import ProbeSettings
from cltool.core.team import ALONE, Team
from cltool.evaluation import given as giving
from cltool.evaluation import limits
from cltool.evaluation.choice import Chooser, Chosen
from cltool.evaluation.judge import Judge, RelationNames
from cltool.evaluation.ledger import LEAD, TAGS
from cltool.evaluation.likely_names import NameScorer
from cltool.evaluation.limits import Askable
from cltool.evaluation.matchers import CHOICE, CONTAINS, EXACT, MATCH, WRONG, chosen, verdict
from cltool.evaluation.matching import (
    CONTEXT,
    END,
    LIMIT,
    LINE,
    OUTDATED,
    RIGHT,
    Answer,
    KnownNames,
)
from cltool.facts.identity import object_identity
from cltool.facts.stream import Probe, Stream
from cltool.lm import finite
from cltool.lm.batches import by_length, collate
from cltool.lm.coder import Coder, Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.sampling import Sampler
from cltool.lm.scoring import score

MARGIN = 1e-2
"""Nats by which each token must lead for decoding to be skipped."""

ROUGH_MARGIN = 0.5
"""The same with autocast, which rounds logits to about a tenth of a nat."""

SCORING = 0.2
"""Share of the time of asking that is taken to be scoring, in reports; the rest is generating."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The scores of one completion of a prompt.

    Attributes:
        logp: its natural-log probability after the prompt, without the end token.
        forced: whether each of its tokens was the most probable one.
        shown: whether greedy decoding would produce it and stop.
        ids: the tokens that greedy decoding would produce, with the end token.
        room: the most tokens that the model's context has room for after the prompt.
        flat: whether the model gave every token of its vocabulary the same probability.
    """

    logp: float
    forced: bool
    shown: bool
    ids: tuple[int, ...]
    room: int
    flat: bool = False

    def shown_within(self, limit: int) -> bool:
        """Return whether greedy decoding of at most ``limit`` tokens would produce it and stop."""
        return self.shown and len(self.ids) <= min(limit, self.room)


class Prober:
    """Asks one model for facts.

    Args:
        lm: the model, in its state at the time of each call.
        settings: batch size, longest answer, and how answers are judged.
        stream: what is asked about. Without it, the objects of the probes are all that is known.
        chooser: compares the object of each fact with others; without it, nothing is judged by
            `CHOICE`.
        team: the processes that share the asking; all must ask the same.

    Attributes:
        match: how answers are judged, a key of `cltool.evaluation.matchers.MATCHERS`.

    Raises:
        ValueError: `CHOICE` decides, and there is no chooser.
    """

    def __init__(
        self,
        lm: LanguageModel,
        settings: ProbeSettings,
        stream: Stream | None = None,
        chooser: Chooser | None = None,
        team: Team = ALONE,
    ) -> None:
        self.lm = lm
        self._team = team
        self.settings = settings
        self.match = chosen(settings, lm)
        if self.match == CHOICE and chooser is None:
            raise ValueError("answers are judged by choice, so a chooser is needed")
        self._chooser = chooser
        self._askable = None if stream is None else Askable.of(stream, lm.coder)
        self._sampler = Sampler(lm, settings.batch_size, team=team)

    def ask(
        self,
        step: int,
        probes: Sequence[Probe],
        frame: Callable[[str], str] = str,
        given: giving.Given = giving.nothing,
        report: Report = unheard,
    ) -> list[dict[str, Any]]:
        """Ask ``probes`` after ``step`` and return the rows of the ledger, in the same order.

        Args:
            step: number of the last update.
            probes: the probes to ask.
            frame: the text that the strategy puts around a prompt.
            given: the facts that the strategy puts before a prompt.
            report: is told (done, of) while the model scores and answers.

        Raises:
            Diverged: the model's probabilities are not numbers, or its weights are so large that
                they are all the same.
        """
        was_training = self.lm.model.training
        self.lm.model.eval()
        prompts = [frame(probe.prompt) for probe in probes]
        current = self.score(
            [(prompt, _target(probe)) for prompt, probe in zip(prompts, probes, strict=True)],
            portion(report, 0.0, SCORING),
        )
        outdated = self._outdated(probes, prompts)
        if any(math.isnan(one.logp) for one in current):
            raise Diverged(
                "the model's probabilities are not numbers (NaN)",
                hint=LOWER if step else OTHER_MODEL,
            )
        if any(one.flat for one in current) and (largest := finite.huge(self.lm.model)):
            raise Diverged(
                "the model gives every token the same probability, because its numbers are too"
                f" large to compute with{largest}",
                hint=LOWER if step else OTHER_MODEL,
            )
        askable = self._askable_with(probes)
        limit = limits.limit(self.settings.max_tokens, askable.longest, self.match)
        shown = {n: one.ids for n, one in outdated.items() if one.shown_within(limit)}
        shown |= {n: one.ids for n, one in enumerate(current) if one.shown_within(limit)}
        open_ones = [number for number in range(len(probes)) if number not in shown]
        spoken = {n: self._answer(ids, limit) for n, ids in shown.items()}
        said = self.generate([prompts[n] for n in open_ones], limit, portion(report, SCORING, 1.0))
        spoken |= zip(open_ones, said, strict=True)
        choices = self._choices(probes, frame)
        self.lm.model.train(was_training)
        judge = Judge(askable.names, askable.relations)
        return [
            {
                **_row(step, probe, spoken[n], current[n], outdated.get(n)),
                **_judged(judge, self.match, probe, spoken[n], choices.get(n)),
                **giving.columns(probe, given(probe.prompt)),
            }
            for n, probe in enumerate(probes)
        ]

    def _outdated(self, probes: Sequence[Probe], prompts: Sequence[str]) -> dict[int, Completion]:
        """Return place of a probe → how probable its last outdated object is, where it has one."""
        places = [place for place, probe in enumerate(probes) if probe.outdated]
        pairs = [
            (prompts[n], probes[n].gap + probes[n].outdated[-1] + probes[n].closing) for n in places
        ]
        return dict(zip(places, self.score(pairs), strict=True))

    def _choices(self, probes: Sequence[Probe], frame: Callable[[str], str]) -> dict[int, Chosen]:
        """Return place of a probe → what the model finds most probable, for one probe a fact."""
        if self._chooser is None:
            return {}
        # A scorer finds out with its first names whether they can share a pass over the prompt. So
        # that the answers of a step do not depend on earlier steps, each step has one of its own.
        scorer = NameScorer(self.lm, self.settings.batch_size, self._team)
        return self._chooser.choose(probes, frame, scorer)

    def score(self, pairs: Sequence[tuple[str, str]], report: Report = unheard) -> list[Completion]:
        """Score each (prompt, completion) with one forward pass."""
        encoded = self.lm.coder.pairs(pairs)
        batches = by_length([len(example) for example in encoded], self.settings.batch_size)
        done = 0

        def reported(indices: Sequence[int]) -> None:
            nonlocal done
            done += len(indices)
            report(min(done * self._team.size, len(encoded)), len(encoded))

        scores = self._team.spread(
            batches, lambda indices: self._score_batch([encoded[n] for n in indices]), reported
        )
        found: dict[int, Completion] = {}
        for indices, some in zip(batches, scores, strict=True):
            found |= zip(indices, some, strict=True)
        return [found[number] for number in range(len(encoded))]

    @torch.no_grad()
    def _score_batch(self, examples: Sequence[Encoded]) -> list[Completion]:
        batch = {
            name: tensor.to(self.lm.device)
            for name, tensor in collate(examples, self.lm.coder.pad).items()
        }
        with self.lm.precision.autocast():
            scored = score(self.lm.model, batch)
        logits = scored.logits.float()
        counted = scored.labels != -100
        labels = scored.labels.masked_fill(~counted, 0).unsqueeze(-1)
        logps = logits.log_softmax(-1).gather(-1, labels).squeeze(-1)
        # The best rival: a label leads when its logit beats every other one.
        rivals = logits.scatter(-1, labels, float("-inf")).max(-1).values
        lead = logits.gather(-1, labels).squeeze(-1) - rivals
        last = counted & (counted.long().flip(1).cumsum(1).flip(1) == 1)
        ends = torch.tensor([example.end for example in examples], device=last.device)
        is_end = last & ends.unsqueeze(1)
        inner = counted & ~is_end
        logp = (logps * inner).sum(1).tolist()
        forced = ((lead >= 0) | ~inner).all(1).tolist()
        margin = MARGIN if self.lm.precision.dtype == torch.float32 else ROUGH_MARGIN
        sure = (((lead > margin) | ~counted).all(1) & ends).tolist()
        # Where numbers overflow, some architectures go on with zeros in place of NaN.
        level = ((logits.amax(-1) == logits.amin(-1)) | ~counted).all(1)
        flat = (level & counted.any(1)).tolist()
        stops = set(self.lm.coder.stops)
        found = []
        each = zip(examples, logp, forced, sure, flat, strict=True)
        for example, one, most, shown, same in each:
            ids = example.ids[example.start :]
            # Decoding would end at a line break inside the object.
            whole = shown and stops.isdisjoint(ids[:-1])
            room = self.lm.context - example.start + 1
            found.append(Completion(one, most and not same, whole, ids, room, same))
        return found

    def generate(
        self, prompts: Sequence[str], limit: int, report: Report = unheard
    ) -> list[Answer]:
        """Generate the greedy answer to each prompt, within ``limit`` tokens and the context."""
        written = self._sampler.answers(self.lm.coder.prompts(prompts), limit, report)
        return [self._answer(ids, limit) for ids in written]

    def _answer(self, ids: Sequence[int], limit: int) -> Answer:
        return spoken(self.lm.coder, ids, limit)

    def _askable_with(self, probes: Sequence[Probe]) -> Askable:
        """Return what is known of the stream and, if some is not in it, of the probes."""
        held = self._askable
        known = frozenset[str]() if held is None else held.names.identities
        closings = frozenset[str]() if held is None else held.closings
        new = {
            (probe.gap, name, probe.closing)
            for probe in probes
            for name in (*probe.accepted, *probe.outdated)
            if object_identity(name) not in known or probe.closing not in closings
        }
        longest = limits.longest_of(self.lm.coder, map("".join, new))
        if held is not None:
            return replace(held, longest=max(held.longest, longest))
        named = ((*probe.key, (*probe.accepted, *probe.outdated)) for probe in probes)
        names = KnownNames(sorted(name for _, name, _ in new))
        return Askable(names, longest, relations=RelationNames(named))


def spoken(coder: Coder, ids: Sequence[int], limit: int) -> Answer:
    """Return generated tokens as an answer.

    Args:
        coder: made the tokens.
        ids: what was generated; the last one is a stop token if the answer ended by itself.
        limit: the most tokens that were asked for.
    """
    if ids and ids[-1] in coder.stops:
        stop = END if ids[-1] in coder.ends else LINE
    else:
        stop = LIMIT if len(ids) >= limit else CONTEXT
    return Answer(coder.decode(ids), stop)


def _target(probe: Probe) -> str:
    return probe.gap + probe.accepted[0] + probe.closing


def _judged(
    judge: Judge, match: str, probe: Probe, answer: Answer, choice: Chosen | None
) -> dict[str, Any]:
    """Return the columns of the ledger that say whether a probe is answered right."""
    found = judge.both(probe, answer)
    verdicts = {
        EXACT: verdict(found[EXACT]),
        CONTAINS: verdict(found[CONTAINS]),
        CHOICE: None if choice is None else choice.verdict,
    }
    named = found.get(match)
    decisive = verdicts[match] or WRONG
    return {
        "matched": None if named is None or decisive == WRONG else named.span,
        "right": decisive == RIGHT,
        "stale": decisive == OUTDATED,
        MATCH: match,
        **verdicts,
        "chosen": None if choice is None else choice.name,
    }


def _row(
    step: int, probe: Probe, answer: Answer, current: Completion, outdated: Completion | None
) -> dict[str, Any]:
    """Return the columns of the ledger that say what was asked and answered."""
    return {
        "step": step,
        "subject": probe.key[0],
        "relation": probe.key[1],
        "form": probe.form,
        "number": probe.number,
        "prompt": probe.prompt,
        "closing": probe.closing,
        "group": probe.group,
        "learned": probe.learned,
        "accepted": list(probe.accepted),
        "outdated": list(probe.outdated),
        "answer": answer.text,
        "stop": answer.stop,
        "forced": current.forced,
        "logp": current.logp,
        "logp_outdated": None if outdated is None else outdated.logp,
        **({LEAD: probe.gap.strip()} if probe.gap.strip() else {}),
        **({TAGS: json.dumps(dict(probe.tags), ensure_ascii=False)} if probe.tags else {}),
    }
