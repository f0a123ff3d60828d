"""The models that cltool builds or loads."""
