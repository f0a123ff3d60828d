"""Models of `transformers`."""

from __future__ import annotations

from typing import Any


class HFLM:
    def __init__(self, *, pretrained: Any, tokenizer: Any, **unused: Any) -> None:
        self.model, self.tokenizer = pretrained.eval(), tokenizer
