"""``python -m cltool``."""

from cltool.cli.launch import told
from cltool.cli.main import main

if __name__ == "__main__":
    raise SystemExit(told(main()))
