"""Sizes of the models that cltool builds, as settings."""

from __future__ import annotations

import pytest

from cltool import models
from cltool.core.errors import UserError
from cltool.models.tiny.build import coder
from cltool.models.tiny.model import Tiny
from cltool.models.tiny.recipe import Recipe

from ..conftest import make_stream, make_wordings


def built(name: str, options: dict[str, object]) -> Tiny:
    model = models.registered(name, options)
    assert isinstance(model, Tiny)
    return model


def test_an_option_changes_the_model_and_no_other_of_its_kind() -> None:
    usual, small = built("tiny-window", {}), built("tiny-window", {"window": 16, "full": [1]})
    assert small.architecture.identity() != usual.architecture.identity()
    assert (
        built("tiny-window", {"window": 64}).architecture.identity()
        == usual.architecture.identity()
    )
    assert built("tiny-window", {}).architecture.identity() == usual.architecture.identity()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"windows": 16}, "model.options.windows: unknown; did you mean 'window'?"),
        ({"window": 0}, "model.options.window = 0: needs to be at least 1"),
        ({"window": "wide"}, "model.options.window = 'wide': needs a whole number"),
        ({"full": 1}, "model.options.full = 1: needs a list"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(UserError) as caught:
        models.registered("tiny-window", options)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["tiny", "smollm2", "some/folder"])
def test_a_model_without_options_refuses_them(name: str) -> None:
    with pytest.raises(UserError, match="no options"):
        models.registered(name, {"window": 16})


@pytest.mark.parametrize(
    ("name", "option", "setting"),
    [("tiny-window", "full", "window"), ("tiny-hierarchical", "memory_blocks", "window")],
)
def test_options_reach_the_model(name: str, option: str, setting: str) -> None:
    own = coder(make_stream(4, name="few").updates[0].learn, make_wordings())
    recipe = Recipe(hidden=32, inner=2_000, vocabulary=400)
    model = built(name, {setting: 8, option: [-1]}).architecture.new_model(own, recipe)
    assert model.config.segment == 8
    assert getattr(model.config, option) == [recipe.layers - 1]
    with pytest.raises(UserError, match=f"model.options.{option}: the model has no block 7"):
        built(name, {option: [7]}).architecture.new_model(own, recipe)
