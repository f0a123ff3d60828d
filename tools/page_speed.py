"""How fast reports are in Chromium: ready, interactions, elements, frames while scrolling.

Beside each time stands the processor time of the page's main thread, from a trace: on a machine
that does other things, too, only that is the page's own.

``python -m tools.page_speed [PAGE.html …] [--facts N --steps S]`` prints a row a page. With
``--facts``, it also makes synthetic runs of two strategies and their page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LOADS = 3
REPEATS = 5
TRACED = ["toplevel"]
SCROLL_SECONDS = 2.0

INTERACTIONS = {
    "step": "turn => set(slider(), turn % 2 ? '1' : '2', 'input')",
    "search": "turn => set(find('.search'), turn % 2 ? 'an' : 'ar', 'input')",
    "no search": "() => set(find('.search'), '', 'input')",
    "state": "() => find('.tally-count').click()",
    "change": "() => find('.count:not(:disabled)').click()",
    "sort": "() => find('.facts-head .cell-fact').click()",
    "sort by margin": "() => find('.facts-head .cell-margin').click()",
    "swap": "() => find('[aria-label=\"Swap A and B\"]').click()",
    "open": "() => find('.facts-body .fact-row').click()",
    "close": "() => find('.drawer [aria-label=Close]').click()",
}
"""What a reader does, by name; ``turn`` counts the repeats."""

BEFORE = {
    "no search": "set(find('.search'), 'an', 'input')",
    "open": "find('.drawer [aria-label=Close]')?.click()",
    "close": "find('.facts-body .fact-row').click()",
}
"""What comes before each repeat, and is not timed."""

HELPERS = """
window.find = selector => document.querySelector(selector);
window.slider = () => find('.stepper input');
window.set = (input, value, kind) => {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, value);
  input.dispatchEvent(new Event(kind, { bubbles: true }));
};
window.painted = () => new Promise(done => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = done;
  channel.port2.postMessage(0);
}));
window.timed = async (action, turn) => {
  await painted();
  const start = performance.now();
  action(turn);
  await Promise.resolve();
  await painted();
  return performance.now() - start;
};
window.scrolled = async seconds => {
  const grid = find('#facts-grid');
  const end = performance.now() + 1000 * seconds;
  const start = performance.now();
  let frames = 0;
  let nodes = 0;
  while (performance.now() < end) {
    grid.scrollTop += 173;
    await new Promise(requestAnimationFrame);
    frames++;
    nodes = Math.max(nodes, document.querySelectorAll('#cltool-bar *, #cltool-view *').length);
  }
  return { frames: (1000 * frames) / (performance.now() - start), nodes };
};
"""


@dataclass(frozen=True)
class Speed:
    """What was measured of a page.

    Attributes:
        megabytes: size of the file.
        ready: median milliseconds from the start of loading to the frame with the facts.
        ready_cpu: milliseconds of processor time until then.
        slowest: the interaction with the largest median, and that median in milliseconds until
            the frame that shows its effect is drawn.
        slowest_cpu: the same in milliseconds of processor time.
        frames: frames a second while the list is scrolled.
        frame_cpu: milliseconds of processor time for a frame.
        nodes: the most elements of the bar, the list and the drawer while it is scrolled.
        page_nodes: the elements of the whole page.
    """

    megabytes: float
    ready: float
    ready_cpu: float
    slowest: tuple[str, float]
    slowest_cpu: tuple[str, float]
    frames: float
    frame_cpu: float
    nodes: int
    page_nodes: int


def measure(browser: Browser, path: Path) -> Speed:
    """Load a page several times, use it and scroll it."""
    ready = []
    for _ in range(LOADS):
        with _opened(browser, path) as page:
            ready.append(float(page.locator("html").get_attribute("data-ready") or 0))
    with _opened(browser, path, traced=True) as page:
        ready_cpu = _processor_time(browser.stop_tracing())
        page.evaluate(HELPERS)
        page.wait_for_timeout(500)
        times = {name: _interaction(browser, page, name) for name in INTERACTIONS}
        page.evaluate("async () => { location.hash = '#s=1'; await painted(); await painted(); }")
        browser.start_tracing(page=page, categories=TRACED)
        scrolled: dict[str, float] = page.evaluate(f"scrolled({SCROLL_SECONDS})")
        scroll_cpu = _processor_time(browser.stop_tracing())
        everything = int(page.evaluate("document.querySelectorAll('*').length"))
    slowest = max(times, key=lambda name: times[name][0])
    busiest = max(times, key=lambda name: times[name][1])
    frames = scrolled["frames"]
    return Speed(
        megabytes=path.stat().st_size / 1e6,
        ready=statistics.median(ready),
        ready_cpu=ready_cpu,
        slowest=(slowest, times[slowest][0]),
        slowest_cpu=(busiest, times[busiest][1]),
        frames=frames,
        frame_cpu=scroll_cpu / (frames * SCROLL_SECONDS),
        nodes=int(scrolled["nodes"]),
        page_nodes=everything,
    )


def _processor_time(trace: bytes) -> float:
    """Return the processor time of the pages' main threads in a trace, in milliseconds."""
    events = json.loads(trace)["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    spent = (
        event.get("tdur", 0)
        for event in events
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in main
    )
    return sum(spent) / 1000


@contextmanager
def _opened(browser: Browser, path: Path, traced: bool = False) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    if traced:
        browser.start_tracing(page=page, categories=TRACED)
    page.goto(path.resolve().as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")
    yield page
    context.close()


def _interaction(browser: Browser, page: Page, name: str) -> tuple[float, float]:
    """Return the medians of some repeats: milliseconds, and those of processor time."""
    page.evaluate("async () => { location.hash = '#s=2'; await painted(); await painted(); }")
    times, spent = [], []
    for turn in range(2 * REPEATS):
        page.evaluate(f"() => {{ {BEFORE.get(name, '')} }}")
        page.evaluate("async () => { await painted(); await painted(); }")
        action = f"turn => timed({INTERACTIONS[name]}, turn)"
        if turn % 2:
            browser.start_tracing(page=page, categories=TRACED)
            page.evaluate(action, turn // 2)
            spent.append(_processor_time(browser.stop_tracing()))
        else:
            times.append(float(page.evaluate(action, turn // 2)))
    return statistics.median(times), statistics.median(spent)


def _pages(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Path]]:
    for page in options.pages:
        yield page.name, page
    if options.facts:
        from cltool.reporting.report_page import write_report
        from tools.synthetic_runs import write_runs

        runs = write_runs(folder, options.facts, options.steps)
        name = f"{options.facts:,} facts × {options.steps} steps × {len(runs)} runs"
        yield name, write_report(runs, folder / "report.html")


def main(arguments: list[str] | None = None) -> int:
    """Measure the pages that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE.html")
    parser.add_argument("--facts", type=int, default=0, help="make a page of so many facts")
    parser.add_argument("--steps", type=int, default=10, help="its steps (default 10)")
    options = parser.parse_args(arguments)
    print(
        "| page | file | ready (CPU) | slowest interaction | most CPU | frames/s (CPU) | elements |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for name, path in _pages(options, Path(folder)):
            print(row(name, measure(browser, path)), flush=True)
    return 0


def row(name: str, found: Speed) -> str:
    """Return a row of the table."""
    cells: list[Any] = [
        name,
        f"{found.megabytes:.2f} MB",
        f"{found.ready / 1000:.2f} s ({found.ready_cpu / 1000:.2f} s)",
        "{1:.0f} ms ({0})".format(*found.slowest),
        "{1:.0f} ms ({0})".format(*found.slowest_cpu),
        f"{found.frames:.0f} ({found.frame_cpu:.1f} ms)",
        f"{found.nodes:,} of {found.page_nodes:,}",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
