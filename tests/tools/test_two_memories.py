"""What the tool reads to the model, and how it counts answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from cltool.evaluation.matching import Answer
from cltool.facts.facts import Fact
from cltool.facts.stream import Stream
from cltool.lm.language_model import LanguageModel, load_checkpoint
from cltool.models.hierarchical import Hierarchical
from cltool.models.tiny.build import coder
from tools import two_memories


@pytest.fixture(scope="module")
def untrained(stream: Stream, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    small, made = coder(stream.updates[0].learn, stream.wordings), Hierarchical()
    torch.manual_seed(0)
    model = made.new_model(small, made.recipe(24))
    folder = tmp_path_factory.mktemp("untrained")
    model.save_pretrained(folder)
    small.tokenizer.save_pretrained(folder)
    return load_checkpoint(str(folder))


def stated(stream: Stream) -> list[Fact]:
    base = stream.updates[0].learn
    return [Fact(base[0].subject, base[0].relation, "Ab"), Fact("Zed", base[1].relation, "Cd")]


@pytest.mark.parametrize(("superseded", "says"), [(False, "new"), (True, "new"), (True, "older")])
def test_answers_are_counted(
    superseded: bool,
    says: str,
    untrained: LanguageModel,
    stream: Stream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[list[str]] = []
    known = {fact.object for fact in stream.updates[0].learn}

    def answers(
        self: Any, lines: Sequence[str], prompts: Sequence[str], limit: int
    ) -> list[Answer]:
        read.append(list(lines))
        said = []
        for prompt, fact in zip(prompts, stated(stream), strict=True):
            about = next(text for text in lines if fact.subject in text)
            objects = [name for name in known if name in about]
            new = fact.object if says == "new" else max(objects, key=len)
            examples = stream.wordings.examples(Fact(fact.subject, fact.relation, new))
            said += [Answer(target, "end") for asked, target in examples if asked == prompt][:1]
        return said

    monkeypatch.setattr(two_memories, "_facts", lambda *_: stated(stream))
    monkeypatch.setattr("cltool.evaluation.reader.Reader.answers", answers)
    found = list(
        two_memories.measure(
            untrained, stream, windows=(1, 2), texts=2, facts=2, superseded=superseded
        )
    )
    assert [(one.tokens, one.off) for one in found] == [
        (tokens, off) for tokens in (32, 64) for off in two_memories.OFF
    ]
    assert {(one.right, one.outdated) for one in found} == {
        (1.0, 0.0) if says == "new" else (0.0, 1.0)
    }
    for lines, one in zip(read[::2], found, strict=True):
        about = [n for n, fact in enumerate(lines) if "Cd" in fact]
        assert about  # the other text is after the fact, and is long enough
        other = untrained.coder.texts(["".join(lines[about[0] + 1 :])])[0]
        assert len(other) >= one.tokens / (2 if superseded else 1) - 20


def test_memories_are_switched_off_and_on_again(untrained: LanguageModel, stream: Stream) -> None:
    ids = torch.randint(3, 200, (1, 100), generator=torch.Generator().manual_seed(1))

    def logits() -> torch.Tensor:
        with torch.no_grad():
            found: torch.Tensor = untrained.model(ids).logits[0, -1]
        return found

    before = logits()
    with two_memories._closed(untrained.model, ("fast", "slow")):
        assert not torch.allclose(logits(), before)
    assert torch.equal(logits(), before)


def test_an_untrained_model_answers_nothing(untrained: LanguageModel, stream: Stream) -> None:
    (first, *_) = two_memories.measure(untrained, stream, windows=(1,), texts=1, facts=2)
    assert first.right == 0
    assert first.bytes > 100_000
