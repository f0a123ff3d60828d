"""Reference points: no training, plain fine-tuning, full retraining."""
