"""``make bench``: ratios of processor time measured in one run, side by side, never single timings.

Every pair of contenders takes turns (A B A B …), and a ratio is the median over the turns,
so that a machine whose speed drifts slows both alike. The machine's noise is the same thing
measured twice.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cltool.core.settings import ProbeSettings
    from cltool.lm.language_model import LanguageModel
    from cltool.training.learner import Learner

TURNS = 7


def main() -> int:
    """Run all benchmarks and print their ratios."""
    import torch

    from tools.bench_training import memory, step_ratios

    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, one thread, {TURNS} turns each; medians, ratios in one run")
    for name, bench in (
        ("command line", help_ratio),
        (
            "an update's training over a bare loop's and Avalanche's Naive's",
            learner_ratios,
        ),
        ("asking over a bare batched generate of the same prompts (≤ 0.7)", prober_ratios),
        ("bfloat16 over float32, a training step", precision_ratios),
        ("CPU seconds of a training step on smollm2 over others' (≤ 1.0)", step_ratios),
        ("peak memory of an update of smollm2", memory),
        ("the embedded model of leaders, without and with a page of facts", open_book_figures),
        ("long texts: CPU seconds by tokens, and the exponent from 2,048 on", text_costs),
        ("strategies over naive, after 1, 10 and 50 updates", strategy_costs),
    ):
        print(f"\n{name}")
        for line in bench():
            print(f"  {line}", flush=True)
    return 0


def open_book_figures() -> Iterator[str]:
    """Shares of right answers (`tools.open_book`)."""
    from tools import open_book

    for what, share in open_book.figures("leaders").items():
        yield f"{what:<14} {share:.3f}"


def text_costs() -> Iterator[str]:
    """Measure what texts cost the embedded models, by their length (`tools.lengths`)."""
    from tools import lengths

    yield from lengths.table(lengths.names(), lengths.LONGEST)


def strategy_costs() -> Iterator[str]:
    """Measure every built-in strategy relative to naive, on a stream that forgets nothing."""
    from cltool.strategies import STRATEGIES
    from tools import costs

    entries = [entry for entry in STRATEGIES.entries() if entry.family != "unlearning"]
    names = [entry.name for entry in entries if entry.source == "built-in"]
    yield from costs.table([*names, "avalanche:EWCPlugin", "avalanche:ReplayPlugin"])


def pair(
    first: Callable[[], Any], second: Callable[[], Any], turns: int = TURNS
) -> tuple[float, float, float]:
    """Seconds of each (medians), and the median ratio first/second over the turns."""
    first()
    second()
    times: list[tuple[float, float]] = []
    for turn in range(turns):
        order = (first, second) if turn % 2 == 0 else (second, first)
        seconds = {id(call): _timed(call) for call in order}
        times.append((seconds[id(first)], seconds[id(second)]))
    return (
        statistics.median(a for a, _ in times),
        statistics.median(b for _, b in times),
        statistics.median(a / b for a, b in times),
    )


def help_ratio() -> list[str]:
    """``cltool --help`` against an interpreter that does nothing."""
    import subprocess

    def call(*arguments: str) -> Callable[[], Any]:
        command = [sys.executable, *arguments]
        return lambda: subprocess.run(command, check=True, capture_output=True)

    ours, bare, ratio = pair(call("-m", "cltool", "--help"), call("-c", "pass"))
    return [f"cltool --help {ours:.3f} s, python -c pass {bare:.3f} s: {ratio:.2f}"]


def learner_ratios() -> Iterator[str]:
    """Measure the learner against a loop that is written out, and against Avalanche's Naive."""
    import torch

    from cltool.lm import optimizers
    from cltool.lm.batches import collate
    from cltool.lm.scoring import score
    from tools import bench_avalanche

    learner = _learner()
    facts = list(learner.stream.updates[1].learn)
    examples = learner.examples(facts)
    start = {name: p.detach().clone() for name, p in learner.trainable().items()}

    def reset() -> None:
        with torch.no_grad():
            for name, parameter in learner.trainable().items():
                parameter.copy_(start[name])

    def ours() -> None:
        reset()
        learner.fit_examples(examples, facts)

    def bare() -> None:
        from cltool.lm.batches import bucketed

        reset()
        settings = learner.settings
        model = learner.model.train()
        optimizer = optimizers.build(model, settings.optimizer, float(settings.lr or 0), 0.0)
        generator = learner.generator("batches")
        lengths = [len(example) for example in examples]
        for _ in range(learner.train_epochs):
            for indices in bucketed(lengths, settings.batch_size, generator):
                batch = collate([examples[i] for i in indices], learner.lm.coder.pad)
                optimizer.zero_grad()
                scored = score(model, batch)
                torch.autograd.backward(scored.loss_sum() / scored.tokens())
                torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
                optimizer.step()

    theirs = bench_avalanche.naive(learner, examples, learner.train_epochs)

    def avalanche() -> None:
        reset()
        theirs()

    for name, other, most in (
        ("the same bare loop twice (noise)", None, ""),
        ("bare loop of the same arithmetic", bare, " (≤ 1.0)"),
        ("Avalanche's Naive", avalanche, ""),
    ):
        first = ours if other else bare
        a, b, ratio = pair(first, other or bare)
        yield f"{name:<34} {a:.2f} s over {b:.2f} s: {ratio:.3f}{most}"


def prober_ratios() -> Iterator[str]:
    """Measure asking against a left-padded batched ``generate`` of the same prompts."""
    from cltool.evaluation import limits
    from cltool.evaluation.prober import Prober
    from cltool.experiments import resolve

    learner = _learner()
    lm, stream = learner.lm, learner.stream
    settings = resolve.resolve("naive").probe
    prober = Prober(lm, settings, stream)
    keys, longest = stream.first_taught(), limits.Askable.of(stream, lm.coder).longest
    for label, step in (("knows every answer", 0), ("knows part of them", 4)):
        probes = list(stream.probes(stream.knowledge(step), keys))
        limit = limits.limit(settings.max_tokens, longest, prober.match)
        alone = partial(_generate_alone, lm, [probe.prompt for probe in probes], settings, limit)
        a, b, ratio = pair(partial(prober.ask, step, probes), alone, turns=3)
        yield (
            f"a model that {label}: {1e3 * a / len(probes):.2f} ms a probe over"
            f" {1e3 * b / len(probes):.2f} ms: {ratio:.2f}"
        )


def _generate_alone(
    lm: LanguageModel, prompts: list[str], settings: ProbeSettings, limit: int
) -> None:
    """Generate answers of at most ``limit`` tokens in left-padded batches."""
    import torch

    model: Any = lm.model
    tokenizer = lm.coder.tokenizer
    tokenizer.padding_side = "left"
    for begin in range(0, len(prompts), settings.batch_size):
        part = prompts[begin : begin + settings.batch_size]
        batch = tokenizer(part, return_tensors="pt", padding=True)
        with torch.no_grad():
            model.generate(
                input_ids=batch["input_ids"],
                attention_mask=batch["attention_mask"],
                do_sample=False,
                max_new_tokens=limit,
                eos_token_id=lm.coder.stops,
                pad_token_id=lm.coder.pad,
            )


def precision_ratios() -> list[str]:
    """A training step under bf16 autocast against float32, by width of the model."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from cltool.lm.batches import collate
    from cltool.lm.coder import Encoded
    from cltool.lm.precision import BF16_MIN_WIDTH
    from cltool.lm.scoring import score

    lines = []
    generator = torch.Generator().manual_seed(0)
    for width in (128, 512, 1024):
        config = LlamaConfig(
            vocab_size=2048,
            hidden_size=width,
            intermediate_size=3 * width,
            num_hidden_layers=2,
            num_attention_heads=max(4, width // 64),
        )
        model = LlamaForCausalLM(config)
        rows = torch.randint(3, 2048, (32, 20), generator=generator).tolist()
        batch = collate([Encoded(tuple(row), 12) for row in rows], 0)

        def step(dtype: torch.dtype, model: Any = model, batch: Any = batch) -> None:
            with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
                scored = score(model, batch)
            torch.autograd.backward(scored.loss_sum() / scored.tokens())
            model.zero_grad()

        a, b, ratio = pair(lambda: step(torch.bfloat16), lambda: step(torch.float32), turns=5)
        chosen = "bfloat16" if width >= BF16_MIN_WIDTH else "float32"
        lines.append(
            f"width {width}: bfloat16 {1e3 * a:.0f} ms, float32 {1e3 * b:.0f} ms: {ratio:.2f}"
            f" (auto takes {chosen} where the processor multiplies bfloat16)"
        )
    return lines


def _learner() -> Learner:
    from cltool.experiments import resolve
    from cltool.experiments.base_model import prepare
    from cltool.training.learner import Learner

    stream = resolve.open_stream("leaders")
    settings = resolve.resolve("naive", {"learner": {"lr": 1e-3, "epochs": 4, "stop_at": 2}})
    lm, stream = prepare(stream, settings)
    learner = Learner(
        lm=lm, stream=stream, settings=settings.learner, strategies=resolve.build(settings)
    )
    learner.known.apply(stream.updates[0])
    return learner


def _timed(call: Callable[[], Any]) -> float:
    """Return the processor time of this process and of the processes that it waited for."""
    before = os.times()
    call()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


if __name__ == "__main__":
    raise SystemExit(main())
