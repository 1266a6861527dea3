"""``python -m xiaobian`` is the same as ``xiaobian``."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())
