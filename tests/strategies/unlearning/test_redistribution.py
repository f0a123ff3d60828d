"""`undial`, `ce_u` and `unknow`: the distributions that they teach in an object's place."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch.nn import functional

from cltool.facts.facts import Fact, Update
from cltool.facts.stream import Stream
from cltool.facts.wordings import Wordings
from cltool.lm.batches import IGNORED
from cltool.lm.teacher import Teacher
from cltool.strategies.unlearning.ce_u import CEU, ce_u
from cltool.strategies.unlearning.common.eraser import Phase
from cltool.strategies.unlearning.common.sentences import Sentence, forward, sentences
from cltool.strategies.unlearning.undial import UNDIAL, adjusted, undial
from cltool.strategies.unlearning.unknow import (
    Truncated,
    Unknow,
    _distilled,
    cross_entropy,
    mixture,
    truncated,
)
from cltool.training.learner import Learner

from ...conftest import MakeLearner


def some(rows: int, columns: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


def begun(learner: Learner, stream: Stream) -> tuple[object, Phase]:
    (part,) = learner.strategies.plugins
    facts = stream.updates[0].learn[2:4]
    learner.known.apply(Update(1, "one", (), facts))
    return part, Phase(learner, facts, sentences(learner, facts), stream.updates[0].learn[4:])


def whole(target: Truncated, size: int) -> torch.Tensor:
    """(tokens, vocabulary), of a target that keeps every token."""
    assert target.ids.shape[1] == size and not target.rest.any()
    return torch.zeros(len(target.ids), size).scatter(-1, target.ids, target.probabilities)


def test_undials_target_has_lower_odds_of_the_label() -> None:
    logits, labels = some(4, 6), torch.tensor([0, 3, 5, 3])
    target, plain = adjusted(logits, labels, 3.0), logits.softmax(-1)
    torch.testing.assert_close(target.sum(-1), torch.ones(4))
    rows = torch.arange(4)
    odds = target[rows, labels] / (1 - target[rows, labels])
    were = plain[rows, labels] / (1 - plain[rows, labels])
    torch.testing.assert_close(odds, were * torch.tensor(-3.0).exp())
    others = target / plain
    others[rows, labels] = float("nan")
    # All other tokens keep their proportions.
    for row in others:
        kept = row[~row.isnan()]
        torch.testing.assert_close(kept, kept[0].expand_as(kept))


def test_undial_is_a_cross_entropy_with_its_minimum_at_the_target() -> None:
    teacher, labels = some(3, 5), torch.tensor([1, 1, 4])
    target = adjusted(teacher, labels, 10.0)
    at_target = undial(target.log(), teacher, labels, 10.0)
    torch.testing.assert_close(at_target, -(target * target.log()).sum(-1))
    assert (undial(some(3, 5, 1), teacher, labels, 10.0) > at_target).all()


def test_undial_uses_label_tokens_only(make_learner: MakeLearner, stream: Stream) -> None:
    learner = make_learner("undial", strategy={"beta": 4.0})
    part, phase = begun(learner, stream)
    method = cast(UNDIAL, part)
    method.teacher = Teacher(learner.lm)
    scored = forward(learner, phase.chosen)
    total = 0.0
    for row in range(len(phase.chosen)):
        for place in range(scored.labels.shape[1]):
            label = int(scored.labels[row, place])
            if label != IGNORED:
                lowered = scored.logits[row, place].detach().clone()
                lowered[label] -= 4.0
                logps = scored.logits[row, place].detach().log_softmax(-1)
                total -= float((lowered.softmax(-1) * logps).sum())
    assert method.loss(learner, phase.chosen).item() == pytest.approx(total, rel=1e-4)


def test_ce_us_target_ignores_the_labels_logit() -> None:
    logits, labels = some(3, 6), torch.tensor([2, 0, 5])
    raised = logits.clone()
    raised[torch.arange(3), labels] += 5.0
    found, other = ce_u(logits, labels), ce_u(raised, labels)
    # The target is the same; what a raised label takes from the rest is the whole difference.
    moved = raised.logsumexp(-1) - logits.logsumexp(-1)
    torch.testing.assert_close(other - found, moved)


def test_ce_us_gradient_is_the_model_minus_its_target() -> None:
    logits, labels = some(3, 6).requires_grad_(), torch.tensor([2, 0, 5])
    (found,) = torch.autograd.grad(ce_u(logits, labels).sum(), logits)
    p = logits.detach().softmax(-1)
    target = p.scatter(-1, labels.unsqueeze(-1), 0.0)
    torch.testing.assert_close(found, p - target / target.sum(-1, keepdim=True))


def test_ce_u_may_skip_first_tokens(make_learner: MakeLearner, stream: Stream) -> None:
    losses = {}
    for skip in (0, 1, 50):
        learner = make_learner("ce_u", strategy={"skip": skip})
        part, phase = begun(learner, stream)
        method = cast(CEU, part)
        losses[skip] = method.loss(learner, phase.chosen).item()
        weights = [method.weight(one) for one in phase.chosen]
        assert weights == [max(one.tokens - skip, 1) for one in phase.chosen]
    # Of every sentence the last token is left, however many are skipped.
    assert losses[0] > losses[1] >= losses[50] > 0.0


# Unknow.


def test_mixture_weights_subjects_by_the_probability_of_the_text_before() -> None:
    logps = some(2 * 3, 4).view(2, 3, 4).log_softmax(-1)
    labels = torch.tensor([1, 3, 0])
    found = mixture(logps, labels).exp()
    p = logps.exp()
    torch.testing.assert_close(found.sum(-1), torch.ones(3))
    torch.testing.assert_close(found[0], p[:, 0].mean(0))
    weights = p[:, 0, 1] / p[:, 0, 1].sum()
    torch.testing.assert_close(found[1], weights @ p[:, 1])
    # Multiplied along the answer, it is the mean probability of the answer.
    whole = (p[:, 0, 1] * p[:, 1, 3] * p[:, 2, 0]).mean()
    torch.testing.assert_close(found[0, 1] * found[1, 3] * found[2, 0], whole)


def test_an_untruncated_target_gives_the_full_cross_entropy() -> None:
    logits, logq = some(5, 9).requires_grad_(), some(5, 9, seed=1).log_softmax(-1)
    expected = functional.cross_entropy(logits, logq.exp(), reduction="sum")
    (wanted,) = torch.autograd.grad(expected, logits)
    for top in (9, 1000):
        found = cross_entropy(logits, truncated(logq, torch.arange(5), top))
        torch.testing.assert_close(found, expected)
        torch.testing.assert_close(torch.autograd.grad(found, logits)[0], wanted)


@pytest.mark.parametrize("top", [1, 3, 8])
def test_truncated_tokens_count_as_one_event(top: int) -> None:
    logits, logq = some(5, 9).requires_grad_(), some(5, 9, seed=1).log_softmax(-1)
    target = truncated(logq, logq.argmax(-1), top)
    p, q = logits.softmax(-1), logq.exp()
    expected = torch.zeros(())
    for row in range(5):
        best = q[row].argsort(descending=True)[:top]
        others = [token for token in range(9) if token not in best.tolist()]
        assert {*target.ids[row].tolist()} == {*best.tolist()}
        expected = expected - (q[row, best] * p[row, best].log()).sum()
        expected = expected - q[row, others].sum() * p[row, others].sum().log()
    found = cross_entropy(logits, target)
    torch.testing.assert_close(found, expected)
    # Its least is where p is q, and it is no more than over the whole vocabulary.
    at_q = logq.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(cross_entropy(at_q, target), at_q)
    torch.testing.assert_close(gradient, torch.zeros(5, 9), atol=1e-6, rtol=0)
    assert (found < functional.cross_entropy(logits, q, reduction="sum") - 0.1) == (top < 8)


def test_a_label_outside_the_top_tokens_becomes_improbable() -> None:
    logq, labels = some(2, 60, seed=1).log_softmax(-1), torch.tensor([7, 7])
    logq = logq.scatter(-1, labels.unsqueeze(-1), -20.0).log_softmax(-1)
    target = truncated(logq, labels, 4)
    assert (target.ids == 7).sum() == 2 and target.ids.shape == (2, 4)
    # The model begins sure of it.
    logits = torch.zeros(2, 60).scatter(-1, labels.unsqueeze(-1), 8.0).requires_grad_()
    optimizer = torch.optim.Adam([logits], lr=0.3)
    for _ in range(300):
        optimizer.zero_grad()
        cross_entropy(logits, target).backward()
        optimizer.step()
    p = logits.detach().softmax(-1)
    assert float(p[:, 7].max()) < 1e-3
    torch.testing.assert_close(p.gather(-1, target.ids), target.probabilities, atol=2e-3, rtol=0)


@pytest.mark.parametrize("subjects", ["known", "made_up"])
def test_the_target_is_the_answer_about_other_subjects(
    subjects: str, make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("unknow", strategy={"subjects": subjects, "others": 3, "answers": 2})
    part, phase = begun(learner, stream)
    method = cast(Unknow, part)
    method.prepare(phase)
    for one in phase.chosen:
        path = method._own[one]
        assert path.example == one.example and path.stop == one.stop
        assert len(path.target.ids) == one.tokens == method.weight(one)
        total = path.target.probabilities.sum(-1) + path.target.rest
        torch.testing.assert_close(total, torch.ones(one.tokens))
        for answer in method._answers[one]:
            assert answer.example.ids[: one.start] == one.example.ids[: one.start]
    drawn = [method._answers[one][0] for one in phase.chosen if method._answers[one]]
    own = [method._own[one] for one in phase.chosen]
    expected = _distilled(learner, own) + _distilled(learner, drawn)
    torch.testing.assert_close(method.loss(learner, phase.chosen), expected)
    assert len(drawn) > 0 and _distilled(learner, drawn).item() > 0
    # Turns are counted from where the phase begins: a resumed run has other steps behind it.
    first = method.loss(learner, phase.chosen).item()
    method.release()
    assert not method._own and not method._answers
    learner.steps += 1
    method.prepare(phase)
    assert method.loss(learner, phase.chosen).item() == pytest.approx(first, rel=1e-5)


def test_with_one_other_subject_its_answer_is_the_target(
    make_learner: MakeLearner, stream: Stream
) -> None:
    learner = make_learner("unknow", strategy={"subjects": "known", "others": 1, "answers": 0})
    part, phase = begun(learner, stream)
    other = Fact("Land 7", "capital", "Kobe")
    phase = Phase(learner, phase.facts, phase.chosen, [other])
    method = cast(Unknow, part)
    method.prepare(phase)
    for one in phase.chosen:
        prompt = one.asking.wording.prompt(other.subject)
        ids = [*learner.lm.coder.prompts([prompt])[0], *one.example.ids[one.start : one.stop]]
        with torch.no_grad():
            p = learner.model(input_ids=torch.tensor([ids])).logits[0].softmax(-1)
        first = len(ids) - one.tokens
        expected = p[first - 1 : len(ids) - 1]
        found = whole(method._own[one].target, expected.shape[1])
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-5)


def test_subjects_with_the_same_object_are_excluded(
    make_learner: MakeLearner, stream: Stream
) -> None:
    base = stream.updates[0].learn
    learner = make_learner("unknow", lm="tiny", strategy={"subjects": "known", "answers": 0})
    fact = Fact("Land 20", "capital", base[2].object)
    chosen = sentences(learner, [fact])
    method = cast(Unknow, learner.strategies.parts["unknow"])
    # Both know an object, one of them the erased one; then nobody is left but who says it.
    for known, alone in ((base[2:5:2], False), (base[2:3], True)):
        method.prepare(Phase(learner, [fact], chosen, known))
        for one in chosen:
            first = whole(method._own[one].target, len(learner.lm.coder.tokenizer))[0]
            object_token, other = one.example.ids[one.start], sentences(learner, known[-1:])[0]
            assert float(first[object_token]) < 0.5
            if not alone:
                assert int(first.argmax()) == other.example.ids[other.start]
            else:
                assert float(first[object_token]) == 0.0


def test_plain_questions_are_compared_with_other_questions(
    make_learner: MakeLearner, stream: Stream
) -> None:
    facts = [Fact(f"Q{number}", "answer", text) for number, text in enumerate(("Jack", "Jill"))]
    prompts = {fact.key: [f"Who is number {fact.subject}?"] for fact in facts}
    made = Stream("own", [Update(0, "base", facts)], Wordings({}, prompts=prompts))
    learner = make_learner("unknow", of=made)
    (part,) = learner.strategies.plugins
    method = cast(Unknow, part)
    chosen: list[Sentence] = sentences(learner, facts[:1])
    method.prepare(Phase(learner, facts[:1], chosen, facts[1:]))
    ids = [*learner.lm.coder.prompts(["Who is number Q1?"])[0]]
    with torch.no_grad():
        p = learner.model(input_ids=torch.tensor([ids])).logits[0, -1].softmax(-1)
    found = whole(method._own[chosen[0]].target, len(p))[0]
    torch.testing.assert_close(found, p, rtol=1e-3, atol=1e-5)
