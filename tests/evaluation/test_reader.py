"""A model reads a text, then answers questions about it."""

from __future__ import annotations

import pytest
import torch

from cltool.evaluation.reader import Reader
from cltool.lm.architectures.window import WindowConfig, WindowForCausalLM
from cltool.lm.language_model import LanguageModel
from cltool.lm.sampling import Sampler

from ..conftest import LoadLM

LINES = ["The ruler of Land 1 is Ada.\n", "The capital of Land 2 is Ulm.\n"]
PROMPTS = ["Who rules Land 1?", "The capital of Land 2 is"]
LIMIT = 5


@pytest.fixture
def in_pieces(load_lm: LoadLM) -> LanguageModel:
    """A random model that keeps what it reads."""
    lm = load_lm("llama")
    torch.manual_seed(0)
    config = WindowConfig(
        vocab_size=lm.model.config.vocab_size,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=256,
        initializer_range=0.3,
        segment=16,
    )
    lm.model = WindowForCausalLM(config).eval()
    return lm


def after_the_text(lm: LanguageModel, between: bool) -> list[str]:
    """Answers to the prompts after the text, which is given before each of them."""
    coder = lm.coder
    read = coder.documents(["".join(LINES)])[0]
    asked = coder.documents(PROMPTS) if between else coder.texts(PROMPTS)
    written = Sampler(lm).greedy([[*read, *ids] for ids in asked], LIMIT)
    return [coder.decode(ids) for ids in written]


def texts(reader: Reader) -> list[str]:
    answers = reader.answers(LINES, PROMPTS, LIMIT)
    assert answers is not None
    return [answer.text for answer in answers]


def test_a_model_that_reads_in_pieces_answers_after_the_text(in_pieces: LanguageModel) -> None:
    found = texts(Reader(in_pieces, 8))
    assert found == after_the_text(in_pieces, between=True)
    # It keeps nothing for those who ask it next.
    alone = Sampler(in_pieces).greedy(in_pieces.coder.prompts(PROMPTS), LIMIT)
    assert found != [in_pieces.coder.decode(ids) for ids in alone]
    fresh = Reader(in_pieces, 8).answers(["Nothing.\n"], PROMPTS, LIMIT)
    assert fresh is not None
    assert texts(Reader(in_pieces, 8)) == found


def test_any_other_model_gets_the_text_before_each_prompt(load_lm: LoadLM) -> None:
    lm = load_lm("llama")
    assert texts(Reader(lm, 8)) == after_the_text(lm, between=False)


def test_the_model_carries_nothing_afterwards(in_pieces: LanguageModel) -> None:
    texts(Reader(in_pieces, 8))
    assert in_pieces.model.model.carried is None


def test_what_is_kept_is_counted(in_pieces: LanguageModel, load_lm: LoadLM) -> None:
    bounded, full = Reader(in_pieces, 8), Reader(load_lm("llama"), 8)
    sizes = []
    for reader in (bounded, full):
        for count in (1, 3):
            reader.answers(LINES * count, PROMPTS, LIMIT)
            sizes.append(reader.bytes)
    assert sizes[0] == sizes[1] > 0
    assert 2 < sizes[3] / sizes[2] < 3.1


def test_a_text_that_is_too_long_is_not_read(in_pieces: LanguageModel, load_lm: LoadLM) -> None:
    for lm in (in_pieces, load_lm("llama")):
        assert Reader(lm, 8).answers(LINES * 200, PROMPTS, LIMIT) is None


def test_a_state_space_model_keeps_no_keys(load_lm: LoadLM) -> None:
    reader = Reader(load_lm("mamba"), 8)
    assert len(texts(reader)) == len(PROMPTS)
    assert reader.bytes == 0
