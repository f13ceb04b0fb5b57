"""The command line, as ``python -m tlhelpers``."""

import sys

from tlhelpers.table.command_line import main

if __name__ == "__main__":
    sys.exit(main())
