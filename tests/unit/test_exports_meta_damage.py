"""Meta's other downloads after damage: the same values, or a full account of what is missing, never a wrong guess."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pandas as pd
import pytest

from xiaobian import tables
from xiaobian.errors import ReadError
from xiaobian.exports import read_export, sample_meta, sample_meta_stories, sample_meta_videos
from xiaobian.exports import sample_meta_insights as old
from xiaobian.exports.samples import DESIGN, build

SEED = DESIGN["seed"][0]
FILES = sample_meta.files(SEED)


def _wide_truth() -> pd.DataFrame:
    ids = sample_meta_videos.all_metrics_csv(SEED).decode("utf-8-sig")
    known = {row["Post ID"] for row in csv.DictReader(io.StringIO(ids, newline=""))}
    posts = build()["posts"]
    return posts[posts["post_id"].isin(known)]


# name: (file, truth of the main table, its key, first column, a column of counts)
LAYOUTS = {
    "stories en": (sample_meta_stories.PATHS["en"], sample_meta_stories.stories_posts(SEED), "post_id", "Post ID", "Views"),
    "stories zh": (sample_meta_stories.PATHS["zh"], sample_meta_stories.stories_posts(SEED), "post_id", "貼文編號", "瀏覽次數"),
    "all metrics": (sample_meta_videos.PATHS["all_metrics"], _wide_truth(), "post_id", "Post ID", "Views"),
    "assets": (sample_meta_videos.PATHS["assets"], sample_meta_videos.assets_truth(SEED), "post_id", "Video asset ID", "Reach"),
    "old posts": (old.PATHS["posts"], old.posts_truth(SEED), "post_id", "Post ID", "Lifetime Post Total Reach"),
    "old page": (old.PATHS["page"], old.page_truth(SEED), "date", "Date", "Daily Total Reach"),
}  # fmt: skip


def _save(path: Path, rows: list[list[str]], rng: random.Random) -> Path:
    text = io.StringIO(newline="")
    sign, end = rng.choice([",", ";", "\t"]), rng.choice(["\n", "\r\n"])
    csv.writer(text, delimiter=sign, lineterminator=end).writerows(rows)
    path.write_bytes(text.getvalue().encode(rng.choice(["utf-8-sig", "utf-8", "utf-16"])))
    return path


@pytest.mark.parametrize("case", range(3))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_order_encoding_delimiter_and_stray_rows_change_no_value(tmp_path, layout, case):
    name, truth, key, first, figure = LAYOUTS[layout]
    rng = random.Random(f"{layout}/{case}")
    rows = list(csv.reader(io.StringIO(FILES[name].decode("utf-8-sig"), newline="")))
    rows = [[*row, "Mystery column" if n == 0 else f"m{n}"] for n, row in enumerate(rows)]
    order = rng.sample(range(len(rows[0])), len(rows[0]))
    rows = [[row[i] for i in order] for row in rows]
    at = rows[0].index(figure)
    for row in rows[1:]:
        row[at] = f"{int(row[at]):,}" if row[at].isdigit() else row[at]
    total = ["5"] * len(rows[0])
    total[rows[0].index(first)] = ""
    rows.insert(rng.randrange(3, len(rows)), total)
    export = read_export(_save(tmp_path / Path(name).name, rows, rng))
    found = next(iter(export.tables.values()))
    pd.testing.assert_frame_equal(
        found.sort_values(key, ignore_index=True), truth.sort_values(key, ignore_index=True), rtol=1e-12
    )
    assert export.report.rows_in == len(rows) - 1 == export.report.rows_out + len(export.report.dropped)
    assert len(export.report.dropped) == 1 + layout.startswith("old")
    assert (
        "Mystery column" in export.report.unknown and export.extra["Mystery column"].str.startswith("m").all()
    )


def _mutated(rng: random.Random, data: bytes) -> bytes:
    wide = data.startswith(b"\xff\xfe")
    lines = data.decode("utf-16" if wide else "utf-8-sig").split("\n")[: rng.randint(3, 40)]
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(lines))
        cells = lines[at].split(",")
        cells[rng.randrange(len(cells))] = rng.choice(
            ["", "-1", "abc", "1e400", "9" * 25, "50%", "2019-13-45", "\0", "Date"]
        )
        lines[at] = rng.choice(
            [
                ",".join(cells),
                lines[at][: rng.randrange(len(lines[at]) + 1)],
                "",
                lines[rng.randrange(len(lines))],
            ]
        )
    changed = bytearray("\n".join(lines).encode("utf-16" if wide else "utf-8"))
    if rng.random() < 0.3:
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def test_mutated_files_are_read_with_a_full_account_or_refused(tmp_path):
    rng, read, refused = random.Random(20260801), 0, 0
    for _ in range(150):
        name = rng.choice(list(FILES))
        path = tmp_path / Path(name).name
        path.write_bytes(_mutated(rng, FILES[name]))
        try:
            export = read_export(path, platform=rng.choice([None, "facebook", "instagram"]))
        except ReadError as error:
            assert path.name in str(error)
            refused += 1
            continue
        assert export.report.rows_in == export.report.rows_out + len(export.report.dropped)
        for table, frame in export.tables.items():
            assert tables.problems(frame, table) == []
        read += 1
    assert read > 50 and refused > 20
