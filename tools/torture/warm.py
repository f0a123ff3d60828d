"""Imports everything once, so that a command in a forked process starts within milliseconds."""

from __future__ import annotations

import os
import warnings
from importlib import import_module

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "CLTOOL_READING": "0",
    "CUDA_VISIBLE_DEVICES": "",
    "LOKY_MAX_CPU_COUNT": "2",
}

MODULES = (
    "pandas",
    "pyarrow.parquet",
    "transformers",
    "transformers.models.llama.modeling_llama",
    "avalanche.training.templates",
    "peft",
    "optuna",
    "safetensors.torch",
    "cltool.experiments.run",
    "cltool.experiments.compare",
    "cltool.experiments.tune",
    "cltool.experiments.tune_workers",
    "cltool.evaluation.prober",
    "cltool.training.learner",
    "cltool.audit.audit",
    "cltool.audit.survey",
    "cltool.reporting.report_page",
    "cltool.reporting.audit_page",
    "cltool.reporting.survey_page",
    "cltool.reporting.tuning_page",
    "cltool.testing.material",
)
"""What commands import while they run."""


def up() -> None:
    """Import all libraries; use one thread, because threads do not survive a fork."""
    os.environ.update(ENVIRONMENT)
    import torch

    torch.set_num_threads(1)
    for name in MODULES:
        import_module(name)
    from cltool.cli.main import parser

    parser()
    import loky.backend.context as loky_context

    # A worker process that is started afresh takes many seconds to import its libraries.
    loky_context.set_start_method("fork", force=True)
    warnings.filterwarnings("ignore", message=".*fork.*")
