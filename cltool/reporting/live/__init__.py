"""The dashboard that `cltool dashboard` serves while runs go on."""
