"""`python -m parvis`: the same command line as the `parvis` script."""

from __future__ import annotations

import sys

from parvis.run.cli import main

if __name__ == "__main__":
    sys.exit(main())
