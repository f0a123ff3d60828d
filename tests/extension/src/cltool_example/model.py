"""``blank``: a small GPT-2 that was never trained."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from cltool import Coder, Model, Progress, Stream

KEY = tuple[str, str]


class Blank(Model):
    """The same random weights for every stream; its tokenizer has a token for each byte."""

    context = 128

    def build(
        self,
        stream: Stream,
        *,
        without: Collection[KEY] = (),
        reading: bool = True,
        progress: Progress | None = None,
    ) -> Path:
        """Return the folder of the checkpoint."""
        return self.cached("blank", lambda folder: self._write(stream, folder))

    def _write(self, stream: Stream, folder: Path) -> None:
        import torch
        from transformers import GPT2Config, GPT2LMHeadModel

        tokenizer = self.coder(stream).tokenizer
        config = GPT2Config(
            vocab_size=len(tokenizer),
            n_positions=self.context,
            n_embd=32,
            n_layer=1,
            n_head=2,
            bos_token_id=tokenizer.eos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
        with torch.random.fork_rng([]):
            torch.manual_seed(0)
            GPT2LMHeadModel(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)

    def coder(self, stream: Stream) -> Coder:
        """Return the tokenizer."""
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers
        from transformers import PreTrainedTokenizerFast

        letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        vocabulary = {letter: number for number, letter in enumerate([*letters, "<eos>"])}
        inner = Tokenizer(models.BPE(vocabulary, []))
        inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        inner.decoder = decoders.ByteLevel()
        return Coder(PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<eos>"))
