"""The text of ``docs/hooks.md``: the hooks in their order, and reference tables from the code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection, Iterable, Mapping
from inspect import cleandoc
from typing import Any

_HEAD = """\
# Hooks: write a strategy

*The tables of this page are made from the code by `python -m tools.docs`; tests check them and
the order of the hooks.*

A strategy is a class derived from `cltool.Strategy`. It is also an Avalanche plugin
(`SupervisedPlugin`), so it has two kinds of hooks: methods of `Strategy`, which run once for each
update, and Avalanche's callbacks, which run while the learner trains. Override the ones that you
need; all others do nothing. Hooks that take the learner take it as the first argument; the
`Learner` holds the model. The README has a [complete example](../README.md#a-strategy-of-your-own).

The constructor only stores the settings. Create everything else in `attach`.

## The order of a run

Step 0 is the base knowledge. The model knows it already, so the strategy is attached and nothing
is trained. After every step, step 0 included, cltool saves `state_dict()` and asks the model
about every fact.

"""

RUN: Mapping[str, tuple[str, str]] = {
    "attach": (
        "once, on the base model",
        "`learner.known` holds the base knowledge. Strategies with `replaces_model` are attached"
        " before the others.",
    ),
    "forget": (
        "for each update",
        "The facts that the update supersedes or erases. `learner.known` holds the update already;"
        " the weights are still those before it.",
    ),
    "begin_update": (
        "for each update",
        "The update. `learner.known` holds it already; the weights are still those before it.",
    ),
    "purge": (
        "for each update that asks to forget",
        "The facts to erase. The weights are still those before the update.",
    ),
    "update": (
        "for each update",
        "The update. The default trains on `update.learn` with `learner.fit`, in which Avalanche's"
        " callbacks run. If no strategy of a composition overrides it, the default runs once.",
    ),
    "settled": (
        "after each epoch, once the update is learned or makes no more progress",
        "Training stops when every strategy returns true. With a fixed budget of tokens, steps or"
        " seconds it is not called.",
    ),
    "erase": (
        "for each update that asks to forget",
        "`update.forget`; the weights that have learned the update.",
    ),
    "erasing_done": (
        "after `erase`, on every strategy",
        "The weights without the erased facts.",
    ),
    "frame": (
        "for each prompt, when the model is asked",
        "The prompt as text. The weights are those after the step.",
    ),
    "given": (
        "for each prompt, when the model is asked",
        "The prompt as text. Return the facts that `frame` puts before it: the ledger then says of"
        " each probe whether its fact was found.",
    ),
    "fold": (
        "before the final model is saved",
        "The weights after the last step. Write into them what the strategy stores elsewhere; the"
        " model's answers must stay the same. Return False if a saved model lacks it.",
    ),
}
"""The methods that a run calls, in their order: how often, and what they see."""

_CALLBACKS = """\

With `state_dict`, `load_state_dict` and `stored` a strategy says what it keeps: `state_dict` is
saved after every step and given back to `load_state_dict`, after `attach`, when a run is resumed.

## Avalanche's callbacks

They run, in this order, each time something calls `learner.fit` or `learner.fit_examples`. Each
has the signature `(self, learner, **kwargs)`. With several strategies (`replay+ewc`), each callback
runs for all of them, in the order in which they are named.

"""

CALLBACKS: Mapping[str, tuple[str, str]] = {
    "before_training": ("a call of `fit`", "Nothing is set up for the update yet."),
    "before_train_dataset_adaptation": ("a call of `fit`", "`learner.experience`."),
    "after_train_dataset_adaptation": ("a call of `fit`", "`learner.adapted_dataset`."),
    "before_training_exp": (
        "a call of `fit`",
        "`learner.experience.update` (the update, with the facts that are trained as `learn`),"
        " `learner.loader` and a new optimizer. The model is in training mode.",
    ),
    "before_training_epoch": (
        "epoch",
        "Add examples to `learner.loader.rehearsed` (it is empty) to mix them into the epoch. If"
        " you rehearse in another way, pass the examples to `learner.rehearsal.note`: the run"
        " records which facts each update rehearsed.",
    ),
    "before_training_iteration": (
        "step",
        "`learner.mbatch` is the first micro-batch. The learning rate is set. The gradients of"
        " the step before are still there; they are set to zero next.",
    ),
    "before_forward": ("micro-batch", "`learner.mbatch`."),
    "after_forward": ("micro-batch", "`learner.mb_output`, the logits."),
    "before_backward": (
        "micro-batch",
        "`learner.loss`, the mean cross entropy over the micro-batch's learned tokens. Add terms"
        " to it here.",
    ),
    "after_backward": (
        "step",
        "The gradients of the whole batch. `learner.mbatch` is the last micro-batch.",
    ),
    "before_update": ("step", "The gradients, before they are clipped."),
    "after_update": ("step", "The weights after the optimizer's step."),
    "after_training_iteration": ("step", "As in `after_update`."),
    "after_training_epoch": (
        "epoch",
        "Call `learner.stop_training()` to stop after this epoch.",
    ),
    "after_training_exp": ("a call of `fit`", "The trained weights; still in training mode."),
    "after_training": ("a call of `fit`", "As in `after_training_exp`."),
}
"""Avalanche's callbacks of a training, in their order: once for each what, and what they see."""

_MICRO = """\

`before_update` and `after_update` are named after the optimizer's update in Avalanche, not after
an update of the stream.

## Micro-batches

A step trains on `learner.settings.batch_size` sentences. If `learner.settings.micro_batch_size` is
set, the learner cuts the batch into parts of this size, runs a forward and a backward pass for each
part, and makes one step of the optimizer with the sum of the gradients. Each part's loss is
weighted by its share of the batch's learned tokens, so the step is the same with and without
micro-batches. Where memory runs out, the learner starts the step again with half as many sequences
in a part; `learner.forward_size.size` is the present number, which each update sets back.

Therefore:

- `before_forward`, `after_forward` and `before_backward` run once for each micro-batch.
  Everything around the optimizer and `after_backward` run once for each step.
- The weight applies to the whole `learner.loss`. A term that does not depend on the batch, such
  as a penalty on the weights, counts once a step if you add it in every `before_backward`. A term
  that depends on the batch must be a mean over the learned tokens of `learner.mbatch`.
- Count steps and draw what is random in `before_training_iteration`, not in `before_backward`.
- After memory ran out, the hooks of the micro-batches run again for the same step. What
  `before_training_iteration` changed in `learner.mbatch` is lost then: the batch is cut anew.

`learner.mbatch` is a dictionary of tensors on the learner's device: `input_ids`, `attention_mask`
and `labels` (−100 where a token is not learned), each of shape (batch, length); `place` (batch,),
the index of each row's example in `learner.loader.own` followed by `learner.loader.rehearsed`;
`own` (batch,), whether the row is one of the update's sentences; and, if `learner.settings.loss` is
`all`, `completion` (batch, length), whether a token follows the prompt. `learner.mb_output` has
shape (batch, kept, vocabulary): the predictions from the first learned token on. With a vocabulary
of 16,384 or more, they are computed when `learner.mb_output` is first read.

## The order of the update's sentences

`learner.order` decides which of the update's sentences an epoch has, and in which order.
`learner.loader.examples` are all of them. `learner.loader.own` are those of the epoch: with the
order `spaced`, only those that are due. The list is set before `before_training_epoch`, so what a
strategy adds in proportion to it keeps its proportion. A strategy that replaces
`learner.loader.own` decides from then on which sentences an epoch has. With `easy_first` and
`hard_first`, the rehearsed examples of the first epoch are spread evenly over its batches.
[comparing.md](comparing.md#the-order-of-the-sentences) says what the orders are.

## Strategies that are composed

Callbacks and hooks run for every strategy, in the order of the composition. Three hooks have an
owner:

- `update` is run by the strategy that overrides it. At most one may.
- `erase` is run by the strategy that overrides it. At most one may.
- Only one strategy may set `replaces_model`.

`excludes` names other strategies or families that yours cannot be composed with, `requires` those
that it needs; both give the reason, which the error message shows.

## Randomness

Draw from `learner.generator(purpose)`. It depends on the run's seed, the step and the purpose, so
a resumed run repeats it. If a library draws from PyTorch's global generator, call it inside
`with learner.seeded(purpose):`.

## Diagnostics

`learner.log("penalty", value)` records a number about the update. Of several values under one name
in one update, the last is kept. It is written to `steps.jsonl` under `logs`, is a column of
`run.logs` and (as `log.penalty`) of `run.metrics()`, and goes to Avalanche's loggers as
`cltool/log.penalty`. Put your strategy's name into the name where strategies are composed.

## Tokens

Every token that the model, or a copy of it, reads for the strategy counts once for each forward
pass, with or without gradients; every token that it writes counts once. Padding does not count, and
neither do the answers to probes. `learner.fit` and `learner.score` count by themselves. After every
other forward pass (`learner.model(…)`, a copy of the model, `generate`) call
`learner.spend(tokens)`. `check_strategy` compares the tokens that pass through the model with those
that are counted.

With a budget (`learner.tokens`, `steps` or `seconds`), training stops at the first step that uses
the budget up. So an update can spend a little more than its budget, and much more if the strategy
works outside of training steps. What an update spends beyond its budget is **carried over**: it is
deducted from the budgets of the updates that follow, until it is made up for. An update whose whole
budget is owed still takes one training step. `owed` in `steps.jsonl` is what was deducted. A
warning names the updates that spent more than 1.25 times their budgets, those that had less than
half of it left, and those that taught nothing. Every run compares the tokens that pass through the
model with those that are counted. A warning names the updates that left more than 5% of them
uncounted, and those that changed the weights without counting any.

## Check it

`cltool.testing.check_strategy(MyStrategy)` runs the class through a small stream on a small model
and checks the contract: runs repeat and resume, what was erased is gone from every state, hooks
leave the model as they found it, results do not depend on micro-batches or on global random
generators. `check_strategy(MyStrategy, with_="replay")` checks it composed with other strategies.

If a hook raises an exception, `cltool run` ends with code 2 and one message: the strategy, the file
and line, and the exception. With the environment variable `CLTOOL_TRACEBACK=1` it shows the whole
traceback. `compare` and `tune` write the traceback to a file beside the runs.

"""


def hooks_page() -> str:
    """Return the page."""
    from cltool.training.learner import Learner
    from cltool.training.strategy import Strategy

    return "".join(
        [
            _HEAD,
            _table(("hook", "called", "what it sees"), _rows(RUN)),
            _CALLBACKS,
            _table(("callback", "once for each", "what it sees"), _rows(CALLBACKS)),
            _MICRO,
            "## The learner's methods\n\nThese are cltool's own; the learner also has those of"
            " Avalanche's `SupervisedTemplate`, such as `stop_training()`.\n\n",
            _table(
                ("method", "what it does"), _methods(Learner, leave_out={"begin", "run_forward"})
            ),
            "\n## The learner's attributes\n\nOf Avalanche's attributes, `model`, `optimizer`,"
            " `loss`, `mbatch`, `mb_output` and `experience` are used most.\n\n",
            _table(("attribute", "what it is"), _described(Learner)),
            "\n## The strategy's methods\n\n",
            _table(("method", "what it does"), _methods(Strategy)),
            "\n## The strategy's attributes\n\nSet them in the class.\n\n",
            _table(("attribute", "what it is"), _described(Strategy)),
        ]
    )


def _rows(hooks: Mapping[str, tuple[str, str]]) -> list[tuple[str, ...]]:
    return [(f"`{name}`", *texts) for name, texts in hooks.items()]


def _methods(kind: type[Any], leave_out: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return signature and first sentence of the public methods that only cltool's classes have.

    Args:
        kind: the class; the methods of its base classes in cltool count as its own.
        leave_out: methods that only cltool itself calls.
    """
    own = [base for base in kind.__mro__ if base.__module__.partition(".")[0] == "cltool"]
    excluded = {name for base in set(kind.__mro__).difference(own) for name in vars(base)}
    methods: dict[str, Any] = {}
    for base in own:
        methods |= {name: one for name, one in vars(base).items() if name not in methods}
    return [
        (f"`{_signature(name, method)}`", _first_sentence(method.__doc__ or ""))
        for name, method in methods.items()
        if inspect.isfunction(method) and not name.startswith("_")
        if name not in excluded.union(leave_out)
    ]


def _signature(name: str, method: Any) -> str:
    """Return a method's call as it is written: ``fit(facts: Sequence[Fact])``."""
    signature = inspect.signature(method)
    parts = []
    for parameter in list(signature.parameters.values())[1:]:
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        parts.append(f"{parameter.name}: {parameter.annotation}{default}")
    result = signature.return_annotation
    arrow = "" if result in ("None", signature.empty) else f" → {result}"
    return f"{name}({', '.join(parts)}){arrow}"


def _first_sentence(docstring: str) -> str:
    paragraph = " ".join(cleandoc(docstring).partition("\n\n")[0].split())
    return re.split(r"(?<=\.) ", paragraph, maxsplit=1)[0].replace("``", "`")


def _described(kind: type[Any]) -> list[tuple[str, str]]:
    """Return name and description of what the class's docstring lists as arguments, attributes."""
    found: dict[str, str] = {}
    section = name = ""
    for line in cleandoc(kind.__doc__ or "").splitlines():
        if not line.startswith(" "):
            section = line.removesuffix(":")
        elif section in ("Args", "Attributes"):
            head = re.fullmatch(r" {4}(\w+): (.+)", line)
            name = head[1] if head else name
            found[name] = head[2] if head else f"{found[name]} {line.strip()}"
    given = {"loggers", "strategies"}
    return [
        (f"`{name}`", text.replace("``", "`")) for name, text in found.items() if name not in given
    ]


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(header)
    lines = [names, ["---"] * len(names), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "".join("| " + " | ".join(line) + " |\n" for line in escaped)
