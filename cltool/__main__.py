"""``python -m cltool``."""

from cltool.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
