"""Makes the report of a folder in a process of its own: ``python -m … FOLDER FILE``.

The memory and the processor's time of a report are those of this process, so that the server
answers at once meanwhile. It exits with 2 and a sentence on stderr if the report cannot be made.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from cltool.core import exit_codes
from cltool.core.errors import UserError, in_words
from cltool.reporting.live.folder import RunsFolder

PATIENT = 10
"""How much less urgent this process is than the runs, as `os.nice` counts."""


def write(folder: Path, file: Path) -> None:
    """Write the report of the runs in ``folder``.

    Raises:
        UserError: there is nothing to report, or a run folder is damaged.
    """
    from cltool.reporting.report_page import write_report
    from cltool.runs.references import made_for_audits
    from cltool.runs.run import Run

    opened = [Run.open_whole(place) for place in RunsFolder.open(folder).runs()]
    references = made_for_audits(opened)
    shown = [run for run in opened if run not in references]
    write_report(shown, file, command=f"cltool report {folder}")


def main(arguments: list[str]) -> int:
    """Write the report of the folder to the file; return the exit code."""
    with suppress(OSError, AttributeError):
        os.nice(PATIENT)
    try:
        write(Path(arguments[0]), Path(arguments[1]))
    except UserError as error:
        print(error, file=sys.stderr)
    except Exception as error:  # whatever it is, the page that was there before is still shown
        print(in_words(error), file=sys.stderr)
    else:
        return exit_codes.DONE
    return exit_codes.BAD_INPUT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
