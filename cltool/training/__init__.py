"""The learner, the strategy interface, data loading, and the training budget."""
