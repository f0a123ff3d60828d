"""Checks of a loaded checkpoint: is it whole, finite and causal, and does its tokenizer fit?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cltool.lm.checkpoint_folder import CAUSAL_HINT, CONFIG, GENERATION, Problem
from cltool.lm.companions import Companions
from cltool.lm.finite import huge

if TYPE_CHECKING:
    from torch import Tensor, nn

LENGTH = 8
"""Tokens of the text with which a model is tried."""

CAUSAL_TOLERANCE = 1e-4
"""Largest change of earlier logits, relative to the largest logit, when later tokens change."""

SHOWN = 3
"""Names that a sentence lists."""


def model_problems(model: Any, info: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with a model that was loaded, apart from its tokenizer.

    Args:
        model: a `transformers` model.
        info: the loading info of ``from_pretrained``.
    """
    bad = [*_not_finite(model, set(info.get("missing_keys", ())))]
    return [*_incomplete(model, info), *bad, *_bad_predictions(model, finite=not bad)]


def model_warnings(model: Any, info: Mapping[str, Any]) -> list[str]:
    """Return what readers of a run must know about the checkpoint."""
    found = _prefix(info)
    wrapped = found[1] if found else []
    extra = sorted(set(_unexpected(info)) - {*_dropped(model, info), *wrapped})
    trained = [str(name) for name in getattr(model.config, "architectures", None) or ()]
    masked = [
        f"The checkpoint was saved as {name}, which was trained to see the text on both sides;"
        " is_decoder in its config.json makes it causal."
        for name in trained
        if name.endswith("ForMaskedLM")
    ]
    if not extra:
        return masked
    return [
        *masked,
        f"The checkpoint has {_tensors(extra)} that this architecture does not use: "
        f"{_some(extra)}.",
    ]


def embedding_rows(model: Any) -> int:
    """Return the number of tokens that the model's embedding has."""
    try:
        return int(model.get_input_embeddings().weight.shape[0])
    except (AttributeError, NotImplementedError):  # an architecture that does not say where it is
        return int(model.config.get_text_config().vocab_size)


def _incomplete(model: Any, info: Mapping[str, Any]) -> Iterator[Problem]:
    missing = sorted(info.get("missing_keys", ()))
    if found := _prefix(info):
        prefix, names, writer = found
        yield Problem(
            f"{_tensors(names)} of the checkpoint have {prefix!r} before their names, as {writer},"
            f" so the model does not find them: {_some(names)}",
            "Save the model itself: model.module.save_pretrained (DistributedDataParallel), or"
            " merge_and_unload().save_pretrained (PEFT).",
        )
        missing = sorted({*missing} - {_plain(name, prefix) for name in names})
    if missing:
        yield Problem(
            f"the checkpoint lacks {_tensors(missing)} of its model, which would have random "
            f"values: {_some(missing)}",
            "Copy or save the checkpoint again; if the missing tensors are tied to others, its "
            "config.json must say so (tie_word_embeddings).",
        )
    if dropped := _dropped(model, info):
        yield Problem(
            f"the checkpoint has {_tensors(dropped)} for which the model of its config.json has no "
            f"place: {_some(dropped)}",
            "Use the config.json that the checkpoint was saved with.",
        )
    mismatched = sorted(info.get("mismatched_keys", ()), key=str)
    if mismatched:
        first = [
            f"{name} ({_shape(found)} in the checkpoint, {_shape(wanted)} by config.json)"
            for name, found, wanted in mismatched
        ]
        yield Problem(
            f"the shapes of {_tensors(mismatched)} are not those of config.json: {_some(first)}",
            "Use the config.json that the checkpoint was saved with.",
        )
    for text in info.get("error_msgs", ()) or ():
        yield Problem(f"a tensor cannot be loaded: {str(text).strip().splitlines()[0]}", "")


_WRITERS = {
    "module.": "DistributedDataParallel does",
    "_orig_mod.": "torch.compile does",
    "base_model.model.": "PEFT does for a model with an adapter",
    "_fsdp_wrapped_module.": "FullyShardedDataParallel does",
}
"""Prefixes of the names of tensors, and what writes them."""


def _prefix(info: Mapping[str, Any]) -> tuple[str, list[str], str] | None:
    """Return a prefix of missing tensors' names, those names with it, and who writes it."""
    missing = set(info.get("missing_keys", ()))
    names = sorted(_unexpected(info)) if missing else []
    for prefix in dict.fromkeys(part for name in names for part in _beginnings(name)):
        own = [name for name in names if name.startswith(prefix)]
        if found := [name for name in own if _plain(name, prefix) in missing]:
            writers = [who for one, who in _WRITERS.items() if prefix.startswith(one)]
            return prefix, found, writers[0] if writers else "a program that wraps the model does"
    return None


def _plain(name: str, prefix: str) -> str:
    """Return the name that a tensor has in the model itself."""
    return name.removeprefix(prefix).replace(".base_layer.", ".")


def _beginnings(name: str) -> Iterator[str]:
    """Return ``a.`` and ``a.b.`` of ``a.b.c``."""
    parts = name.split(".")
    for count in range(1, len(parts)):
        yield ".".join(parts[:count]) + "."


def _unexpected(info: Mapping[str, Any]) -> list[str]:
    return [name for name in info.get("unexpected_keys", ()) if not _OLD_BUFFERS.search(name)]


_OLD_BUFFERS = re.compile(r"(^|\.)(inv_freq|masked_bias|attn\.bias|attention\.bias)$")
"""Buffers of old checkpoints that models compute themselves."""


def _dropped(model: Any, info: Mapping[str, Any]) -> list[str]:
    """Return the unused tensors that belong to the language model itself.

    These are tensors of a module or of a further layer of a kind that the model has, and adapters
    that are not merged. Others (such as a value head or an image encoder) do not change its
    answers.
    """
    kinds = {_without_numbers(name) for name, _ in model.named_modules()}
    return sorted(
        name
        for name in _unexpected(info)
        if "lora_" in name or _without_numbers(name).rpartition(".")[0] in kinds - {""}
    )


def _without_numbers(name: str) -> str:
    return re.sub(r"\.\d+(?=\.|$)", ".N", name)


def _not_finite(model: nn.Module, missing: Collection[str]) -> Iterator[Problem]:
    from cltool.lm.finite import not_finite

    named = model.named_parameters()
    if bad := not_finite((name, tensor) for name, tensor in named if name not in missing):
        yield Problem(
            f"its weights are not all finite numbers (NaN or infinity in {_tensors(bad)}): "
            f"{_some(bad)}",
            _FINITE_HINT,
        )


_FINITE_HINT = "Use a checkpoint from before the training that produced them."


def _bad_predictions(model: Any, finite: bool) -> Iterator[Problem]:
    """Try the model on a text; ``finite`` says whether its weights are finite numbers."""
    import torch

    rows = embedding_rows(model)
    ids = torch.arange(LENGTH, device=model.device) * 7919 % rows
    other = ids.clone()
    half = LENGTH // 2
    other[half:] = (other[half:] + rows // 2 + 1) % rows
    try:
        with torch.no_grad():
            logits: Tensor = model(input_ids=torch.stack([ids, other])).logits
    except Exception as error:  # whatever the code of an architecture raises
        yield Problem(f"a forward pass fails: {_first_line(error)}", CAUSAL_HINT)
        return
    logits = logits.float()
    if finite and bool((logits.isnan() | logits.isposinf()).any()):
        yield Problem(
            f"its predictions are not finite numbers, though its weights are{huge(model)}",
            _FINITE_HINT,
        )
        return
    if bool((logits.amax(-1) == logits.amin(-1)).all()):
        yield Problem(
            f"it predicts every token with the same probability{huge(model)}", _FINITE_HINT
        )
        return
    before = logits[:, :half]
    change = (before[0] - before[1]).abs().max()
    if change > CAUSAL_TOLERANCE * before.abs().max():
        decoder = getattr(model.config, "is_decoder", None)
        why = " (is_decoder is false in config.json)" if decoder is False else ""
        yield Problem(
            f"it is not causal: its prediction for a token depends on later tokens{why}",
            CAUSAL_HINT,
        )


@dataclass(frozen=True)
class EndToken:
    """The token with which a model ends a text.

    Attributes:
        problems: what is wrong with it.
        warnings: what readers must know about it.
        token: its id, if the tokenizer lacks one and the model's settings have it.
        others: further tokens at which the model's generation settings stop.
    """

    problems: list[Problem]
    warnings: list[str]
    token: int | None = None
    others: tuple[int, ...] = ()


def tokenizer_problems(tokenizer: Any, rows: int) -> list[Problem]:
    """Return what is wrong with a tokenizer for a model whose embedding has ``rows`` rows."""
    beyond = sorted((number, token) for token, number in tokenizer.get_vocab().items())
    beyond = [pair for pair in beyond if pair[0] >= rows]
    if not beyond:
        return []
    shown = _some([f"{token!r} ({number})" for number, token in beyond])
    return [
        Problem(
            f"the tokenizer has {len(beyond)} token{'s' * (len(beyond) > 1)} beyond the model's "
            f"embedding of {rows} tokens: {shown}",
            "Use the tokenizer that the model was saved with, or resize the model's embedding "
            "(resize_token_embeddings) and save it again.",
        )
    ]


def end_token(tokenizer: Any, companions: Companions, rows: int) -> EndToken:
    """Find the end token of a model, and what is wrong with it.

    Args:
        tokenizer: its tokenizer.
        companions: the files of its checkpoint.
        rows: number of tokens that the model's embedding has.
    """
    own = tokenizer.eos_token_id
    stated = companions.ends(GENERATION) or companions.ends(CONFIG)
    special = set(tokenizer.all_special_ids) | {
        number for number, token in tokenizer.added_tokens_decoder.items() if token.special
    }
    # Settings that were never changed may name an ordinary token.
    others = tuple(one for one in stated if 0 <= one < rows and one in special)
    if not isinstance(own, int):
        if not others:
            return EndToken([_NO_END], [])
        warning = (
            f"The tokenizer has no end token; {_token(tokenizer, others[0], rows)}, the end token "
            "of the model's settings, is used."
        )
        return EndToken([], [warning], others[0], others)
    if own >= rows:
        what = f"the end token {tokenizer.eos_token!r} ({own}) is beyond the model's embedding"
        return EndToken([Problem(what, _NO_END.hint)], [])
    warnings = []
    if stated and own not in stated:
        texts = _some([_token(tokenizer, one, rows) for one in stated])
        warnings.append(
            f"The tokenizer's end token is {_token(tokenizer, own, rows)}, but the model's "
            f"settings end at {texts}; facts are taught with the tokenizer's."
        )
    return EndToken([], warnings, None, others)


_NO_END = Problem(
    "the tokenizer has no end token, so the model cannot end an answer",
    "Name one in tokenizer_config.json (eos_token).",
)


def _token(tokenizer: Any, number: int, rows: int) -> str:
    if not 0 <= number < rows:
        return f"{number} (no token of the model)"
    return f"{tokenizer.convert_ids_to_tokens(number)!r} ({number})"


def _tensors(names: Collection[object]) -> str:
    return f"{len(names)} tensor{'s' * (len(names) > 1)}"


def _shape(sizes: Iterable[int]) -> str:
    return "×".join(map(str, sizes))


def _some(names: Collection[str]) -> str:
    shown = list(names)[:SHOWN]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).split("\n", 1)[0]
