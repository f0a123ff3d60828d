"""A training step on a real model against plain loops and TRL, and the memory of training.

Without smollm2 (``cltool models add smollm2``) nothing is measured; without TRL (the extra
``cltool[bench]``) the comparison with its SFTTrainer is left out. Both are said.

``python -m tools.bench_training`` runs this part of ``make bench`` alone.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cltool.facts.stream import Stream
    from cltool.lm.coder import Encoded
    from cltool.training.learner import Learner

ROWS = 8
STEPS = 6
TURNS = 3
RATE = 2e-5
RANK = 8

CHECKPOINTING: dict[str, Any] = {"learner": {"gradient_checkpointing": True}}

MEMORY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("all weights, adamw", "naive", {}),
    ("all weights, adamw, gradient checkpointing", "naive", CHECKPOINTING),
    (
        "all weights, adafactor, gradient checkpointing",
        "naive",
        {"learner": {"optimizer": "adafactor", "gradient_checkpointing": True}},
    ),
    ("lora of rank 8, gradient checkpointing", "lora", CHECKPOINTING),
    (
        "lora of rank 8 on weights in bfloat16, gradient checkpointing",
        "lora",
        {"model": {"weights": "bfloat16"}, **CHECKPOINTING},
    ),
)
"""What is said, the strategy, and the settings whose memory is measured."""


def main() -> int:
    """Print the comparisons and the memory."""
    if len(sys.argv) > 1:
        print(json.dumps(peak(*json.loads(sys.argv[1]))))
        return 0
    import torch

    torch.set_num_threads(1)
    for line in (*step_ratios(), *memory()):
        print(f"  {line}", flush=True)
    return 0


def missing() -> str | None:
    """Return why nothing can be measured; None if smollm2 is there."""
    from cltool.core.errors import UserError

    try:
        _learner("naive", {})
    except UserError as error:
        return f"smollm2: skipped, {error.what} ({error.hint})"
    return None


def step_ratios() -> Iterator[str]:
    """CPU seconds of the learner's steps over those of others, on the same batches."""
    reason = missing()
    if reason is not None:
        yield reason
        return
    has_trl = importlib.util.find_spec("trl") is not None
    for strategy in ("naive", "lora"):
        for dtype in ("bfloat16", "float32"):
            ours = _ours(strategy, dtype)
            others = {"a plain loop of Transformers and PEFT": _plain(strategy, dtype)}
            if has_trl:
                others["TRL's SFTTrainer"] = _trl(strategy, dtype)
            spent = _alternate({"cltool": ours, **others})
            for name in others:
                pairs = zip(spent["cltool"], spent[name], strict=True)
                ratio = statistics.median(one / other for one, other in pairs)
                yield (
                    f"{strategy}, {dtype}: cltool {_seconds(spent['cltool'])} s a step, {name} "
                    f"{_seconds(spent[name])} s: {ratio:.2f}"
                )
            del ours, others
            gc.collect()
    if not has_trl:
        yield "TRL's SFTTrainer: skipped, TRL is not installed (pip install 'cltool[bench]')"


def memory() -> Iterator[str]:
    """The peak memory of an update, in bytes a parameter; each measured in a new process."""
    reason = missing()
    if reason is None and not sys.platform.startswith("linux"):
        reason = "skipped, the peak of a process's memory is read as Linux tells it"
    if reason is not None:
        yield reason
        return
    for what, strategy, tables in MEMORY:
        command = [sys.executable, "-m", "tools.bench_training", json.dumps([strategy, tables])]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        yield f"{what}: {json.loads(done.stdout.splitlines()[-1]):.1f} bytes a parameter"


def peak(strategy: str, tables: dict[str, Any]) -> float:
    """Return the peak memory of an update, with the model's weights, in bytes a parameter.

    It is the memory of the process at its peak during the update, less what it holds after the same
    update of a very small model: the libraries, and the facts.
    """
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        small = _learner(strategy, tables, str(_small_model(Path(folder))))
        small.fit_examples(_examples(small))
    del small
    gc.collect()
    before = _resident("VmRSS")
    learner = _learner(strategy, tables)
    own = sum(p.numel() for n, p in learner.model.named_parameters() if "lora_" not in n)
    gc.collect()
    # Linux then counts the peak from here on.
    Path("/proc/self/clear_refs").write_text("5")
    learner.fit_examples(_examples(learner))
    return (_resident("VmHWM") - before) / own


def _small_model(folder: Path) -> Path:
    from tools.families import write_checkpoint

    facts = _stream().updates[0].learn[:ROWS]
    return write_checkpoint("llama", [fact.object for fact in facts], folder / "model")


def _resident(name: str) -> int:
    """Return a value of the process's status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _stream() -> Stream:
    from cltool.experiments import resolve

    return resolve.open_stream("leaders")


def _learner(strategy: str, tables: dict[str, Any], name: str = "smollm2") -> Learner:
    """Return a learner of the model ``name``, for one epoch in batches of `ROWS`."""
    from cltool.core.settings import merge
    from cltool.experiments import resolve
    from cltool.models import load
    from cltool.training.learner import Learner

    own = {"strategy": {"rank": RANK, "alpha": 2 * RANK}} if strategy == "lora" else {}
    common = {"lr": RATE, "batch_size": ROWS, "epochs": 1, "stop_at": 2}
    settings = resolve.resolve(strategy, merge({"learner": common}, own, tables))
    model, stream = settings.model, _stream()
    learner = Learner(
        lm=load(name, stream, dtype=model.dtype, weights=model.weights, device="cpu"),
        stream=stream,
        settings=settings.learner,
        strategies=resolve.build(settings),
    )
    learner.known.apply(stream.updates[0])
    learner.strategies.attach(learner)
    return learner


def _examples(learner: Learner) -> list[Encoded]:
    """Return the sentences of `STEPS` batches, as tokens."""
    return learner.examples(learner.stream.updates[0].learn[: ROWS * STEPS])[: ROWS * STEPS]


def _batches(learner: Learner) -> list[list[Encoded]]:
    """Return the batches that the learner makes of the examples, in its order."""
    from cltool.lm.batches import bucketed

    examples = _examples(learner)
    lengths = [len(example) for example in examples]
    rows = bucketed(lengths, ROWS, learner.generator("batches"))
    return [[examples[index] for index in indices] for indices in rows]


def _ours(strategy: str, dtype: str) -> Callable[[], float]:
    learner = _learner(strategy, {"model": {"dtype": dtype}})
    examples = _examples(learner)

    def run() -> float:
        began = time.process_time()
        learner.fit_examples(examples)
        return time.process_time() - began

    return run


def _adapted(strategy: str) -> tuple[Any, list[list[Encoded]], int]:
    """Return the model as `transformers` and PEFT make it, the batches, and the padding."""
    import peft

    learner = _learner("naive", {})
    model: Any = learner.lm.model
    if strategy == "lora":
        options = peft.LoraConfig(
            task_type="CAUSAL_LM", r=RANK, lora_alpha=2 * RANK, target_modules="all-linear"
        )
        model = peft.get_peft_model(model, options)
    return model, _batches(learner), learner.lm.coder.pad


def _plain(strategy: str, dtype: str) -> Callable[[], float]:
    """The loop of many tutorials: the model computes its loss from the labels."""
    import torch

    from cltool.lm.batches import collate

    model, batches, pad = _adapted(strategy)

    def run() -> float:
        began = time.process_time()
        model.train()
        trained = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=0.0, fused=True)
        for examples in batches:
            batch = collate(examples, pad)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == "bfloat16"):
                loss = model(**batch, use_cache=False).loss
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
        return time.process_time() - began

    return run


def _trl(strategy: str, dtype: str) -> Callable[[], float]:
    """The trainer's steps, without what it does before and after them."""
    import trl
    from datasets import Dataset
    from torch.utils.data import SequentialSampler
    from transformers import AutoTokenizer, TrainerCallback

    from cltool.lm.batches import IGNORED

    model, batches, _ = _adapted(strategy)
    rows = [
        {
            "input_ids": list(one.ids),
            "labels": [IGNORED] * one.start + list(one.ids[one.start :]),
        }
        for examples in batches
        for one in examples
    ]

    class Clock(TrainerCallback):  # type: ignore[misc]
        """Adds up the CPU seconds of the steps."""

        spent = 0.0

        def on_step_begin(self, *arguments: Any, **named: Any) -> None:
            self.began = time.process_time()

        def on_step_end(self, *arguments: Any, **named: Any) -> None:
            self.spent += time.process_time() - self.began

    class InOrder(trl.SFTTrainer):  # type: ignore[misc]
        """Takes the batches in the order that they have."""

        def _get_train_sampler(self, *arguments: Any, **named: Any) -> Any:
            return SequentialSampler(self.train_dataset)

    clock = Clock()
    settings = trl.SFTConfig(
        output_dir=tempfile.mkdtemp(),
        per_device_train_batch_size=ROWS,
        num_train_epochs=1,
        learning_rate=RATE,
        lr_scheduler_type="constant",
        optim="adamw_torch_fused",
        weight_decay=0.0,
        max_grad_norm=1.0,
        gradient_checkpointing=False,
        bf16=dtype == "bfloat16",
        use_cpu=True,
        save_strategy="no",
        report_to="none",
        logging_strategy="no",
        disable_tqdm=True,
    )
    trainer = InOrder(
        model=model,
        args=settings,
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(str(_folder())),
        callbacks=[clock],
    )

    def run() -> float:
        clock.spent = 0.0
        trainer.train()
        return clock.spent

    return run


def _folder() -> Path:
    from cltool import models

    model = models.registered("smollm2")
    if model is None:
        raise LookupError("smollm2 is not registered")
    return model.build(_stream())


def _alternate(runs: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Return the CPU seconds a step of each, taking turns after one run that does not count."""
    names: Sequence[str] = list(runs)
    spent: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(TURNS + 1):
        for name in names if turn % 2 == 0 else names[::-1]:
            seconds = runs[name]() / STEPS
            if turn:
                spent[name].append(seconds)
    return spent


def _seconds(times: Sequence[float]) -> str:
    return f"{statistics.median(times):.2f}"


if __name__ == "__main__":
    raise SystemExit(main())
