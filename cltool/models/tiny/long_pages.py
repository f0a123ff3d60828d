"""Reading exercises on longer pages: more facts, and lines of other text among them.

They teach a model with a bounded memory to keep several facts apart, and to keep them while it
reads on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cltool.models.tiny.reading import Exercises, Page, line

if TYPE_CHECKING:
    from cltool.facts.facts import Fact
    from cltool.facts.wordings import Wordings
    from cltool.lm.coder import Coder

AFTER = 0.7
"""Share of the other lines that stand after the facts; the rest is anywhere on the page."""

AS_LINE = 0.5
"""Share of the other lines that are stated as facts are; the rest has any trained wording."""


class LongPages(Exercises):
    """Draws pages with more facts, and with lines about base facts that are not asked for.

    Args:
        facts: the base facts, on which the model is also trained.
        wordings: how facts are stated and asked for.
        coder: the model's tokenizer.
        context: longest page, in tokens.
        seed: of the pages.
        restarts: share of the pages in which each question begins like a new text.
        most: most facts on a page that may be asked for; the fewest are two.
        others: most lines of other text; the fewest are none.
    """

    def __init__(
        self,
        facts: Sequence[Fact],
        wordings: Wordings,
        coder: Coder,
        context: int,
        seed: int,
        restarts: float,
        *,
        most: int,
        others: int,
    ) -> None:
        super().__init__(facts, wordings, coder, context, seed, restarts)
        self._most, self._others = most, others

    def pages(self, count: int) -> list[Page]:
        """Return ``count`` pages."""
        return [self._long_page() for _ in range(count)]

    def _long_page(self) -> Page:
        generator = self._generator
        stated = self.invent_facts(generator.randint(2, self._most))
        lines: list[tuple[Fact | None, str]] = [
            (fact, line(fact, self._wordings)) for fact in stated
        ]
        keys = {fact.key for fact in stated}
        for _ in range(generator.randint(0, self._others)):
            fact = generator.choice(self._facts)
            if fact.key not in keys:
                after = generator.random() < AFTER
                place = len(lines) if after else generator.randint(0, len(lines))
                lines.insert(place, (None, self._other(fact)))
        encoded = self._coder.texts([text for _, text in lines])
        ids, asked = list(self._coder.documents([""])[0]), []
        for (one, _), line_ids in zip(lines, encoded, strict=True):
            # The other half of the page is for the questions.
            if len(ids) + len(line_ids) <= self._context // 2:
                ids += line_ids
                asked += [one] if one is not None else []
        return self._page(ids, self._coder.pairs(self._questions(asked)))

    def _other(self, fact: Fact) -> str:
        """Return a line that states a base fact."""
        if self._generator.random() < AS_LINE:
            return line(fact, self._wordings)
        prompt, target = self._generator.choice(self._wordings.examples(fact))
        return prompt + target + "\n"
