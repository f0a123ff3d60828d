"""``cltool show``: what a run knew about one subject after each update."""

from __future__ import annotations

import argparse

from cltool.cli.output import message, print_json, say
from cltool.core import exit_codes


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run folder")
    parser.add_argument("subject", help='for example "France"')
    parser.add_argument("relation", nargs="?", help="for example president [all relations]")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    """Print the timeline of each fact of the subject."""
    from cltool.facts.lookalikes import difference
    from cltool.runs.run import Run
    from cltool.runs.timeline import subjects_alike, timelines

    run = Run.open_whole(options.run)
    found = timelines(run, options.subject, options.relation)
    for other in subjects_alike(run, found[0].subject):
        what = difference(found[0].subject, other)
        message(f"the run also has facts about {other!r}, which is another subject{what}")
    if diverged := run.record.get("diverged"):
        message(f"the run diverged at step {diverged['step']} and has no answers from there on")
    if options.json:
        print_json([timeline.as_json() for timeline in found])
        return exit_codes.DONE
    for timeline in found:
        say(f"{timeline.subject}, {timeline.relation} ({run.strategy}, seed {run.seed})")
        width = max(len(moment.label) for moment in timeline.moments)
        for moment in timeline.moments:
            say(f"  {moment.label.ljust(width)}  {moment.in_words()}")
    return exit_codes.DONE
