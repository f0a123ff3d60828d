"""Language models with their tokenizers: loading, saving, and their properties."""

from __future__ import annotations

import hashlib
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.errors import UserError
from cltool.core.files import whole_file
from cltool.lm.coder import Coder
from cltool.lm.precision import Precision, choose_device, choose_dtype

if TYPE_CHECKING:
    import torch
    from torch import nn

    from cltool.core.settings import LearnerSettings


@dataclass
class LanguageModel:
    """A causal language model with its tokenizer, which the learner trains and the prober asks.

    Attributes:
        name: the name that the user gave.
        source: folder or hub name of the checkpoint.
        model: a `transformers` causal LM, or its PEFT wrapper.
        coder: its tokenizer.
        precision: the device and the arithmetic.
        reads: False if the model is known not to answer from facts in its prompt.
    """

    name: str
    source: str
    model: nn.Module
    coder: Coder
    precision: Precision
    reads: bool = True

    @property
    def device(self) -> torch.device:
        """Device of the model."""
        return self.precision.device

    @property
    def context(self) -> int:
        """Longest sequence that the model accepts, in tokens."""
        config = self._text_config
        for name in ("max_position_embeddings", "n_positions", "n_ctx"):
            value = getattr(config, name, None)
            if isinstance(value, int) and value > 0:
                return value
        return 1 << 20

    @property
    def width(self) -> int:
        """Width of the residual stream."""
        return int(getattr(self._text_config, "hidden_size", 0) or 0)

    @property
    def default_rate(self) -> float:
        """Default learning rate: 0.128 divided by the width (1e-3 at 128, 3e-5 at 4096).

        Raises:
            UserError: the model's config does not have the width.
        """
        if not self.width:
            raise UserError(
                "the model's config does not have its width, so there is no default learning rate",
                where=self.source,
                hint="Set one with --set learner.lr=…",
            )
        return 0.128 / self.width

    def with_rate(self, settings: LearnerSettings) -> LearnerSettings:
        """Return ``settings`` with the learning rate for this model filled in.

        Raises:
            UserError: no learning rate is set, and there is no default.
        """
        if settings.lr is not None:
            return settings
        return settings.model_copy(update={"lr": self.default_rate * settings.lr_scale})

    @property
    def _text_config(self) -> Any:
        config: Any = self.model.config
        return config.get_text_config() if hasattr(config, "get_text_config") else config

    def digest(self) -> str:
        """Return a hash of the weights."""
        hasher = hashlib.sha256()
        for name, tensor in sorted(self.model.state_dict().items()):
            hasher.update(name.encode())
            hasher.update(tensor.detach().float().cpu().contiguous().numpy().tobytes())
        return hasher.hexdigest()[:20]


def load_checkpoint(
    source: str, *, name: str = "", device: str = "auto", dtype: str = "auto"
) -> LanguageModel:
    """Load a causal LM from a folder or a hub name.

    Weights are loaded from safetensors files as float32. Code in a checkpoint is never run.

    Args:
        source: the folder or the hub name.
        name: the name that the user gave; by default ``source``.
        device: ``auto``, ``cpu``, ``cuda``, …
        dtype: ``auto``, ``float32`` or ``bfloat16``.

    Raises:
        UserError: the checkpoint cannot be loaded, or the device does not exist.
    """
    place = choose_device(device)
    model, tokenizer = _checkpoint(source)
    model.to(place)
    model.eval()
    precision = Precision(place, choose_dtype(dtype, model, place))
    return LanguageModel(name or source, source, model, Coder(tokenizer), precision)


def _checkpoint(source: str) -> tuple[Any, Any]:
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig
    from transformers.utils import logging

    logging.disable_progress_bar()
    if source.startswith((".", "/", "~")) and not (Path(source) / "config.json").is_file():
        raise UserError(
            "there is no model in this folder (no config.json)",
            where=source,
            hint="Give the folder of a checkpoint, or a hub name such as ORG/NAME.",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tokenizer = AutoTokenizer.from_pretrained(source, trust_remote_code=False)
            model = AutoModelForCausalLM.from_pretrained(
                source, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
            )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        first = str(error).strip().split("\n", 1)[0]
        raise UserError(
            f"the model cannot be loaded: {first}",
            where=source,
            hint=(
                "Give the folder or hub name of a causal LM with safetensors weights and a "
                "fast tokenizer, or a name that `cltool list models` shows."
            ),
        ) from error
    # A checkpoint may have settings for sampling or penalties; answers use plain greedy decoding.
    model.generation_config = GenerationConfig()
    return model, tokenizer


def save_weights(model: nn.Module, file: Path, *, trainable_only: bool = False) -> None:
    """Write the weights as safetensors; tied weights are written once."""
    from safetensors.torch import save_file

    seen: set[int] = set()
    tensors: dict[str, torch.Tensor] = {}
    for name, parameter in [*model.named_parameters(), *model.named_buffers()]:
        if id(parameter) in seen or (trainable_only and not parameter.requires_grad):
            continue
        seen.add(id(parameter))
        tensors[name] = parameter.detach().cpu().contiguous()
    with whole_file(file) as partial:
        save_file(tensors, partial)


def load_weights(model: nn.Module, file: Path) -> None:
    """Load a file of ``save_weights`` into ``model``, in place.

    Raises:
        UserError: the file does not fit the model.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    own = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    try:
        tensors = load_file(file)
        with torch.no_grad():
            for name, tensor in tensors.items():
                own[name].copy_(tensor)
    except (KeyError, RuntimeError, SafetensorError, OSError) as error:
        raise UserError(
            f"the checkpoint does not fit the model: {error}",
            where=str(file),
            hint="Start the run again with --fresh.",
        ) from error


def save_checkpoint(lm: LanguageModel, folder: Path) -> None:
    """Write model and tokenizer as a `transformers` checkpoint, with adapters merged.

    Raises:
        UserError: the folder exists and is not empty, or the adapter cannot be merged (such as a
            trained prompt).
    """
    import copy

    if folder.is_dir() and any(folder.iterdir()):
        raise UserError("the folder is not empty", where=str(folder), hint="Use another folder.")
    model: Any = lm.model
    if hasattr(model, "get_base_model"):
        try:
            model = copy.deepcopy(model).merge_and_unload()
        except (AttributeError, NotImplementedError, ValueError) as error:
            raise UserError(
                f"this adapter cannot be merged into the model: {error}",
                where=str(folder),
                hint="Do not save the model; the run's last checkpoint contains the adapter.",
            ) from error
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    model.save_pretrained(partial)
    lm.coder.tokenizer.save_pretrained(partial)
    if folder.is_dir():
        folder.rmdir()
    partial.rename(folder)
