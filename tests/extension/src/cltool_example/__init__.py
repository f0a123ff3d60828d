"""One strategy and one scenario for cltool, from a package of its own."""
