"""Models of `transformers`."""

from __future__ import annotations

from typing import Any


class HFLM:
    """Takes what cltool gives of the arguments that lm-eval has; it changes model and tokenizer."""

    def __init__(
        self,
        *,
        pretrained: Any,
        tokenizer: Any,
        backend: str,
        max_length: int,
        batch_size: int | str,
        mixed_precision_dtype: Any,
        chat_template_args: dict[str, Any],
    ) -> None:
        self.model, self.tokenizer = pretrained.eval(), tokenizer
        self.tokenizer.add_special_tokens({"pad_token": "<|pad|>"})
        self.max_length, self.mixed_precision_dtype = max_length, mixed_precision_dtype
