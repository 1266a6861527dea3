"""How long ``xb.read_export`` takes, and how much memory, beside ``pandas.read_csv`` with the same dtypes.

    python benchmarks/read_export.py [rows ...]        default: 100000 1000000

Each reading runs in its own process, the two in turn on the same file; time is the best of the repeats, memory
the peak of the process less what it held before reading. read_csv does far less: it neither checks nor repairs,
draws out no hashtags, moves no time zone and reports nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DTYPES = {
    "Post ID": "string", "Account ID": "string", "Account username": "string", "Account name": "string",
    "Description": "string", "Duration (sec)": "float64", "Permalink": "string", "Post type": "string",
    "Data comment": "string", "Date": "string", "Views": "Int64", "Likes": "Int64", "Shares": "Int64",
    "Comments": "Int64", "Saves": "Int64", "Reach": "Int64", "Follows": "Int64",
}  # fmt: skip


def write_csv(path: Path, rows: int) -> None:
    """A content CSV: the sample's figures, and an id, link, minute and caption of its own in every row."""
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from xiaobian.exports.clock import PACIFIC
    from xiaobian.exports.sample_files import FILES, render
    from xiaobian.exports.samples import DESIGN, media_id, sample_posts, shortcode

    file = next(f for f in FILES if f.platform == "instagram" and f.language == "en")
    posts = sample_posts(DESIGN["seed"][0])
    own = sorted((p for p in posts if p.platform == "instagram"), key=lambda post: post.published)
    header = render(file, []).decode("utf-8")
    templates = []
    for post in own:
        row = render(file, [post]).decode("utf-8")[len(header) :]
        local = post.published.astimezone(ZoneInfo(PACIFIC)).strftime("%m/%d/%Y %H:%M")
        link = post.permalink.rsplit("/", 2)[-2]
        row = row.replace("%", "%%").replace(post.post_id, "%(id)s").replace(link, "%(link)s")
        row = row.replace(post.caption[:6], post.caption[:4] + "（%(n)d）" + post.caption[4:6], 1)
        templates.append((row.replace(local, "%(time)s"), post.published))
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(header)
        for n in range(rows):
            template, published = templates[n % len(templates)]
            at = published - timedelta(minutes=n // len(templates))
            media = media_id(at, n & 0x7FFFFF)
            local = at.astimezone(ZoneInfo(PACIFIC)).strftime("%m/%d/%Y %H:%M")
            out.write(template % {"id": media, "link": shortcode(media), "time": local, "n": n})


def read_ours(path: str) -> int:
    from xiaobian.exports import read_export

    return len(read_export(path).posts)


def read_pandas(path: str) -> int:
    import pandas as pd

    return len(pd.read_csv(path, dtype=DTYPES, parse_dates=["Publish time"], date_format="%m/%d/%Y %H:%M"))


def read_pandas_lean(path: str) -> int:
    """The same text columns, counts as float64: the fastest fair reading."""
    import pandas as pd

    lean = {name: "float64" if kind == "Int64" else kind for name, kind in DTYPES.items()}
    return len(pd.read_csv(path, dtype=lean, parse_dates=["Publish time"], date_format="%m/%d/%Y %H:%M"))


READERS = {"read_export": read_ours, "read_csv": read_pandas, "read_csv (float64)": read_pandas_lean}


def peak_mb() -> float:
    """Peak memory of this process in MB, or NaN where the system does not tell."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure_here(reader: str, path: str) -> None:
    import pandas  # noqa: F401  both readings start with pandas loaded

    import xiaobian.exports  # noqa: F401

    before, start, cpu = peak_mb(), time.perf_counter(), time.process_time()
    rows = READERS[reader](path)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu": cpu, "mb": peak_mb() - before}))


def measure(reader: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", reader, str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def compare(rows: int, repeats: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "content.csv"
        write_csv(path, rows)
        size = path.stat().st_size / 1e6
        turns = [{reader: measure(reader, path) for reader in READERS} for _ in range(repeats)]
        runs = {reader: [turn[reader] for turn in turns] for reader in READERS}
    print(f"\n{rows:,} rows, {size:,.0f} MB")
    names = ("seconds", "cpu", "mb")
    best = {
        reader: {name: min(run[name] for run in found) for name in names} for reader, found in runs.items()
    }
    ours = best["read_export"]
    for reader, found in runs.items():
        assert {run["rows"] for run in found} == {rows}, f"{reader} did not read every row"
        theirs = best[reader]
        ratios = ", ".join(f"{name} × {ours[name] / theirs[name]:.2f}" for name in names)
        print(
            f"  {reader:<20} {theirs['seconds']:7.2f} s (cpu {theirs['cpu']:.2f} s) "
            f"{rows / theirs['seconds']:>11,.0f} rows/s {theirs['mb']:7.0f} MB"
            + ("" if reader == "read_export" else f"   read_export: {ratios}")
        )


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure_here(*sys.argv[2:4])
        return
    for rows in [int(text) for text in sys.argv[1:]] or [100_000, 1_000_000]:
        compare(rows, 3 if rows <= 200_000 else 2)


if __name__ == "__main__":
    main()
