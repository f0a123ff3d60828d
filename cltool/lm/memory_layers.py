"""Product-key memory beside the feed-forward part of some blocks of any causal LM.

The memory of a block reads what the feed-forward part reads, and its output is added to that of the
feed-forward part (`cltool.lm.feed_forward`). Its values are zero at first, so nothing changes. Then
only the values can be trained: sub-keys and queries get no gradient through values of zero. Queries
are therefore a random projection of whitened states, so that they spread over the slots: with μ and
Σ the mean and the covariance of the states in background text, and R random,

    q = R Σ^(−1/2) (x − μ)

A saved model has the memories as further tensors, and their size in its config. cltool restores
them when it loads the model. `transformers` alone loads the model without them, and warns of
tensors that it does not use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from cltool.core.errors import UserError
from cltool.core.seeds import derive
from cltool.lm.feed_forward import feed_forward
from cltool.lm.layers import blocks, hidden, numbers, with_hidden
from cltool.lm.product_keys import MemorySize, ProductKeyMemory, memories

if TYPE_CHECKING:
    from cltool.lm.language_model import LanguageModel

SETTING = "cltool_memory"
"""What the config says about the memories: ``layers``, and the fields of `MemorySize`."""

CHILD = "memory"
"""The name of the memory in its block."""

WHERE = "model.memory_layers"


class MemoryBeside(ProductKeyMemory):
    """A memory whose output is added to that of a feed-forward part; its values are zero.

    Args:
        width: width of the model.
        size: of the memory.
    """

    def __init__(self, width: int, size: MemorySize) -> None:
        super().__init__(width, size, gated=False)
        nn.init.zeros_(self.values.weight)
        self._states: Tensor | None = None

    def note(self, _: nn.Module, inputs: tuple[Any, ...]) -> None:
        """Keep what the feed-forward part reads: a hook before its forward pass."""
        self._states = inputs[0]

    def add(self, _: nn.Module, __: tuple[Any, ...], output: Any) -> Any:
        """Add what the memory returns: a hook after the forward pass."""
        if self._states is None:
            return output
        states, self._states = self._states, None
        before = hidden(output)
        return with_hidden(output, before + self(states.to(self.values.weight)).to(before))


def attach(model: nn.Module, layers: Sequence[int], size: MemorySize, seed: int = 0) -> None:
    """Put a memory of zeros beside the feed-forward part of some blocks, in place.

    Args:
        model: a causal LM without memories.
        layers: numbers of the blocks, negative from the last.
        size: of each memory.
        seed: of the sub-keys and the random projections.

    Raises:
        UserError: the model has memories already, no such block, or a block of an unknown kind.
    """
    if memories(model):
        raise UserError(
            "this model has memory layers already",
            where=WHERE,
            hint="Leave out --memory-layers, or start from the model without them.",
        )
    all_blocks = blocks(model)
    config: Any = model.config
    width = int(config.get_text_config().hidden_size)
    chosen = numbers(layers, len(all_blocks), WHERE)
    with torch.random.fork_rng(devices=[]):
        for number in chosen:
            torch.manual_seed(derive(seed, number, "memory"))
            block: Any = all_blocks[number]
            memory = MemoryBeside(width, size)
            nn.init.normal_(memory.index.query.weight, std=width**-0.5)
            nn.init.zeros_(memory.index.query.bias)
            part = feed_forward(block)
            memory.to(next(block.parameters()).device).eval()
            setattr(block, CHILD, memory)
            part.reads.register_forward_pre_hook(memory.note)
            part.adds.register_forward_hook(memory.add)
    setattr(config, SETTING, {"layers": chosen, **asdict(size)})


@torch.no_grad()
def calibrate(lm: LanguageModel, texts: Sequence[str]) -> None:
    """Make the queries of the memories spread over the slots that states of ``texts`` can read.

    Args:
        lm: a model with memories whose values are zero.
        texts: background texts; they are cut at the model's context.
    """
    ids = [row[: lm.context] for row in lm.coder.documents(texts)]
    with _states(lm.model) as seen:
        for row in ids:
            if row:
                lm.model(input_ids=torch.tensor([row], device=lm.device), use_cache=False)
    for name, memory in memories(lm.model).items():
        # The first token of a text can have a state that is a hundred times as long.
        memory.index.follow(torch.cat([one[1:] for one in seen[name]]))


@contextmanager
def _states(model: nn.Module) -> Iterator[dict[str, list[Tensor]]]:
    """Collect the states that the memories of ``model`` read, (tokens, width) for each text."""
    seen: dict[str, list[Tensor]] = {name: [] for name in memories(model)}
    handles = []
    try:
        for name, memory in memories(model).items():

            def note(_: nn.Module, inputs: tuple[Any, ...], name: str = name) -> None:
                seen[name].append(inputs[0].detach().flatten(0, -2).float())

            handles.append(memory.index.register_forward_pre_hook(note))
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def restore(model: nn.Module, folder: Path, info: Mapping[str, Any]) -> dict[str, Any]:
    """Attach the memories that the config of a loaded model names, with their tensors.

    Args:
        model: as ``from_pretrained`` returned it, without its memories.
        folder: of the checkpoint.
        info: the loading info of ``from_pretrained``.

    Returns:
        The loading info with the tensors of the memories in their places.

    Raises:
        UserError: the config does not describe memories that fit the model.
    """
    from safetensors import safe_open

    config: Any = model.config
    entry = getattr(config, SETTING, None)
    if entry is None or memories(model):
        return dict(info)
    try:
        sizes = dict(entry)
        layers, size = sizes.pop("layers"), MemorySize(**sizes)
    except (TypeError, ValueError, KeyError) as error:
        raise UserError(f"{SETTING} in its config is not as cltool writes it: {error}") from error
    attach(model, layers, size)
    wanted = {
        f"{name}.{inner}": tensor
        for name, memory in memories(model).items()
        for inner, tensor in memory.state_dict().items()
    }
    found = set()
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as tensors, torch.no_grad():
            for name in wanted.keys() & set(tensors.keys()):
                tensor = tensors.get_tensor(name)
                if tensor.shape == wanted[name].shape:
                    wanted[name].copy_(tensor)
                    found.add(name)
    missing = {*info.get("missing_keys", ()), *(wanted.keys() - found)}
    unexpected = {*info.get("unexpected_keys", ())} - found
    return {**info, "missing_keys": missing, "unexpected_keys": unexpected}
