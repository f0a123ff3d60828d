"""The store gives back every file, and keeps what did not change once."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from cltool.core.errors import UserError
from cltool.experiments.update.history import History, Version
from cltool.experiments.update.store import Store, digest


def tensors(seed: int = 0) -> dict[str, Tensor]:
    torch.manual_seed(seed)
    return {"up": torch.randn(40, 30), "down": torch.randn(30, 40), "norm": torch.randn(30)}


def written(file: Path, parts: dict[str, Tensor]) -> Path:
    file.parent.mkdir(exist_ok=True)
    save_file({name: one.contiguous() for name, one in parts.items()}, file, {"format": "pt"})
    return file


def wider(parts: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return an MLP with eight more neurons, one of which is not zero."""
    up, down = torch.zeros(48, 30), torch.zeros(30, 48)
    up[:40], down[:, :40] = parts["up"], parts["down"]
    up[40], down[:, 40] = 0.5, -0.25
    return {**parts, "up": up, "down": down}


def one_number(parts: dict[str, Tensor]) -> dict[str, Tensor]:
    changed = parts["norm"].clone()
    changed[3] = -0.0
    return {**parts, "norm": changed}


def one_more(parts: dict[str, Tensor]) -> dict[str, Tensor]:
    return {**parts, "bias": torch.ones(7, dtype=torch.bfloat16)}


@pytest.mark.parametrize("change", [dict, wider, one_number, one_more])
def test_a_small_change_costs_little_and_comes_back_byte_for_byte(
    tmp_path: Path, change: type[dict[str, Tensor]]
) -> None:
    store = Store(tmp_path / "objects")
    base = store.put(written(tmp_path / "a" / "model.safetensors", tensors()))
    file = written(tmp_path / "b" / "model.safetensors", change(tensors()))
    name = store.put(file, base)
    assert name == digest(file)
    if name != base:
        assert store.like(name) == base
        assert store.bytes_of(name) < 0.5 * file.stat().st_size
    again = tmp_path / "again" / "model.safetensors"
    store.get(name, again)
    assert again.read_bytes() == file.read_bytes()


def test_a_file_with_other_numbers_is_kept_whole(tmp_path: Path) -> None:
    store = Store(tmp_path / "objects")
    base = store.put(written(tmp_path / "a" / "model.safetensors", tensors()))
    name = store.put(written(tmp_path / "b" / "model.safetensors", tensors(1)), base)
    assert store.like(name) is None
    store.keep_only([name])
    assert store.names() == {name}


def test_what_a_difference_needs_is_not_removed(tmp_path: Path) -> None:
    store = Store(tmp_path / "objects")
    base = store.put(written(tmp_path / "a" / "model.safetensors", tensors()))
    name = store.put(written(tmp_path / "b" / "model.safetensors", wider(tensors())), base)
    store.keep_only([name])
    assert store.names() == {name, base}


@pytest.mark.parametrize(("name", "copy"), [("a.safetensors", True), ("README.md", False)])
def test_a_file_that_others_may_write_is_copied(tmp_path: Path, name: str, copy: bool) -> None:
    store = Store(tmp_path / "objects")
    file = tmp_path / name
    file.write_text("{}")
    kept = store.put(file, copy=copy)
    file.write_text("changed in place")
    store.get(kept, tmp_path / "again")
    assert (tmp_path / "again").read_text() == "{}"
    (tmp_path / "again").write_text("changed in place")
    store.get(kept, tmp_path / "once more")
    assert (tmp_path / "once more").read_text() == "{}"


def test_a_missing_and_a_damaged_object_are_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / "objects")
    with pytest.raises(UserError, match="is missing"):
        store.get("ab" * 32, tmp_path / "again")
    file = tmp_path / "a.safetensors"
    file.write_text("one")
    name = store.put(file)
    file.write_text("two")  # the same file
    with pytest.raises(UserError, match="is damaged"):
        store.get(name, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("at", [20, -1])
def test_a_damaged_difference_is_refused(tmp_path: Path, at: int) -> None:
    store = Store(tmp_path / "objects")
    base = store.put(written(tmp_path / "a" / "model.safetensors", tensors()))
    name = store.put(written(tmp_path / "b" / "model.safetensors", wider(tensors())), base)
    (file,) = store.folder.glob(f"*/{name}.*")
    content = bytearray(file.read_bytes())
    content[at] ^= 255
    file.write_bytes(content)
    with pytest.raises(UserError, match="is damaged") as caught:
        store.get(name, tmp_path / "again")
    assert str(file) in str(caught.value)
    assert not (tmp_path / "again").exists()


def test_a_difference_from_a_damaged_file_names_that_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "objects")
    base = store.put(written(tmp_path / "a" / "model.safetensors", tensors()))
    name = store.put(written(tmp_path / "b" / "model.safetensors", wider(tensors())), base)
    (file,) = store.folder.glob(f"*/{base}")
    content = bytearray(file.read_bytes())
    content[-1] ^= 255
    file.write_bytes(content)
    with pytest.raises(UserError, match="is damaged") as caught:
        store.get(name, tmp_path / "again")
    assert caught.value.where == str(file)


@pytest.mark.parametrize("cell", ["tensors", "metadata"])
def test_a_difference_that_lacks_what_it_needs_is_damaged(tmp_path: Path, cell: str) -> None:
    store = Store(tmp_path / "objects")
    base = store.put(written(tmp_path / "a" / "model.safetensors", tensors()))
    name = store.put(written(tmp_path / "b" / "model.safetensors", wider(tensors())), base)
    (file,) = store.folder.glob(f"*/{name}.*")
    before, after = file.read_bytes().rsplit(cell.encode(), 1)
    file.write_bytes(before + b"X" * len(cell) + after)
    with pytest.raises(UserError, match="is damaged"):
        store.get(name, tmp_path / "again")


def test_old_weights_are_dropped_first_and_the_record_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cltool.experiments.update.history.FLOOR", 0)
    history = History(tmp_path / "model")
    for number in range(4):
        file = written(tmp_path / str(number) / "model.safetensors", tensors(number))
        size = file.stat().st_size
        ledger = tmp_path / str(number) / "steps.jsonl"
        ledger.write_text(str(number))
        about = {"number": number}
        tree = history.store.put_tree(file.parent, [file.name, ledger.name])
        history.add(Version(number, number - 1, tree, {}, about))
    assert history.prune(3, [0], 3 * size) == [1]
    assert [history.has(one) for one in history.versions()] == [True, False, True, True]
    assert history.version(1).about == {"number": 1}
    history.store.get(history.version(1).files["steps.jsonl"], tmp_path / "again")
    assert (tmp_path / "again").read_text() == "1"
    assert history.prune(3, [0], 0) == [2]
    assert history.next_number() == 4
    with pytest.raises(UserError, match="there is no version 9"):
        history.version(9)
