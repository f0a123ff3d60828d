"""One strategy, one scenario, one model and one metric for cltool, from a package of its own."""
