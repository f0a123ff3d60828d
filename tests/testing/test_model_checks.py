"""`check_model` accepts what keeps the contract, and says which promise is broken."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from cltool.core.progress import QUIET, Progress
from cltool.facts.facts import Key
from cltool.facts.stream import Stream
from cltool.lm.coder import Coder
from cltool.models import MODELS
from cltool.models.model import Model
from cltool.models.packaged import PACKAGES, is_added
from cltool.models.tiny.build import coder
from cltool.testing import ContractError, check_model


class Fixed(Model):
    """The same random weights every time."""

    context = 64
    positions = 64

    def build(
        self,
        stream: Stream,
        *,
        without: Collection[Key] = (),
        reading: bool = True,
        progress: Progress = QUIET,
    ) -> Path:
        return self.cached("fixed", lambda folder: self.write(stream, folder))

    def coder(self, stream: Stream) -> Coder:
        return coder(stream.updates[0].learn, stream.wordings)

    def write(self, stream: Stream, folder: Path) -> None:
        tokenizer = coder(stream.updates[0].learn, stream.wordings).tokenizer
        with torch.random.fork_rng([]):
            torch.manual_seed(0)
            model = LlamaForCausalLM(
                LlamaConfig(
                    vocab_size=len(tokenizer),
                    hidden_size=16,
                    intermediate_size=16,
                    num_hidden_layers=1,
                    num_attention_heads=2,
                    max_position_embeddings=self.positions,
                )
            )
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)


class NotAModel:
    """No subclass."""


class Endless(Fixed):
    context = -1


class Seeding(Fixed):
    def write(self, stream: Stream, folder: Path) -> None:
        torch.manual_seed(1)
        super().write(stream, folder)


class Rewriting(Fixed):
    def build(self, stream: Stream, **options: object) -> Path:
        folder = super().build(stream)
        self.write(stream, folder)
        return folder


class Pickled(Fixed):
    def write(self, stream: Stream, folder: Path) -> None:
        super().write(stream, folder)
        torch.save({}, folder / "pytorch_model.bin")


class Longer(Fixed):
    context = 4096


class OtherTokens(Fixed):
    def coder(self, stream: Stream) -> Coder:
        return coder(stream.updates[0].learn[:2], stream.wordings)


class SaysItKnows(Fixed):
    knows_base = True


class Infinite(Fixed):
    def write(self, stream: Stream, folder: Path) -> None:
        super().write(stream, folder)
        model = LlamaForCausalLM.from_pretrained(folder)
        with torch.no_grad():
            model.lm_head.weight.fill_(float("nan"))
        model.save_pretrained(folder)


@pytest.mark.parametrize("name", MODELS.names())
def test_registered_models_keep_the_contract(name: str) -> None:
    if name in PACKAGES and not is_added(name):
        pytest.skip(f"{name} is not on this machine (cltool models add {name})")
    check_model(MODELS.load(name))


def test_a_model_with_fixed_weights_keeps_the_contract() -> None:
    check_model(Fixed)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (NotAModel, "is not a subclass"),
        (Endless, "context is -1"),
        (Seeding, "global random state"),
        (Rewriting, "builds again"),
        (Pickled, "pytorch_model.bin"),
        (Longer, "takes 64 tokens"),
        (OtherTokens, "encodes otherwise"),
        (SaysItKnows, "other weights"),
        (Infinite, "not all finite"),
    ],
)
def test_a_broken_contract_is_named(kind: type[Model], what: str) -> None:
    with pytest.raises(ContractError, match=what):
        check_model(kind)


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        ("past_key_values", "a text in parts"),
        ("attention_mask", "padding on the left"),
        ("later tokens", "change with later tokens"),
    ],
)
def test_broken_decoding_is_named(broken: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = LlamaForCausalLM.forward

    def forward(self: Any, input_ids: Any = None, **named: Any) -> Any:
        if broken in named:
            named[broken] = None
        out = whole(self, input_ids, **named)
        if broken == "later tokens" and input_ids.shape[1] > 50:  # longer than loading checks
            out.logits = out.logits + out.logits.mean(dim=1, keepdim=True)
        return out

    monkeypatch.setattr(LlamaForCausalLM, "forward", forward)
    with pytest.raises(ContractError, match=what):
        check_model(Fixed)
