"""The sampler: greedy continuations, and sentences drawn from the model's distribution."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import torch

from cltool.lm.language_model import LanguageModel
from cltool.lm.sampling import Sampler

from ..conftest import ARCHITECTURES, LoadLM


def alone(lm: LanguageModel, prompt: list[int], limit: int) -> list[int]:
    """The most probable next token, one forward pass each, until a stop token."""
    written: list[int] = []
    model: Any = lm.model
    while len(written) < limit and (not written or written[-1] not in lm.coder.stops):
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([prompt + written])).logits[0, -1]
        written.append(int(logits.argmax()))
    return written


PROMPTS = ["The ruler of Land 1 is", "Land 2's capital is", "Who rules Land 10?", "Isle"]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_greedy_is_what_each_prompt_alone_gives(name: str, load_lm: LoadLM) -> None:
    lm = load_lm(name)
    prompts = lm.coder.prompts(PROMPTS)
    written = Sampler(lm, batch_size=3).greedy(prompts, 5)
    assert written == [alone(lm, prompt, 5) for prompt in prompts]


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("limit", [1, 2, 12])
def test_answers_are_the_greedy_continuations(name: str, limit: int, load_lm: LoadLM) -> None:
    lm = load_lm(name)
    prompts = lm.coder.prompts([*PROMPTS, "Land " * 30])
    prompts[-1] = prompts[-1][: lm.context - 2]
    reports: list[tuple[int, int]] = []
    sampler = Sampler(lm, batch_size=3)
    written = sampler.answers(prompts, limit, lambda *report: reports.append(report))
    assert written == sampler.greedy(prompts, limit)
    assert reports[-1] == (len(prompts), len(prompts))
    assert sampler.answers([], limit) == []


def test_nothing_follows_a_stop_token(load_lm: LoadLM) -> None:
    lm = load_lm("tiny")
    written = Sampler(lm).greedy(lm.coder.prompts(PROMPTS[:3]), 30)
    for ids in written:
        assert ids[-1] in lm.coder.stops
        assert not set(ids[:-1]) & set(lm.coder.stops)
    assert Sampler(lm).greedy([], 5) == []


def test_samples_follow_the_models_distribution(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    (prompt,) = lm.coder.prompts([""])
    with torch.no_grad():
        logits = lm.model(input_ids=torch.tensor([prompt])).logits[0, -1].double()
    count = 4000
    for temperature in (1.0, 0.5):
        generator = torch.Generator().manual_seed(3)
        drawn = Sampler(lm, 1000).sample(prompt, count, 1, generator, temperature)
        counts = Counter(ids[0] for ids in drawn)
        likely = (logits / temperature).softmax(-1)
        frequent = [token for token in range(len(likely)) if likely[token] * count > 20]
        assert len(frequent) > 3
        # Chi-square per degree of freedom; near 1 when counts scatter as they should.
        chi = sum(
            (counts[t] - count * float(likely[t])) ** 2
            / (count * float(likely[t]) * (1 - float(likely[t])))
            for t in frequent
        )
        assert chi / len(frequent) < 2.0


def test_samples_depend_on_the_generator_alone(load_lm: LoadLM) -> None:
    lm = load_lm("gpt2")
    prompt = lm.coder.prompts(["The"])[0]
    drawn = []
    for seed, noise in ((1, 5), (1, 6), (2, 5)):
        torch.manual_seed(noise)
        generator = torch.Generator().manual_seed(seed)
        drawn.append(Sampler(lm, 4).sample(prompt, 6, 8, generator))
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 6 and len({tuple(ids) for ids in drawn[0]}) > 1


@pytest.mark.parametrize("generate", ["greedy", "answers"])
def test_generation_stops_at_the_context(generate: str, load_lm: LoadLM) -> None:
    lm = load_lm("gpt2")
    (long,) = lm.coder.prompts(["Land " * lm.context])
    for room in (2, 1):
        (written,) = getattr(Sampler(lm), generate)([long[: lm.context - room]], 9)
        assert len(written) <= room + 1
    (begun,) = getattr(Sampler(lm), generate)([long[: lm.context - 5]], 15)
    assert len(begun) <= 6


def test_the_model_keeps_its_mode(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    for training in (True, False):
        lm.model.train(training)
        Sampler(lm).greedy(lm.coder.prompts(PROMPTS), 2)
        assert lm.model.training is training
