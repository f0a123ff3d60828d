"""Decides whether a sentence claims a name, denies it, calls it former, or leaves it open.

Words of denial and doubt are looked for in the text around the name. Such a word does not count if
the question has it, too: what Istanbul was *formerly* called is Constantinople. Other names in the
text are replaced by `NAME`, so that a film called *Either Way* does not look like doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = "■"
"""Stands for a known name in the text around another one."""

_COPULA = r"(?:is|was|are|were|be|becomes?|became|remains?|ist|war|est|es|era|è|é)"

_SET_ASIDE = re.compile(
    r"(?:rather than|instead of|in place of|in lieu of|unlike|except(?: for)?|excluding"
    r"|(?<!no )(?<!none )other than|besides|apart from|aside from|replac(?:ing|ed|es)"
    r"|succeed(?:ing|ed|s)|supersed(?:ing|ed|es)|follow(?:ing|ed|s)|contrary to"
    r"|(?<!other )(?<!rather )\bthan"
    r"|\bnear(?: to)?|close to|next to|similar to|\blike|outside(?: of)?|anything but|\ball but"
    r"|(?:successor|predecessor|heir|rival) (?:to|of)|statt|anstatt|außer|au lieu de|sauf"
    r"|en lugar de|excepto|вместо|кроме"
    r"|over from|ceas(?:ed|ing) to be|stopped being|death of|\bafter|\bbefore)"
    rf"\s+(?:(?!{_COPULA}\b|by\b)[\w'-]+\s+){{0,2}}$"
)
"""Words before a name that set it aside or compare with it."""

_FROM = re.compile(rf"\bfrom\s+(?:(?!{_COPULA}\b)[\w'-]+\s+){{0,2}}$")
_TO = re.compile(rf"^[^.;]{{0,25}}?\b(?:in)?to\s+[^.;]{{0,25}}?(?:{NAME}|\d)")

_FORMER = re.compile(
    r"(?:\bformer(?:ly)?|\bex-|\bpreviously|\bonce|\bused to|\bno longer|\bhistorically"
    r"|\bin the past|\bat one time|\buntil (?:recently|then|\d+)|\bthe late|\bthen-|\bold capital"
    r"|\behemals|\bfrüher|\bancien(?:ne)?(?:ment)?|\bantigu[oa](?:mente)?|\bбывш\w+|\bраньше)"
    r"\s*(?:(?!(?:now|today|currently|but|since|and|then)\b)[\w'-]+\s+){0,6}$"
    r"|\bformer (?:[\w'-]+\s+){0,4}[\w'-]+,\s+$"
)
"""Words before a name that make it a former one."""

_BOUNDARY = re.compile(
    r"\b(?:but|instead|rather(?! than)|however|yet|actually|sondern|aber|mais|sino|pero|mas|ma"
    r"|но|а)\b|[;:—]|\s[–-]\s|而是"
)
_NEGATION = re.compile(
    r"\bnot\b(?! (?:only|just|merely|simply|surprising|unlike|to mention|far|without))|\bnever\b"
    r"|\b\w+n't\b(?! (?:only|just))|\bcannot\b|\bneither\b|\bnor\b"
    r"|\bwithout\b(?! (?:a |any )?doubt)"
    r"|\bno\b(?=\s+(?!doubt|question|wonder|problem|other|less|matter)\w)|\bnone of\b"
    r"|\bnicht\b(?! nur)|\bkeine?\b|\bnie\b|\bpas\b|\bjamais\b|\bnon\b(?! solo)|\bnunca\b|\bnão\b"
    r"|\bno (?:es|era)\b|\bне\b(?! только)|\bни\b|\bليست?\b|\bnie jest\b|\bniet\b|\binte\b"
)
_ATTITUDE = re.compile(
    r"^\s*(?:\w+ )?(?:think|believe|say|claim|suppose|agree|know|true|correct|right|accurate|the"
    r" case|mean|imagine|expect)\b"
)
_FALSE = re.compile(
    r"\b(?:wrong|false|incorrect|untrue|mistaken|a mistake|a myth|misconception|untruth)\b"
    r"(?:\s+(?:to|that|is|belief)\b[^,;]*)$"
)
_NEGATED_DIRECTLY = re.compile(r"(?:不是|不叫|不在|并非|並非|没有|沒有)\s*$")

_LIST_WORDS = re.compile(r"[\s()\"'“”‘’]*(?:(?:and|or|as|namely|und|oder|et|ou|y|o|e|и|или)\s+)?")

_VERB = r"(?:is|was|are|were|does|did|has|had|have|would|could|can|will|do)"
_WHO = r"(?:,?\s*(?P<who>which|who|that)\s+)?"
_DENIED_AFTER = re.compile(
    rf"^[\s\"')\]]*{_WHO}(?:{_VERB}\s+(?:\w+ly\s+)?(?:not|never|no longer)\b|(?!no)\w+n't\b"
    r"|cannot\b)(?!\s+(?:only|just|merely))"
)
_PAST_AFTER = re.compile(
    rf"^[\s\"')\]]*{_WHO}(?:was|were|had been|is|has been|have been)\s+(?:\w+\s+){{0,2}}?"
    r"(?:once|formerly|previously|(?:an?|the|its)\s+(?:former|previous|old|past|ex-))\b"
    r"(?!\s+(?:called|known|named))"
)
_ENDED_AFTER = re.compile(
    r"^[\s\"')\]]*(?:,?\s*(?:which|who|that)\s+)?(?:"
    r"(?:was|were|is|has been|had been)\s+(?:\w+\s+)?(?:replaced|succeeded|superseded|abolished)\b"
    r"|(?:has |had )?(?:stepped down|resigned|died|left|retired)\b"
    r"|was (?:fired|ousted|dismissed|removed)\b"
    r"|,\s*(?:formerly|previously|once|in the past)\s*(?:[;,.)]|$)"
    r"|used to\b(?! be (?:called|known|named))|never\b|no longer\b"
    r"|(?:is|was)\s+(?:wrong|incorrect|false|a (?:common )?(?:mistake|misconception|myth))\b"
    r"|(?:was|were|served|reigned|ruled|led|directed|held|remained|had been)\b[^,;]*"
    r"\b(?:until|till)\b"
    r"|\(?(?:until|till|up to)\b)"
)
_FOREIGN_AFTER = re.compile(
    r"^[\s,–—-]*(?:(?:では|じゃ|で)(?:は)?(?:ない|なく|ありません|なかった)"
    r"|(?:이|가|은|는)?\s*(?:아니|아닙)|[^।,.]{0,12}नहीं|değil"
    r"|(?:ist|war|wäre) (?:nicht|nie)\b|n'(?:est|était) (?:pas|plus|jamais)\b"
    r"|(?:ya )?no (?:es|era)\b|nunca\b|(?:já )?não é\b|non è\b|не\b|是不对|不是|ليست?\b)"
)

_DOUBT = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|presumably|conceivably|supposedly|allegedly|likely|arguably"
    r"|unsure|uncertain|unclear|whether|either|guess(?:ing)?|no idea|might"
    r"|(?:may|could)(?: \w+)? (?:be|have been)|rumou?red|speculated|i suppose"
    r"|(?:hard|difficult) to (?:say|tell|know)"
    r"|(?:some|others|many)(?: \w+)? (?:say|think|believe|claim|argue)"
    r"|(?:not|n't|never) (?:\w+ )?(?:sure|certain|know|remember|recall)"
    r"|vielleicht|möglicherweise|wahrscheinlich|vermutlich|weiß (?:es )?nicht|entweder"
    r"|peut-être|probablement|je ne sais pas|quizás?|tal vez|probablemente|talvez|forse"
    r"|может быть|возможно|наверное?|вероятно|не знаю|belki|misschien|może)\b"
    r"|可能|也许|也許|大概|不知道|たぶん|おそらく|아마|शायद|ربما"
)
_BELIEVED = re.compile(
    r"\b(?:people|you|one|most)(?: \w+)? (?:think|believe|assume|say|expect)"
    r"|\b(?:often|commonly|widely|popularly|sometimes|mistakenly|wrongly)(?: \w+)?"
    r" (?:thought|believed|assumed|said|considered|confused|mistaken)\b"
)
_DOUBT_AFTER = re.compile(
    r"^[\s\"'),(–—-]*(?:(?:but|although|though)\s+)?(?:"
    r"(?:maybe|perhaps|possibly|probably|presumably|i guess|i suppose|vielleicht|peut-être)\W*$"
    r"|i'?m (?:not|un)|i am (?:not|un)|not (?:sure|certain)|i (?:don't|do not|can't|cannot)"
    r"|(?:but )?i (?:could|may|might) be wrong|it (?:could|may|might) (?:also )?be"
    r"|(?:may|might|could)(?: \w+)? (?:be|have been)\b|is (?:possibly|perhaps|probably|likely)\b"
    r"|(?:か|かな|かも))"
)
_SMALL = frozenset(
    re.findall(
        r"[\w'-]+",
        "a an and are as at be been by can do does for from had has have in is it its of on or that"
        " the their there this to was were what when where which who whom whose will with would",
    )
)
"""Words that say nothing about what a question asks."""
_PAST_OR_NOT = frozenset(
    re.findall(
        r"[\w'-]+",
        "not never no cannot neither nor without once former formerly previous previously old past"
        " used replaced succeeded superseded abolished until till wrong incorrect false nicht pas"
        " не",
    )
)


@dataclass(frozen=True, slots=True)
class Around:
    """The text around a name in a sentence, in small letters.

    Attributes:
        before: from the beginning of the sentence to the name, other names replaced by `NAME`.
        gap: the part of it since the previous name.
        after: from the name to the end of the sentence.
        prompt: the question.
    """

    before: str
    gap: str
    after: str
    prompt: str

    @property
    def denied(self) -> bool:
        """Whether the sentence says that the name is not the answer, or no longer is."""
        return self._denied_before() or self._denied_after()

    @property
    def doubted(self) -> bool:
        """Whether the sentence leaves open whether the name is the answer."""
        # "It could be Lyon, but it is Paris" is in no doubt about Paris.
        parts = _BOUNDARY.split(self.gap)
        before = parts[-1] if len(parts) > 1 and self.gap != self.before else self.before
        return self._cue(_DOUBT, before) or bool(_DOUBT_AFTER.search(self.after))

    @property
    def left(self) -> bool:
        """Whether the name is only supposed, and the sentence goes on with what is true."""
        supposed = self._cue(_DOUBT, self.gap) or self._cue(_BELIEVED, self.gap)
        return supposed and _BOUNDARY.search(self.after) is not None

    def _denied_before(self) -> bool:
        former = self._cue(_FORMER, self.gap) or self._cue(_SET_ASIDE, self.before)
        moved = _FROM.search(self.before) and _TO.search(self.after)
        if former or moved or _NEGATED_DIRECTLY.search(self.before):
            return True
        tail = _BOUNDARY.split(self.gap)[-1]
        clause = tail.rsplit(",", 1)[-1]
        # Text after another name, up to a comma, is about that other name.
        bare = _LIST_WORDS.fullmatch(clause) and self.gap == self.before
        text = tail if bare else clause
        if self._cue(_FALSE, text):
            return True
        for found in _NEGATION.finditer(text):
            rest = text[found.end() :]
            rest = re.sub(rf"^\s*{_COPULA}\b", "", rest)
            about_else = re.search(rf"\b{_COPULA}\b", rest) and not _ATTITUDE.search(rest)
            if not about_else and not self._asked(found[0]):
                return True
        return False

    def _denied_after(self) -> bool:
        if _FOREIGN_AFTER.search(self.after):
            return True
        for pattern in (_DENIED_AFTER, _PAST_AFTER):
            found = pattern.search(self.after)
            if found is not None and not self._asked(found[0]):
                clause = {*re.findall(r"\w+", self.after[found.end() :].split(",")[0])}
                # "Paris, which is not on the coast" denies something else.
                if not found["who"] or clause & (self._prompt_words() - _SMALL):
                    return True
        ended = _ENDED_AFTER.search(self.after)
        return ended is not None and not self._asked(ended[0])

    def _cue(self, pattern: re.Pattern[str], text: str) -> bool:
        """Return whether ``text`` has a match of ``pattern`` that the question does not have."""
        return any(
            found[0].split()[0] not in self._prompt_words() for found in pattern.finditer(text)
        )

    def _asked(self, cue: str) -> bool:
        """Return whether the question has the same word of denial or of the past as ``cue``."""
        return bool({*re.findall(r"[\w']+", cue)} & self._prompt_words() & _PAST_OR_NOT)

    def _prompt_words(self) -> set[str]:
        return {*re.findall(r"[\w']+", self.prompt)}


def plain(text: str) -> str:
    """Return ``text`` in small letters, with plain apostrophes and spaces."""
    return re.sub(r"\s+", " ", text.casefold().translate(_PLAIN))


_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "‑": "-"})
