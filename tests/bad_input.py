#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds prebleed to what it says of bad evidence: bad_input.py PREBLEED.

Every kind of damage lies beside good evidence: it gets the diagnostics named in the tests and no
other, the good certificate is judged all the same, the exit status is right, nothing is written, and
neither time nor memory runs away. The last line is "N passed, N failed, N skipped".
"""
import pathlib
import shutil
import sys

import acceptance
# Each of these adds its tests to acceptance.TESTS.
import bad_archives  # noqa: F401
import bad_documents  # noqa: F401
import bad_files  # noqa: F401
import bad_fixtures  # noqa: F401
import bad_limits  # noqa: F401


def main():
    if len(sys.argv) != 2 or shutil.which(sys.argv[1]) is None:
        print(__doc__, file=sys.stderr)
        return 2
    acceptance.program = str(pathlib.Path(sys.argv[1]).resolve())
    return acceptance.run_all()


if __name__ == "__main__":
    sys.exit(main())
