"""Every setting of an audit, typed and checked."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Tolerances(BaseModel):
    """The largest difference to the reference that does not count, by kind of score."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    greedy: float = Field(0.02, gt=0, description="share of right greedy answers")
    leak: float = Field(0.02, gt=0, description="leak@k, a share of facts")
    probability: float = Field(0.02, gt=0, description="probability of the object a token")
    memorisation: float = Field(
        0.02, gt=0, description="exact memorisation, extraction strength, ROUGE-L recall"
    )
    truth_ratio: float = Field(0.05, gt=0, description="share of the right answer against foils")
    membership: float = Field(0.03, gt=0, description="AUC")
    relearning: float = Field(0.05, gt=0, description="scores after fine-tuning")
    quantisation: float = Field(0.05, gt=0, description="scores with coarse weights")
    neighbours: float = Field(0.02, gt=0, description="share of right answers on retained facts")
    degenerate: float = Field(0.02, gt=0, description="share of degenerate texts")
    perplexity: float = Field(0.05, gt=0, description="nats a token; 0.05 is 5% of perplexity")


class AuditSettings(BaseModel):
    """How a model is attacked."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    seed: int = Field(0, description="of foils, samples, batches and resampling")
    k: int = Field(16, ge=1, description="answers that an attacker draws, for leak@k")
    samples: int = Field(
        32, ge=1, description="answers drawn in each wording, from which leak@k is estimated"
    )
    temperature: float = Field(1.0, gt=0, description="of the drawn answers")
    foils: int = Field(5, ge=1, description="objects that were never true, for each fact")
    steps: int = Field(20, ge=0, description="training steps of a relearning attack")
    lr: float | None = Field(
        None, ge=0, description="its learning rate; none: 0.128 over the model's width"
    )
    batch_size: int = Field(32, ge=1, description="its sequences a step")
    relearned: int = Field(
        32, ge=1, description="most related and most unrelated facts that it trains on"
    )
    neighbours: int = Field(100, ge=1, description="most retained facts asked about, of each kind")
    texts: int = Field(
        200, ge=1, description="most general texts: sentences of retained facts, or lines of a file"
    )
    text: Path | None = Field(
        None, description="a file of general text, a line each; none: retained facts' sentences"
    )
    length: int = Field(32, ge=2, description="tokens of a free continuation")
    prompts: int = Field(128, ge=1, description="prompts or texts in one forward pass")
    confidence: float = Field(0.95, gt=0, lt=1, description="of every interval")
    tolerances: Tolerances = Field(
        default_factory=lambda: Tolerances.model_validate({}),
        description="largest differences that do not count",
    )

    @model_validator(mode="after")
    def _enough_samples(self) -> AuditSettings:
        if self.samples < self.k:
            raise ValueError(f"{self.samples} samples cannot show what {self.k} (k) would leak")
        return self
