"""English sentences without facts, to train on if too few retained facts are unrelated.

Each sentence is a prompt and a completion, like a fact.
"""

from __future__ import annotations

PLAIN_TEXT: tuple[tuple[str, str], ...] = (
    ("The kettle", " boils in a few minutes."),
    ("Rain fell", " on the roof all night."),
    ("The train", " was late again this morning."),
    ("Fresh bread", " smells best in the early hours."),
    ("A candle", " burns longer out of the wind."),
    ("The cat", " sleeps on the warm step."),
    ("Most leaves", " turn yellow before they drop."),
    ("The old door", " creaks when it is cold."),
    ("Two boats", " lay side by side on the sand."),
    ("The soup", " needs a little more salt."),
    ("Snow melts", " first on the dark stones."),
    ("The bell", " rings at noon and at six."),
    ("A long walk", " makes the evening short."),
    ("The window", " looks out on the garden."),
    ("Apples keep", " well in a cool cellar."),
    ("The road", " bends left behind the mill."),
    ("Wet paint", " dries slowly in the shade."),
    ("The children", " ran down to the water."),
    ("A thin book", " fits into any pocket."),
    ("The clock", " is five minutes fast."),
    ("Tall grass", " hides the narrow path."),
    ("The lamp", " flickers when the wind blows."),
    ("Bees come", " to the blue flowers first."),
    ("The shop", " closes early on quiet days."),
    ("Warm socks", " are welcome in any winter."),
    ("The river", " is low at the end of summer."),
    ("A good knife", " needs no strength at all."),
    ("The coffee", " went cold on the table."),
    ("Old letters", " were found under the stairs."),
    ("The fog", " lifts before the sun is high."),
    ("Green wood", " gives more smoke than heat."),
    ("The last bus", " leaves half an hour after ten."),
)
