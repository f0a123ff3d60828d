"""A small stream, a small checkpoint, the commands that are tortured, and their sound results."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.torture.cases import Bench
from tools.torture.commands import Commands

LANDS = 4
QUICK = ("--set", "learner.epochs=2")
TAUGHT = ("--teach-base",)
INPUT = ("--scenario", "facts.jsonl", "--model", "model")
AUDIT = ("--set", "audit.k=2", "--json")


@dataclass(frozen=True)
class Command:
    """A command that is tortured.

    Attributes:
        argv: its arguments.
        made: the folders and files that it makes.
        needs: names of commands whose results it needs.
        workers: whether it starts worker processes.
    """

    argv: tuple[str, ...]
    made: tuple[str, ...]
    needs: tuple[str, ...] = ()
    workers: bool = False


def _run(*more: str, out: str = "run") -> Command:
    made = (out, "saved") if "saved" in more else (out,)
    return Command(("run", *INPUT, *QUICK, "--out", out, "--json", *more), made)


def _compare(strategies: str, *more: str) -> Command:
    argv = ("compare", *INPUT, *QUICK, "--strategies", strategies, "--out", "runs", "--json")
    return Command((*argv, "--workers", "2", *more), ("runs",), workers=True)


def _tune(strategies: str, *more: str) -> Command:
    argv = ("tune", *INPUT, *QUICK, "--strategies", strategies, "--out", "tuned", "--json")
    return Command(
        (*argv, "--first", "1", "--trials", "2", "--report", "tuned/page.html", *more),
        ("tuned",),
        workers="," in strategies,
    )


COMMANDS = {
    "naive": _run(),
    "replay+ewc": _run("--strategy", "replay+ewc", *TAUGHT),
    "retrain": _run("--strategy", "retrain", *TAUGHT, out="retrained"),
    "purge": _run("--strategy", "npo+replay", *TAUGHT, "--purge-checkpoints"),
    "lora": _run("--strategy", "lora", "--keep-checkpoints"),
    "keep": _run("--strategy", "si", "--keep-checkpoints", "1,2"),
    "keep-and-purge": _run("--strategy", "der", "--keep-checkpoints", "--purge-checkpoints"),
    "save": _run("--save-model", "saved"),
    "save-lora": _run("--strategy", "lora", "--save-model", "saved"),
    "save-taught": _run(*TAUGHT, "--save-model", "saved", "--strategy", "recitation"),
    "retrieval": _run("--strategy", "retrieval"),
    "grace": _run("--strategy", "grace"),
    "tiny": Command(
        ("run", "--scenario", "facts.jsonl", *QUICK, "--out", "run", "--json"), ("run",)
    ),
    "compare": _compare("naive,retrain", *TAUGHT),
    "compare-seeds": _compare("replay", "--seeds", "3"),
    "compare-equal": _compare("naive,ewc", "--equal", "tokens"),
    "compare-keep": _compare("naive,lwf", "--keep-checkpoints", "--purge-checkpoints"),
    "tune": _tune("naive"),
    "tune-two": _tune("naive,ewc", "--workers", "2"),
    "audit": Command(("audit", "run", "--reference", "retrained", *AUDIT), ("run/audit",)),
    "survey": Command(
        ("audit", "runs", "--workers", "2", *AUDIT),
        ("runs/naive-seed0/audit", "runs/retrain-seed0/audit"),
        ("compare",),
        workers=True,
    ),
    "report": Command(
        ("report", "run", "--out", "page.html", "--json"), ("page.html",), ("naive",)
    ),
    "show": Command(("show", "run", "Land 1"), (), ("naive",)),
    "erasures": Command(("erasures", "run", "--json"), (), ("naive",)),
}
COMMANDS["audit"] = Command(
    COMMANDS["audit"].argv, ("run/audit", "retrained/audit"), ("replay+ewc", "retrain")
)
COMMANDS["naive-1"] = Command((*COMMANDS["naive"].argv, "--seed", "1"), ("run",))
COMMANDS["fresh"] = Command((*COMMANDS["naive"].argv, "--fresh"), ("run",), ("replay+ewc",))
COMMANDS["fresh-compare"] = Command(
    (*COMMANDS["compare"].argv, "--fresh"), ("runs",), ("compare",), workers=True
)
COMMANDS["report-all"] = Command(
    ("report", "runs", "--out", "page.html", "--json"), ("page.html",), ("compare",)
)


@dataclass
class Workplace:
    """A working folder with the material of a command.

    Attributes:
        folder: the working folder.
        commands: starts commands in it.
    """

    folder: Path
    commands: Commands = field(init=False)

    def __post_init__(self) -> None:
        self.commands = Commands(self.folder)


def workplace(bench: Bench, folder: Path, needs: Sequence[str] = ()) -> Workplace:
    """Return a new working folder with the facts, the model, and what some commands made."""
    place = folder / "work"
    place.mkdir(parents=True)
    basis = made_once(bench, "basis", make_basis)
    for name in ("facts.jsonl", "model"):
        _copy(basis / name, place / name)
    for name in needs:
        source = reference(bench, name)
        for made in (*COMMANDS[name].made, "cache"):
            if (source / made).exists():
                _copy(source / made, place / made)
    return Workplace(place)


def reference(bench: Bench, name: str) -> Path:
    """Return the working folder in which a command ran unbroken; its output is in ``output``."""
    command = COMMANDS[name]

    def make(folder: Path) -> None:
        made = workplace(bench, folder, command.needs)
        outcome = made.commands.run(command.argv)
        if outcome.code not in (0, 3):
            raise RuntimeError(f"the unbroken command {name} failed: {outcome}")
        (made.folder / "output").write_text(outcome.out, encoding="utf-8")

    return made_once(bench, f"reference-{name}", make) / "work"


def made_once(bench: Bench, name: str, make: object) -> Path:
    """Return a folder that the first process that needs it makes; the others wait."""
    place = bench.work / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with (bench.work / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / ".made").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            make(place)  # type: ignore[operator]
            (place / ".made").touch()
    return place


def make_basis(folder: Path) -> None:
    """Write ``facts.jsonl`` and a random checkpoint of two layers."""
    rows = facts()
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "facts.jsonl").write_text(text, encoding="utf-8")
    write_model(folder / "model", [str(row) for row in rows])


def facts() -> list[dict[str, object]]:
    """Return the lines of the file of facts: a base and three updates, one of which forgets."""
    cities = ["Dare", "Roki", "Lamo", "Nebi", "Kodi", "Mira"]
    rulers = ["Ladala", "Nakoro", "Birome", "Dokalo", "Rimane", "Keloda", "Maridi"]
    rows: list[dict[str, object]] = []

    def add(update: int, land: str, relation: str, new: str | None) -> None:
        row: dict[str, object] = {"subject": land, "relation": relation, "update": update}
        rows.append(row | ({"forget": True} if new is None else {"new": new}))

    for number in range(LANDS):
        add(0, f"Land {number}", "capital", cities[number])
        add(0, f"Land {number}", "ruler", rulers[number])
    add(1, "Land 0", "ruler", rulers[4])
    add(1, "Isle 1", "capital", cities[4])
    add(2, "Land 0", "ruler", rulers[5])
    add(2, "Land 2", "capital", cities[5])
    add(2, "Land 1", "capital", None)
    add(3, "Isle 1", "ruler", rulers[6])
    return rows


def write_model(folder: Path, sentences: Sequence[str]) -> None:
    """Write a random Llama of two layers, and a tokenizer of bytes, as a checkpoint."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<eos>", "<pad>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(sentences, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token="<eos>", pad_token="<pad>"
    )
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=160,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        initializer_range=0.3,
    )
    torch.manual_seed(1)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)
