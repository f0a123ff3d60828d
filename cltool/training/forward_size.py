"""How many sequences pass through the model at once: fewer where memory runs out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from accelerate.utils.memory import find_executable_batch_size, should_reduce_batch_size

from cltool.core.errors import UserError

Result = TypeVar("Result")


class ForwardSize:
    """The largest number of sequences in a forward pass.

    Args:
        most: what the settings say.

    Attributes:
        most: what the settings say.
        size: what fits into memory, as far as is known; at most ``most``.
    """

    def __init__(self, most: int) -> None:
        self.most = self.size = most

    def reset(self) -> None:
        """Start again at what the settings say, as a resumed run does."""
        self.size = self.most

    def run(self, attempt: Callable[[int], Result]) -> Result:
        """Call ``attempt(size)``; while memory runs out, call it again with half the size.

        Errors of memory are told apart from others as in `accelerate`'s
        ``find_executable_batch_size``, which also frees the caches before each new attempt.

        Args:
            attempt: takes the number of sequences. It must start anew when it is called again.

        Raises:
            UserError: memory runs out with one sequence.
        """
        try:
            return attempt(self.size)
        except RuntimeError as error:
            if not should_reduce_batch_size(error):
                raise
        self._halve()
        found: Callable[[], Result] = find_executable_batch_size(
            attempt, starting_batch_size=self.size, reduce_batch_size_fn=self._halve
        )
        return found()

    def _halve(self) -> int:
        self.size //= 2
        if self.size == 0:
            raise UserError(
                "memory runs out in training, even with one sequence in a forward pass",
                hint="To need less, set learner.gradient_checkpointing=true and"
                " learner.optimizer=adafactor. If that is not enough, train only an adapter"
                " (strategy lora) with model.weights=bfloat16, or use a smaller model.",
            )
        return self.size
