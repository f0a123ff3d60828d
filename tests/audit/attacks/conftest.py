"""Small models that know erased facts, never knew them, or were pushed too far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch

from cltool.audit.attacks.case import Case
from cltool.audit.attacks.relearning import finetune
from cltool.audit.attacks.settings import AuditSettings
from cltool.audit.attacks.target import Target
from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.lm.batches import collate
from cltool.lm.coder import Encoded
from cltool.lm.language_model import LanguageModel, save_checkpoint
from cltool.lm.scoring import score
from cltool.models import load

from ...conftest import make_wordings, names

LANDS = 16
ERASED = 12
QUICK = AuditSettings(k=2, samples=4, steps=4, lr=3e-3, texts=12, length=8, neighbours=10, foils=3)
Load = Callable[[], LanguageModel]


def forgetful_stream() -> Stream:
    """Capitals and rulers of lands, of which update 1 erases ten and two."""
    rulers, cities = names(LANDS + 1, "kings"), names(LANDS, "towns")
    base = []
    for number in range(LANDS):
        base.append(Fact(f"Land {number}", "capital", cities[number]))
        alias = (f"Queen {rulers[number]}",)
        base.append(Fact(f"Land {number}", "ruler", rulers[number], alias))
    gone = [base[2 * number] for number in range(ERASED - 2)] + [base[1], base[3]]
    new = Fact("Isle 1", "ruler", rulers[LANDS])
    return Stream(
        "forgetful",
        [Update(0, "base", base), Update(1, "one", [new], gone)],
        make_wordings(),
        source={"scenario": "forgetful"},
    )


@pytest.fixture(scope="session")
def forgetful() -> Stream:
    return forgetful_stream()


@pytest.fixture(scope="session")
def case(forgetful: Stream) -> Case:
    return Case.of_stream(forgetful, 1)


def sentences(lm: LanguageModel, case: Case, facts: Sequence[Fact]) -> list[Encoded]:
    return lm.coder.pairs([pair for fact in facts for pair in case.wordings.examples(fact)])


@pytest.fixture(scope="session")
def trained(
    checkpoint: Callable[[str], Path],
    case: Case,
    stream: Stream,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    """Checkpoints: ``knows`` all facts, ``retrained`` without the erased, ``ascended`` from it."""
    folder = tmp_path_factory.mktemp("audited")
    long = AuditSettings(steps=140, lr=1e-2)
    places = {}
    for name, facts in (("knows", (*case.retained, *case.erased)), ("retrained", case.retained)):
        lm = load(str(checkpoint("llama")), stream, device="cpu")
        finetune(lm, sentences(lm, case, facts), long)
        places[name] = folder / name
        save_checkpoint(lm, places[name])
    lm = load(str(places["retrained"]), stream, device="cpu")
    _ascend(lm, sentences(lm, case, case.erased))
    places["ascended"] = folder / "ascended"
    save_checkpoint(lm, places["ascended"])
    return places


def _ascend(lm: LanguageModel, examples: Sequence[Encoded]) -> None:
    """Make the erased sentences ever less probable than ignorance would."""
    batch = collate(examples, lm.coder.pad)
    optimizer = torch.optim.SGD(lm.model.parameters(), lr=0.02)
    for _ in range(12):
        scored = score(lm.model, batch)
        optimizer.zero_grad()
        (-scored.loss_sum() / scored.tokens()).backward()
        torch.nn.utils.clip_grad_norm_(lm.model.parameters(), 1.0)
        optimizer.step()


@pytest.fixture
def target(trained: dict[str, Path], stream: Stream) -> Callable[[str], Target]:
    """A target of its own of one of the checkpoints."""

    def get(name: str) -> Target:
        return Target(load(str(trained[name]), stream, device="cpu"))

    return get
