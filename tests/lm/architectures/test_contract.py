"""What holds for every architecture, whatever its memory does."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cltool.lm.architectures.memory_state import MemoryState
from cltool.lm.language_model import load_checkpoint
from cltool.lm.layers import blocks

from .conftest import small_model, write_tokenizer

LENGTH = 45
"""More than the windows, memories and compressed memories of the models hold together."""


def text(rows: int = 3, length: int = LENGTH, seed: int = 1) -> Tensor:
    return torch.randint(3, 50, (rows, length), generator=torch.Generator().manual_seed(seed))


def logits(model: Any, ids: Tensor, **more: Any) -> Tensor:
    with torch.no_grad():
        found: Tensor = model(ids, **more).logits
    return found


def close(one: Tensor, other: Tensor) -> bool:
    return torch.allclose(one, other, atol=2e-6)


def test_a_text_in_parts_gives_the_logits_of_the_whole_text(kind: str) -> None:
    model, ids = small_model(kind), text()
    whole = logits(model, ids)
    cuts = [0, 13, 14, 15, 16, 29, LENGTH]
    state, parts = None, []
    for begin, end in pairwise(cuts):
        with torch.no_grad():
            out = model(ids[:, begin:end], past_key_values=state, use_cache=True)
        state = out.past_key_values
        parts.append(out.logits)
    assert close(torch.cat(parts, dim=1), whole)
    assert state is not None
    assert state.get_seq_length() == LENGTH


def test_later_tokens_change_nothing(kind: str) -> None:
    model, ids = small_model(kind), text()
    other = ids.clone()
    other[:, 20:] = text(seed=2)[:, 20:]
    assert close(logits(model, ids)[:, :20], logits(model, other)[:, :20])
    assert not close(logits(model, ids)[:, 20:], logits(model, other)[:, 20:])


def test_padding_on_either_side_changes_nothing(kind: str) -> None:
    model, ids = small_model(kind), text()
    padded = torch.zeros(3, LENGTH + 7, dtype=torch.long)
    mask = torch.zeros_like(padded)
    for row, left in enumerate((7, 3, 0)):
        padded[row, left : left + LENGTH] = ids[row]
        mask[row, left : left + LENGTH] = 1
    found, whole = logits(model, padded, attention_mask=mask), logits(model, ids)
    for row, left in enumerate((7, 3, 0)):
        assert close(found[row, left : left + LENGTH], whole[row])


def test_generated_text_is_that_of_whole_texts(kind: str) -> None:
    model, ids = small_model(kind), text(2, 21)
    padded, mask = ids.clone(), torch.ones_like(ids)
    padded[0, :10], padded[0, 10:], mask[0, :10] = 0, ids[0, :11], 0
    options = {"max_new_tokens": 12, "do_sample": False, "pad_token_id": 0, "eos_token_id": None}
    written = model.generate(input_ids=padded, attention_mask=mask, **options)[:, 21:]
    for row, prompt in enumerate((ids[0, :11], ids[1])):
        alone = prompt[None]
        for _ in range(12):
            best = logits(model, alone)[:, -1:].argmax(-1)
            alone = torch.cat([alone, best], dim=1)
        assert written[row].tolist() == alone[0, len(prompt) :].tolist()


def test_rows_of_a_state_can_be_chosen_and_kept(in_pieces: str) -> None:
    model, ids = small_model(in_pieces), text()
    with torch.no_grad():
        state = model(ids[:, :30], use_cache=True).past_key_values
    chosen = torch.tensor([2, 0, 2])
    state.batch_select_indices(chosen)
    loaded = MemoryState.from_tensors(state.tensors(), len(state.states))
    expected = logits(model, ids[chosen])[:, 30:]
    assert close(logits(model, ids[chosen, 30:], past_key_values=loaded), expected)


def test_every_text_continues_what_the_model_carries(in_pieces: str) -> None:
    model, ids = small_model(in_pieces), text()
    with torch.no_grad():
        model.model.carried = model(ids[:1, :17], use_cache=True).past_key_values.detached()
    after = torch.cat([ids[:1, :17].expand(3, -1), ids[:, 17:]], dim=1)
    carried = logits(model, ids[:, 17:])
    model.model.carried = None
    assert close(carried, logits(model, after)[:, 17:])


def test_every_weight_but_frozen_ones_gets_a_gradient(kind: str) -> None:
    model = small_model(kind).train()
    model(text()).logits.logsumexp(-1).sum().backward()
    silent = [
        name
        for name, weight in model.named_parameters()
        if weight.requires_grad and (weight.grad is None or not bool(weight.grad.any()))
    ]
    assert not silent


def test_padding_gives_finite_gradients(kind: str) -> None:
    model, ids = small_model(kind).train(), text()
    mask = torch.ones_like(ids)
    mask[0, 9:], mask[1, 30:] = 0, 0
    found = model(ids, attention_mask=mask).logits
    (found * mask.unsqueeze(-1)).logsumexp(-1).sum().backward()
    grads = [weight.grad for weight in model.parameters() if weight.grad is not None]
    assert all(bool(torch.isfinite(grad).all()) for grad in grads)


def test_a_saved_model_is_loaded_like_any_checkpoint(kind: str, tmp_path: Path) -> None:
    model = small_model(kind)
    model.save_pretrained(tmp_path / "m")
    write_tokenizer(tmp_path / "m")
    lm = load_checkpoint(str(tmp_path / "m"))
    assert torch.equal(logits(lm.model, text()), logits(model, text()))
    assert len(blocks(lm.model)) == 2
