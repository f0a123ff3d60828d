"""The learner: Avalanche's training template, adapted to causal language models.

The batch of a step is split into micro-batches. The loss of a micro-batch is the mean over its
own tokens, weighted by its share of the batch's tokens. So the gradients add up to the gradient
of the whole batch, however it is split. Avalanche's callbacks around the forward pass and before
the backward pass run for each micro-batch; those after the backward pass and around the optimizer
run once a step. What a plugin adds to ``learner.loss`` therefore counts once a step. Where memory
runs out, the batch is split into smaller micro-batches.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

import torch
from avalanche.benchmarks.scenarios.generic_scenario import EagerCLStream
from torch import Tensor, nn

from cltool.core.progress import QUIET, Progress
from cltool.core.seeds import derive
from cltool.core.settings import LearnerSettings
from cltool.core.team import ALONE, Team
from cltool.facts.facts import Fact, Key, Knowledge, Update
from cltool.facts.stream import Stream
from cltool.lm import checkpointing, optimizers
from cltool.lm.batches import Batch, collate, split
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel
from cltool.lm.scoring import Scored
from cltool.lm.sharding import whole
from cltool.training.budget import Budget
from cltool.training.divergence import Place, Watch
from cltool.training.experience import Experience
from cltool.training.forward_size import ForwardSize
from cltool.training.loader import Loader
from cltool.training.loggers import Scores, evaluator
from cltool.training.order import losses_before, make_order
from cltool.training.rehearsal import Rehearsal
from cltool.training.share import Outcomes, Share
from cltool.training.stopping import STEPS, Stopping, Training
from cltool.training.strategy import Strategies
from cltool.training.template import LanguageTemplate

Rebuild = Callable[[Collection[Key], Progress], tuple[Mapping[str, Tensor], int]]
"""(keys, progress) → the parameters and buffers, by name, of a base model that was never taught
these keys, and the number of tokens that it was trained on."""


class Learner(LanguageTemplate):
    """Trains a causal LM on updates.

    Args:
        lm: the model and its tokenizer.
        stream: gives the wordings.
        settings: how to train; the learning rate must be resolved.
        strategies: their hooks run in their order.
        seed: of the run.
        loggers: Avalanche loggers (TensorBoard, W&B, CSV, …).
        rebuild: builds the base model without some facts; None where cltool cannot.
        team: the processes that train the model together.

    Attributes:
        known: the facts that are true now; the experiment updates it.
        current: the update that is being applied; the experiment sets it.
        tokens: tokens processed so far, in training or for a strategy.
        steps: training steps taken so far.
        logs: name → the last value logged in this update; emptied by the experiment.
        trained: how the last training of this update went, if there was one.
        warnings: what readers of the run's results must know; strategies add sentences.
        forward_size: how many sequences pass through the model at once.
        rehearsal: notes which examples of earlier facts were rehearsed in this update.
        loader: the batches of the update in training.
        stopping: decides when the training that goes on stops.
        progress: receives the progress of the update; set by the experiment.
    """

    mbatch: Any
    adapted_dataset: Any

    def __init__(
        self,
        *,
        lm: LanguageModel,
        stream: Stream,
        settings: LearnerSettings,
        strategies: Strategies,
        seed: int = 0,
        loggers: Sequence[Any] = (),
        rebuild: Rebuild | None = None,
        team: Team = ALONE,
    ) -> None:
        scores = Scores()
        super().__init__(
            model=lm.model,
            optimizer=torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.0),
            criterion=nn.CrossEntropyLoss(),
            train_mb_size=settings.batch_size,
            train_epochs=settings.epochs or sys.maxsize,
            device=lm.device,
            plugins=strategies.plugins,
            evaluator=evaluator(scores, loggers),
        )
        optimizers.refuse_missing(settings.optimizer, lm.device)
        if settings.gradient_checkpointing:
            checkpointing.enable(lm.model)
        self.scores = scores
        if not loggers:
            # Without loggers it would still be called a dozen times a step.
            self.plugins.remove(cast(Any, self.evaluator))
        self.lm = lm
        self.stream = stream
        self.settings = settings
        self.strategies = strategies
        self.seed = seed
        self.known = Knowledge()
        self.tokens = 0
        self.steps = 0
        self.logs: dict[str, float] = {}
        self.trained: Training | None = None
        self.warnings: list[str] = []
        self.team = team
        self.budget = Budget(settings, team)
        self.forward_size = ForwardSize(settings.forward_size)
        self.progress = QUIET
        self.current: Update | None = None
        self.rebuild = rebuild
        self.rehearsal = Rehearsal()
        self.loader: Loader
        self._step = 0
        self._steps = 0
        self._batch = 0
        self._watch = Watch(lm.device)
        self._share = Share(team)

    def begin(self, update: Update, owed: float = 0.0) -> None:
        """Start the budget of ``update``, less what earlier updates ``owed``."""
        self.current = update
        self.forward_size.reset()
        self.budget = Budget(self.settings, self.team)
        self.budget.begin(self.tokens, self.steps, owed)

    # -- what strategies call ------------------------------------------------------------

    def fit(self, facts: Sequence[Fact]) -> None:
        """Train on ``facts`` in all their trained wordings, with the strategies' hooks."""
        self.fit_examples(self.examples(facts), facts)

    def fit_examples(self, examples: Sequence[Encoded], facts: Sequence[Fact] = ()) -> None:
        """Train on ``examples``; does nothing when there are none."""
        if not examples:
            return
        current = self.current
        label, forgets = (current.label, current.forget) if current is not None else ("base", ())
        update = Update(max(self.known.step, 0), label, tuple(facts), forgets)
        experience = Experience(examples, self.collate, update)
        EagerCLStream("train", [experience])
        self.train(experience, eval_streams=[])
        self.trained = self.stopping.result()
        # Gradients take as much memory as the weights; free it before the model is probed.
        self.optimizer.zero_grad(set_to_none=True)
        self.model.eval()

    def examples(self, facts: Sequence[Fact]) -> list[Encoded]:
        """Return ``facts`` in all their trained wordings, as tokens."""
        wordings = self.stream.wordings
        return self.lm.coder.pairs([pair for fact in facts for pair in wordings.examples(fact)])

    def collate(self, examples: Sequence[Encoded]) -> Batch:
        """Return one padded batch, on the CPU."""
        return collate(examples, self.lm.coder.pad, whole=self.settings.loss == "all")

    def score(self, batch: Batch) -> Scored:
        """Run a forward pass in the run's precision; ``batch`` may be on any device.

        Its tokens count as training tokens, with or without gradients; padding does not count.
        """
        self.tokens += int(batch["attention_mask"].sum())
        return self._score(batch)

    def spend(self, tokens: int) -> None:
        """Count ``tokens`` that a strategy processed without `score`, such as generated text.

        They count as training tokens, and against a fixed budget. Every token that the model, or a
        copy of it, reads for the strategy counts once for each forward pass, and every token that
        it writes counts once.
        """
        self.tokens += tokens

    def log(self, name: str, value: float | Tensor) -> None:
        """Record a number about this update, such as the size of a penalty.

        The run folder keeps it, and Avalanche's loggers receive it. If one name is logged several
        times in an update, the last value counts.
        """
        self.logs[name] = float(value)

    def left(self) -> int | None:
        """Return the tokens that the update may still spend; None without a token budget."""
        if self.budget.kind != "tokens":
            return None
        return int(self.budget.left(self.tokens, self.steps))

    def share_left(self) -> float | None:
        """Return the share of the update's budget that is left; None without a budget."""
        if self.budget.kind is None:
            return None
        return min(1.0, self.budget.left(self.tokens, self.steps) / self.budget.amount)

    def replace_model(self, model: nn.Module) -> None:
        """Use ``model``, such as a PEFT wrapper, for training and probing from here on."""
        self.model = self.lm.model = model
        model.eval()

    def generator(self, purpose: str) -> torch.Generator:
        """Return a generator that depends on the seed, the step and ``purpose`` alone."""
        return torch.Generator().manual_seed(derive(self.seed, self.known.step, purpose))

    @contextmanager
    def seeded(self, purpose: str) -> Iterator[None]:
        """Seed torch's global generators for ``purpose`` inside, and restore them afterwards.

        Needed for libraries that use the global generators, such as PEFT.
        """
        with torch.random.fork_rng([self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(self.generator(purpose).initial_seed())
            yield

    def trainable(self) -> dict[str, nn.Parameter]:
        """Return the parameters that an update may change, by name."""
        return {n: p for n, p in self.model.named_parameters() if p.requires_grad}

    # -- Avalanche's template, adapted ----------------------------------------------------

    def make_train_dataloader(self, *args: Any, **kwargs: Any) -> None:
        """Make the batches of an update, in the order of ``learner.order``."""
        self.loader = Loader(
            list(self.adapted_dataset),
            self.settings.batch_size,
            self.generator("batches"),
            self.collate,
            [],
            make_order(self.settings.order, self.settings.batch_size),
            self.rehearsal.note,
        )
        self.dataloader = self.loader

    def check_model_and_optimizer(self, *args: Any, **kwargs: Any) -> None:
        """Build an optimizer over the trainable parameters; its groups are never rewritten."""
        self.optimizer = optimizers.build(
            self.model,
            self.settings.optimizer,
            float(self.settings.lr or 0.0),
            self.settings.weight_decay,
        )
        budget = self.budget.kind is not None
        self.stopping = Stopping(self.settings, budget, len(self.loader), len(self.loader.own))
        self.train_epochs = sys.maxsize if budget else self.stopping.farthest
        self._began = self._spent()
        self._step = 0

    def training_epoch(self, **kwargs: Any) -> None:
        """Train for one epoch."""
        order = self.loader.order
        if unscored := order.unscored(self.loader.own):
            order.score(losses_before(self, unscored))
        if self._step == 0:
            # What strategies spent before the first step does not count as the cost of a step.
            self._began = self._spent()
        self._steps = self._step + self._steps_left()
        self._outcomes = Outcomes()
        watched = self.stopping.watches_loss
        for number, batch in enumerate(self.dataloader, start=1):
            if self._stop_training:
                break
            self._batch = number
            self._training_step(batch, kwargs)
            self._step += 1
            self.steps += 1
            self.progress(self._step, max(self._steps, self._step))
            if self.share_left() == 0.0:
                self.stop_training()
        self._watch.look()
        hits, losses, places = self._outcomes.of(self.team)
        if order.follows:
            hits, losses = self.loader.record(places, hits, losses)
        over = self.stopping.after_epoch(hits, losses if watched else [])
        if over and self.strategies.settled(self):
            self.stop_training()

    def _steps_left(self) -> int:
        # The number of rehearsed examples is known only when an epoch begins.
        if self.budget.kind is None:
            left = self.stopping.planned - self.clock.train_exp_epochs
            return int(len(self.loader) * max(1, left))
        # What strategies spend in addition to the batches can only be estimated from earlier steps.
        first = {"tokens": self.loader.tokens, "steps": 1.0, "seconds": self.budget.amount / STEPS}
        a_step = (self._spent() - self._began) / self._step if self._step else 0.0
        left = self.budget.left(self.tokens, self.steps)
        return max(1, round(left / (a_step or first[self.budget.kind])))

    def _spent(self) -> float:
        return self.budget.spent(self.tokens, self.steps)

    def _before_training_epoch(self, **kwargs: Any) -> None:
        self.loader.begin_epoch()
        super()._before_training_epoch(**kwargs)

    def _training_step(self, batch: Batch, kwargs: dict[str, Any]) -> None:
        settings = self.settings
        optimizers.set_factor(
            self.optimizer,
            optimizers.schedule_factor(settings.schedule, self._step, self._steps, settings.warmup),
        )
        self.tokens += int(batch["attention_mask"].sum())
        own = self._share.take(batch)
        parts = self._share.split(own, self.forward_size.size)
        self.mbatch = parts[0]
        self._unpack_minibatch()
        self._before_training_iteration(**kwargs)
        parts[0] = self.mbatch
        size, begun, marks = self.forward_size.size, self.tokens, self._outcomes.marks()

        def attempt(fits: int) -> list[Tensor]:
            # What an attempt that ran out of memory left behind does not count.
            self.tokens = begun
            self._outcomes.back_to(marks)
            self.optimizer.zero_grad()
            chosen = parts if fits == size else self._share.split(own, fits)
            return self._accumulate(chosen, kwargs) if self._share.works_on(chosen) else []

        # Processes with sharded weights need the same number of parts: none may try again alone.
        losses = attempt(size) if self.team.sharded else self.forward_size.run(attempt)
        if self.team.size > 1:
            trained, counted = self.trainable().values(), self.tokens - begun
            losses, counted = self._share.add_up(trained, losses, counted)
            self.tokens = begun + counted
        self._after_backward(**kwargs)
        self._before_update(**kwargs)
        self._watch.record("loss", self._place(), *losses)
        self.optimizer_step()
        self._after_update(**kwargs)
        self._after_training_iteration(**kwargs)

    def _accumulate(self, parts: Sequence[Batch], kwargs: dict[str, Any]) -> list[Tensor]:
        """Add up the gradients of ``parts`` and return their weighted losses."""
        losses: list[Tensor] = []
        for part, weight in zip(parts, self._share.weights(parts), strict=True):
            self.mbatch = part
            self._unpack_minibatch()
            self._before_forward(**kwargs)
            self.run_forward()
            self._after_forward(**kwargs)
            self.loss = self._make_empty_loss() + self.criterion()
            self._before_backward(**kwargs)
            self._note_outcomes()
            if weight != 1.0:
                self.loss = self.loss * weight
            losses.append(self.loss.detach())
            self.backward()
        return losses

    def _note_outcomes(self) -> None:
        """Keep what the model made of the update's examples in the current micro-batch."""
        own, follows = self.mbatch["own"], self.loader.order.follows
        self._outcomes.hits.append(self._scored.hits()[own])
        if self.stopping.watches_loss or follows:
            self._outcomes.losses.append(self.losses()[own])
        if follows:
            self._outcomes.places.append(self.mbatch["place"][own])
        if self.team.size > 1:
            self._outcomes.number(self.mbatch["row"][own])

    def micro_batches(self, batch: Batch) -> list[Batch]:
        """Split ``batch`` into parts of at most ``forward_size`` rows."""
        return split(batch, self.forward_size.size)

    def optimizer_step(self) -> None:
        """Clip the gradient and take an optimizer step.

        Raises:
            Diverged: the gradient is not finite; on a GPU, some steps later.
        """
        if self.settings.clip > 0:
            trained = [p for p in self.model.parameters() if p.grad is not None]
            norm = nn.utils.clip_grad_norm_(trained, self.settings.clip)
            self._watch.record("gradient", self._place(), whole(norm))
        self.optimizer.step()

    def _place(self) -> Place:
        label = self.current.label if self.current is not None else "base"
        epoch, rate = self.clock.train_exp_epochs + 1, float(self.settings.lr or 0.0)
        return Place(label, self._step + 1, epoch, self._batch, rate)
