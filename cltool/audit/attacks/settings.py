"""Settings of an audit."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Tolerances(BaseModel):
    """Largest differences to the reference that count as equal, by kind of score."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    greedy: float = Field(0.02, gt=0, description="share of right greedy answers")
    leak: float = Field(0.02, gt=0, description="leak@k, a share of facts")
    probability: float = Field(0.02, gt=0, description="probability of the object per token")
    memorisation: float = Field(
        0.02, gt=0, description="exact memorisation, extraction strength, ROUGE-L recall"
    )
    truth_ratio: float = Field(
        0.05, gt=0, description="share of the right answer's probability against distractors"
    )
    membership: float = Field(0.03, gt=0, description="AUC of a membership attack")
    relearning: float = Field(0.05, gt=0, description="scores after relearning")
    quantisation: float = Field(0.05, gt=0, description="scores with quantised weights")
    neighbours: float = Field(0.02, gt=0, description="share of right answers on retained facts")
    degenerate: float = Field(0.02, gt=0, description="share of degenerate texts")
    perplexity: float = Field(
        0.05, gt=0, description="loss in nats per token; 0.05 is 5% of the perplexity"
    )


class AuditSettings(BaseModel):
    """Settings of the attacks and of the verdicts."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    seed: int = Field(0, description="seed of distractors, samples, batches and resampling")
    k: int = Field(16, ge=1, description="number of answers that an attacker samples, for leak@k")
    samples: int = Field(
        32, ge=1, description="answers sampled in each wording, from which leak@k is estimated"
    )
    temperature: float = Field(1.0, gt=0, description="temperature of the sampled answers")
    # Named so in saved audits and in experiment files.
    foils: int = Field(
        5,
        ge=1,
        description="number of distractors of each fact: objects that were never true of it",
    )
    steps: int = Field(20, ge=0, description="training steps of a relearning attack")
    lr: float | None = Field(
        None,
        ge=0,
        description="learning rate of relearning; none: 0.128 divided by the model's width",
    )
    batch_size: int = Field(32, ge=1, description="sequences in a step of relearning")
    relearned: int = Field(
        32,
        ge=1,
        description="maximum number of related, and of unrelated, facts that relearning trains on",
    )
    neighbours: int = Field(
        100, ge=1, description="maximum number of retained facts of each group that are asked about"
    )
    texts: int = Field(
        200,
        ge=1,
        description="maximum number of general texts: sentences of retained facts, or lines of a"
        " file",
    )
    text: Path | None = Field(
        None,
        description="file of general text, one text per line; none: sentences of retained facts",
    )
    length: int = Field(32, ge=2, description="tokens of a sampled continuation of a general text")
    prompts: int = Field(128, ge=1, description="prompts or texts in a forward pass")
    confidence: float = Field(0.95, gt=0, lt=1, description="confidence of every interval")
    tolerances: Tolerances = Field(
        default_factory=lambda: Tolerances.model_validate({}),
        description="largest differences that count as equal",
    )

    @model_validator(mode="after")
    def _enough_samples(self) -> AuditSettings:
        if self.samples < self.k:
            raise ValueError(f"samples ({self.samples}) must be at least k ({self.k})")
        return self
