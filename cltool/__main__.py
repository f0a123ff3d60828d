"""``python -m cltool``."""

from cltool.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
