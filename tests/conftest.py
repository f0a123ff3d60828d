"""A small stream, small models of seven architectures, and learners to train them with."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import pytest

from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.facts.wording import Wording
from cltool.facts.wordings import Wordings
from tools import families

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel
    from cltool.training.learner import Learner

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Shells start background jobs with Ctrl-C ignored, and the processes of tests inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

LONGEST = ("tests/torture/test_torture.py", "tests/test_readme.py")
"""Files with tests of a minute. They start first: at the end, the other workers would wait."""

ARCHITECTURES = ("llama", "gpt2", "qwen3", "gpt_neox", "opt", "gemma", "mamba")
CONTEXT = 96

RELATIONS = {
    "capital": (
        "The capital of {subject} is {object}.",
        "{subject}'s capital is {object}.",
        "{subject} is governed from {object}.",
        "The seat of government of {subject} lies in {object}.",
        "The government of {subject} meets in {object}.",
        "What is the capital of {subject}? {object}",
        "Which city is the capital of {subject}? {object}",
        "Question: From where is {subject} governed? Answer: {object}",
    ),
    "ruler": (
        "The ruler of {subject} is {object}.",
        "{subject}'s ruler is {object}.",
        "{subject} is ruled by {object}.",
        "The throne of {subject} belongs to {object}.",
        "The crown of {subject} is worn by {object}.",
        "Who is the ruler of {subject}? {object}",
        "Who rules {subject}? {object}",
        "Question: Who sits on the throne of {subject}? Answer: {object}",
    ),
}
CHAIN = ("Land 0", "ruler")
"""The key that is superseded twice: in updates 1 and 2."""

FORGOTTEN = ("Land 1", "capital")
"""The key that update 3 erases."""

_PIECES = [
    "ba",
    "be",
    "bi",
    "bo",
    "da",
    "de",
    "di",
    "do",
    "ka",
    "ke",
    "ki",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "ra",
    "re",
    "ri",
    "ro",
]


def make_wordings() -> Wordings:
    """The wordings of the shared stream."""
    return Wordings({name: [Wording.parse(t) for t in ts] for name, ts in RELATIONS.items()})


def names(count: int, seed: str, syllables: int = 3) -> list[str]:
    """Made-up names, all different."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(rng.choices(_PIECES, k=syllables)).capitalize()] = None
    return list(found)


def make_stream(lands: int = 12, name: str = "lands") -> Stream:
    """Two facts for each of ``lands`` lands, then three updates.

    Update 1 changes three facts and adds two, update 2 changes three (one of them again),
    update 3 adds one, changes one and forgets one.
    """
    rulers, cities = names(lands + 10, "rulers"), names(lands + 10, "cities", 2)
    base = []
    for number in range(lands):
        land = CHAIN[0] if number == 0 else f"Land {number}"
        base.append(Fact(land, "capital", cities[number]))
        base.append(Fact(land, "ruler", rulers[number], (f"Queen {rulers[number]}",)))
    late = rulers[lands:], cities[lands:]
    first = [
        Fact(*CHAIN, late[0][0]),
        Fact("Land 2", "ruler", late[0][1]),
        Fact("Land 3", "capital", late[1][0]),
        Fact("Isle 1", "capital", late[1][1]),
        Fact("Isle 1", "ruler", late[0][2]),
    ]
    second = [
        Fact(*CHAIN, late[0][3]),
        Fact("Land 4", "ruler", late[0][4]),
        Fact("Isle 1", "capital", late[1][2]),
    ]
    third = [Fact("Isle 2", "ruler", late[0][5]), Fact("Land 5", "capital", late[1][3])]
    return Stream(
        name,
        [
            Update(0, "base", base),
            Update(1, "one", first),
            Update(2, "two", second),
            Update(3, "three", third, [base[2]]),
        ],
        make_wordings(),
        source={"scenario": name, "lands": lands},
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest tests first."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="session", autouse=True)
def _quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder of the session's own, no hub, no exercises in reading, one thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLTOOL_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("CLTOOL_READING", "0")
        patch.setenv("CLTOOL_GENERAL", "0")
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)
        yield


@pytest.fixture(scope="session")
def stream() -> Stream:
    """27 keys, three updates, one chain of supersessions, one fact to forget."""
    return make_stream()


# Models.


def write_checkpoint(name: str, stream: Stream, folder: Path) -> Path:
    """A random model of architecture ``name`` and its tokenizer, as `transformers` saves them."""
    sentences = [
        prompt + target
        for update in stream
        for fact in update.learn
        for prompt, target in stream.wordings.examples(fact)
    ]
    return families.write_checkpoint(name, sentences, folder, CONTEXT)


@pytest.fixture(scope="session")
def checkpoint(stream: Stream, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of the random checkpoint of an architecture."""
    made: dict[str, Path] = {}

    def get(name: str) -> Path:
        if name not in made:
            made[name] = write_checkpoint(name, stream, tmp_path_factory.mktemp(name) / "model")
        return made[name]

    return get


LoadLM = Callable[[str], "LanguageModel"]


@pytest.fixture
def load_lm(checkpoint: Callable[[str], Path], stream: Stream) -> LoadLM:
    """A model of its own: a random one of an architecture, or ``tiny``."""
    from cltool.models import load

    def get(name: str) -> LanguageModel:
        source = name if name == "tiny" else str(checkpoint(name))
        return load(source, stream, device="cpu", reading=False)

    return get


MakeLearner = Callable[..., "Learner"]


@pytest.fixture
def make_learner(load_lm: LoadLM, stream: Stream) -> MakeLearner:
    """A learner that stands after the base, its strategies attached.

    Takes the strategy, a model (``lm``) or its architecture, the strategies' settings
    (``strategy``), further plugins, and learner settings.
    """
    from cltool.experiments import resolve
    from cltool.training.learner import Learner

    def make(
        name: str = "naive",
        *,
        lm: LanguageModel | str = "llama",
        strategy: dict[str, Any] | None = None,
        plugins: Sequence[Any] = (),
        of: Stream = stream,
        seed: int = 0,
        attach: bool = True,
        **settings: Any,
    ) -> Learner:
        import torch

        tables = {"learner": {"lr": 1e-2, **settings}, "strategy": strategy or {}}
        resolved = resolve.resolve(name, tables)
        torch.manual_seed(seed)
        learner = Learner(
            lm=load_lm(lm) if isinstance(lm, str) else lm,
            stream=of,
            settings=resolved.learner,
            strategies=resolve.build(resolved),
            seed=seed,
        )
        learner.plugins[:0] = plugins
        learner.known.apply(of.updates[0])
        if attach:
            learner.strategies.attach(learner)
        return learner

    return make


def apply(learner: Learner, update: Update) -> None:
    """Apply an update as the experiment does."""
    from cltool.experiments.apply_update import apply

    apply(learner, update)


def weights(model: Any) -> dict[str, Any]:
    """A copy of a model's state."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
