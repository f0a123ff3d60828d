"""Conversion of a plugin's attributes to tensors and plain JSON, and back, without pickle.

It supports plain values and their containers, tensors, Avalanche's parameter data, buffers and
distillation, data sets of sentences, and copies of the model. Of other types only the name is
stored, and a run that needs such a value cannot be resumed.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import torch
from avalanche.benchmarks.utils.data import AvalancheDataset
from avalanche.training import storage_policy
from avalanche.training.regularization import LearningWithoutForgetting
from avalanche.training.utils import ParamData
from torch import Tensor

from cltool.avalanche.sentences import examples_of
from cltool.avalanche.view import Classifier, View
from cltool.lm.coder import Encoded

Node = Any
"""Plain JSON: ``{kind: content}``; tensors are referred to by name."""

_OBJECTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        storage_policy.ReservoirSamplingBuffer,
        storage_policy.ExperienceBalancedBuffer,
        storage_policy.ClassBalancedBuffer,
        LearningWithoutForgetting,
    )
}
_FACTORIES: dict[str, Callable[[], Any]] = {"dict": dict, "set": set}


class UnsavedError(Exception):
    """A value has a type that checkpoints cannot store."""


def pack(value: Any, name: str, tensors: dict[str, Tensor]) -> Node:
    """Return ``value`` as plain JSON; put its tensors into ``tensors`` under ``name``."""
    if value is None or isinstance(value, bool | int | float | str):
        return {"value": value}
    if isinstance(value, Tensor):
        tensors[name] = value.detach().clone()
        return {"tensor": name, "on": value.device.type}
    if isinstance(value, ParamData):
        tensors[name] = value.data.detach().clone()
        return {"parameter": name, "on": value.data.device.type, "called": value.name}
    if isinstance(value, Classifier):
        return {"model": _packed_mapping(dict(value.lm.named_parameters()), name, tensors)}
    if isinstance(value, AvalancheDataset):
        return {"sentences": [[list(one.ids), one.start] for one in examples_of(value)]}
    if type(value).__name__ in _OBJECTS:
        made = _packed_mapping(vars(value), name, tensors)
        return {"object": type(value).__name__, "holds": made}
    if isinstance(value, Mapping):
        factory = getattr(value, "default_factory", None)
        default = next((kind for kind, one in _FACTORIES.items() if one is factory), None)
        return {"mapping": _packed_mapping(value, name, tensors), "default": default}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        kind = next(k for k in (list, tuple, set, frozenset) if isinstance(value, k)).__name__
        return {kind: [pack(item, f"{name}/{n}", tensors) for n, item in enumerate(items)]}
    return {"lost": type(value).__name__}


def unpack(node: Node, tensors: Mapping[str, Tensor], view: View) -> Any:
    """Return the value that ``pack`` converted.

    Raises:
        UnsavedError: part of it has a type that was not stored.
    """
    ((kind, content), *_) = node.items()
    if kind == "value":
        return content
    if kind in ("tensor", "parameter"):
        # Some tensors are always on the CPU and are combined with others there.
        device = "cpu" if node["on"] == "cpu" else view.learner.device
        tensor = tensors[content].to(device)
        if kind == "tensor":
            return tensor
        return ParamData(node["called"], init_tensor=tensor, device=device)
    if kind == "model":
        return _model(content, tensors, view)
    if kind == "sentences":
        return view.dataset([Encoded(tuple(ids), start) for ids, start in content])
    if kind == "object":
        made = object.__new__(_OBJECTS[content])
        vars(made).update(_unpacked_mapping(node["holds"], tensors, view))
        return made
    if kind == "mapping":
        items = _unpacked_mapping(content, tensors, view)
        default = node["default"]
        return items if default is None else defaultdict(_FACTORIES[default], items)
    if kind in ("list", "tuple", "set", "frozenset"):
        container = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind]
        return container(unpack(item, tensors, view) for item in content)
    raise UnsavedError(content)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """Iterate over the tensors of ``value``, without copies of the model."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, ParamData):
        yield value.data
    elif type(value).__name__ in _OBJECTS:
        yield from tensors_in(vars(value))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_in(item)


def sort_sets(value: Any) -> None:
    """Give all sets in ``value`` the order that they have after unpacking."""
    if type(value).__name__ in _OBJECTS:
        sort_sets(vars(value))
    elif isinstance(value, MutableMapping):
        for key, item in value.items():
            if isinstance(item, set):
                value[key] = set(sorted(item))
            else:
                sort_sets(item)


def unshare(value: Any, addresses: set[int]) -> None:
    """Copy the parameter data in ``value`` that share memory with weights at ``addresses``."""
    if isinstance(value, ParamData):
        if value.data.data_ptr() in addresses:
            value.data = value.data.clone()
    elif isinstance(value, Mapping):
        for item in value.values():
            unshare(item, addresses)
    elif isinstance(value, list | tuple):
        for item in value:
            unshare(item, addresses)


def _packed_mapping(
    items: Mapping[Any, Any], name: str, tensors: dict[str, Tensor]
) -> list[tuple[Any, Node]]:
    return [(key, pack(item, f"{name}/{key}", tensors)) for key, item in items.items()]


def _unpacked_mapping(
    items: list[tuple[Any, Node]], tensors: Mapping[str, Tensor], view: View
) -> dict[Any, Any]:
    return {key: unpack(item, tensors, view) for key, item in items}


def _model(items: list[tuple[str, Node]], tensors: Mapping[str, Tensor], view: View) -> Classifier:
    made = copy.deepcopy(view.model)
    own = dict(made.lm.named_parameters())
    with torch.no_grad():
        for name, node in items:
            own[name].copy_(tensors[node["tensor"]])
    return made
