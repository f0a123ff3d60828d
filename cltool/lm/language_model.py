"""Language models with their tokenizers: loading, saving, and their properties."""

from __future__ import annotations

import hashlib
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cltool.core.digests import SHORT, changes_since_saving, saved_from_built
from cltool.core.errors import UserError
from cltool.core.files import give_default_modes, whole_file
from cltool.lm import checkpoint_checks as checks
from cltool.lm.checkpoint_folder import CONTEXTS, Problem, find, inspect, refuse
from cltool.lm.coder import Coder
from cltool.lm.companions import Companions
from cltool.lm.precision import Precision, choose_device, choose_dtype, weight_options

if TYPE_CHECKING:
    import torch
    from torch import nn

    from cltool.core.settings import LearnerSettings


PRETRAINED = 20_000_000
"""Parameters from which a model is taken to be pretrained: cltool builds none of this size."""

DIGESTED = 1 << 22
"""Numbers that are hashed at once."""


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
        companions: the files beside the weights of the checkpoint that was loaded.
        parts: hash of each part of the checkpoint that was loaded: ``weights``, ``tokenizer``,
            ``config``, ``generation_config``, ``chat_template``.
        warnings: what readers must know about the checkpoint.
        asked: a sentence about how the model is asked, if there was a choice.
        built: whether cltool made the model, or saved it after training one that it made.
    """

    name: str
    source: str
    model: nn.Module
    coder: Coder
    precision: Precision
    reads: bool = True
    companions: Companions = field(default_factory=Companions)
    parts: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    asked: str = ""
    built: bool = False

    @property
    def device(self) -> torch.device:
        """Device of the model."""
        return self.precision.device

    @cached_property
    def context(self) -> int:
        """Longest sequence that the model accepts, in tokens."""
        config = self._text_config
        for name in CONTEXTS:
            value = getattr(config, name, None)
            if isinstance(value, int) and value > 0:
                return value - _padding_positions(self.model, value)
        return 1 << 20

    @property
    def width(self) -> int:
        """Width of the residual stream."""
        return int(getattr(self._text_config, "hidden_size", 0) or 0)

    @cached_property
    def pretrained(self) -> bool:
        """Whether the model is so large that it is taken to be pretrained (`PRETRAINED`)."""
        return sum(one.numel() for one in self.model.parameters()) >= PRETRAINED

    @property
    def default_rate(self) -> float:
        """Default learning rate: 0.128 divided by the width (1e-3 at 128).

        That of a pretrained model is a tenth of it (2.2e-5 at 576, 3e-6 at 4096): with ten times
        as much it loses most of what no update mentions.

        Raises:
            UserError: the model's config does not have the width.
        """
        if not self.width:
            raise UserError(
                "the model's config does not have its width, so there is no default learning rate",
                where=self.source,
                hint="Set one with --set learner.lr=…",
            )
        return (0.0128 if self.pretrained else 0.128) / self.width

    def with_rate(self, settings: LearnerSettings, scale: float = 1.0) -> LearnerSettings:
        """Return ``settings`` with the learning rate for this model filled in.

        Args:
            settings: a rate that they have stays.
            scale: factor of the default rate, beside ``lr_scale``.

        Raises:
            UserError: no learning rate is set, and there is no default.
        """
        if settings.lr is not None:
            return settings
        return settings.model_copy(update={"lr": self.default_rate * settings.lr_scale * scale})

    @property
    def _text_config(self) -> Any:
        config: Any = self.model.config
        return config.get_text_config() if hasattr(config, "get_text_config") else config

    def digest(self) -> str:
        """Return a hash of the weights."""
        import torch

        hasher = hashlib.sha256()
        for name, tensor in sorted(self.model.state_dict().items()):
            hasher.update(name.encode())
            # In parts: the float32 copy of a large matrix takes much memory.
            for part in torch.split(tensor.detach().reshape(-1), DIGESTED):
                hasher.update(part.float().cpu().contiguous().numpy().tobytes())
        return hasher.hexdigest()[:SHORT]


def _padding_positions(model: nn.Module, size: int) -> int:
    """Return how many of ``size`` position embeddings no token of a text gets.

    RoBERTa and its kin give the first token the position after that of padding. ProphetNet looks
    one position ahead of the last token, too.
    """
    from torch import nn

    ahead = int("prophetnet" in str(getattr(model.config, "model_type", "")))
    for name, module in model.named_modules():
        if not isinstance(module, nn.Embedding) or module.num_embeddings != size:
            continue
        if "position" in name.rpartition(".")[2] and module.padding_idx is not None:
            return int(module.padding_idx) + 1 + ahead
    return ahead


def load_checkpoint(
    source: str,
    *,
    name: str = "",
    device: str = "auto",
    dtype: str = "auto",
    weights: str = "float32",
    further: Callable[[LanguageModel], Sequence[str]] = lambda lm: (),
) -> LanguageModel:
    """Load a causal LM from safetensors files, and check it; its code is never run.

    Args:
        source: the folder or the hub name.
        name: the name that the user gave; by default ``source``.
        device: ``auto``, ``cpu``, ``cuda``, …
        dtype: ``auto``, ``float32`` or ``bfloat16``.
        weights: format in which the weights are kept: ``float32``, ``bfloat16`` or ``4bit``.
        further: returns further problems. They are told with those that make the checkpoint
            unusable; if there are none of these, the caller tells them.

    Raises:
        UserError: the checkpoint cannot be used, or the device does not exist or cannot keep such
            weights. The error tells everything that is wrong with the checkpoint.
    """
    place = choose_device(device)
    options = weight_options(weights, place)
    folder = find(source)
    refuse(source, inspect(folder))
    companions = Companions.read(folder)
    tokenizer, problems = _tokenizer(folder)
    model, info, more = _model(folder, options, place)
    problems = _once([*problems, *more])
    doubts = [
        f"The saved model is not as cltool wrote it: {it}." for it in changes_since_saving(folder)
    ]
    lm = None
    if model is not None:
        model.eval()
        problems += checks.model_problems(model, info)
        doubts += checks.model_warnings(model, info)
    if model is not None and tokenizer is not None:
        rows = checks.embedding_rows(model)
        problems += checks.tokenizer_problems(tokenizer, rows)
        end = checks.end_token(tokenizer, companions, rows)
        problems += end.problems
        doubts += end.warnings
        if end.token is not None:
            tokenizer.eos_token = tokenizer.convert_ids_to_tokens(end.token)
        precision = Precision(place, choose_dtype(dtype, model, place))
        coder = Coder(tokenizer, end.others)
        lm = LanguageModel(name or source, source, model, coder, precision)
    if lm is None or problems:
        facts = [] if lm is None else [Problem(text, "") for text in further(lm)]
        extra = [] if model is None else checks.model_warnings(model, info)
        refuse(source, [*problems, *facts, *(Problem(text, "") for text in extra)])
        raise AssertionError("a checkpoint without problems is loaded")
    lm.companions, lm.warnings = companions, tuple(doubts)
    lm.built = saved_from_built(folder)
    lm.parts = {"weights": lm.digest(), **companions.digests()}
    return lm


def _tokenizer(folder: Path) -> tuple[Any, list[Problem]]:
    """Return the tokenizer in ``folder``, or None and the problem."""
    from transformers import AutoTokenizer

    try:
        with silent():
            return AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False), []
    except Exception as error:  # whatever a damaged file makes the libraries raise
        return None, [_unloadable("tokenizer", error)]


def _model(
    folder: Path, options: Mapping[str, Any], place: torch.device
) -> tuple[Any, dict[str, Any], list[Problem]]:
    """Return the model in ``folder`` and its loading info, or None and the problem."""
    from transformers import AutoModelForCausalLM, GenerationConfig

    from cltool.lm import memory_layers

    try:
        with silent():
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                str(folder),
                trust_remote_code=False,
                use_safetensors=True,
                ignore_mismatched_sizes=True,  # all of them are told, with their shapes
                output_loading_info=True,
                **options,
            )
    except Exception as error:  # whatever a damaged file makes the libraries raise
        return None, {}, [_unloadable("model", error)]
    model, info = loaded
    try:
        info = memory_layers.restore(model, folder, info)
    except UserError as error:
        return None, {}, [Problem(f"its memory layers cannot be restored: {error.what}", "")]
    # A checkpoint may have settings for sampling or penalties; answers use plain greedy decoding.
    model.generation_config = GenerationConfig()
    return model if "device_map" in options else model.to(place), info, []


def _once(problems: list[Problem]) -> list[Problem]:
    """Return the problems of tokenizer and model; what both say, such as of a bad config, once."""
    whats = [problem.what.partition(" cannot be loaded: ") for problem in problems]
    if len(problems) == 2 and whats[0][2] and whats[0][2] == whats[1][2]:
        both = f"the tokenizer and the model{whats[0][1]}{whats[0][2]}"
        return [problems[0]._replace(what=both)]
    return problems


def _unloadable(what: str, error: Exception) -> Problem:
    text = " ".join(str(error).split()) or type(error).__name__
    return Problem(
        f"the {what} cannot be loaded: {text[:300]}",
        "Give the folder or hub name of a causal LM with safetensors weights and a fast "
        "tokenizer, or a name that `cltool list models` shows.",
    )


@contextmanager
def silent() -> Iterator[None]:
    """Keep `transformers` from printing what the checks of cltool say themselves."""
    from logging import CRITICAL

    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity(CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(before)


def save_weights(model: nn.Module, file: Path, *, trainable_only: bool = False) -> None:
    """Write the weights as safetensors; tied weights are written once."""
    from safetensors.torch import save_file

    from cltool.lm.sharding import saved_tensors

    tensors = {
        name: tensor.cpu().contiguous() for name, tensor in saved_tensors(model, trainable_only)
    }
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
            hint="It is damaged, or it is a checkpoint of another model.",
        ) from error


def _widened(model: Any) -> Any:
    """Return ``model`` with bfloat16 weights as float32, so that an adapter is merged exactly."""
    return model if getattr(model, "is_quantized", False) else model.float()


def save_checkpoint(lm: LanguageModel, folder: Path) -> None:
    """Write model and tokenizer as a `transformers` checkpoint, with adapters merged.

    The files of the tokenizer, its chat template and the generation settings are those of the
    checkpoint that was loaded, so that `transformers` uses both checkpoints in the same way.

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
            model = _widened(copy.deepcopy(model)).merge_and_unload()
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
    if lm.companions.files:
        lm.companions.write(partial, lm.coder.eos)
    give_default_modes(partial)
    if folder.is_dir():
        folder.rmdir()
    partial.rename(folder)
