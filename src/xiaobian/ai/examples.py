"""Ready material for trying headlines: one brief, and lines that people wrote with and without it."""

from __future__ import annotations

import csv
from functools import cache

from .. import datasets
from ..errors import NotFound
from .briefs import Brief

WRITERS = {
    "one_sentence": "課程編寫，仿照聊天機器人只拿到一句話時常見的寫法；沒有呼叫任何模型",
    "aluo": "課程編寫，代表阿洛照著簡報寫的",
}


@cache
def _lines() -> tuple[tuple[str, str], ...]:
    with open(datasets.path("ai/headlines.tsv"), encoding="utf-8", newline="") as file:
        return tuple((row["writer"], row["text"]) for row in csv.DictReader(file, delimiter="\t"))


def headlines(writer: str) -> list[str]:
    """Headlines for 焙茶生乳捲, all written for the course. writer: a key of ``WRITERS``; raises NotFound otherwise.

    >>> len(headlines("one_sentence")), len(headlines("aluo"))
    (12, 8)
    """
    if writer not in WRITERS:
        raise NotFound(f"沒有「{writer}」寫的標題", next_step=f"可用的是 {'、'.join(WRITERS)}")
    return [text for who, text in _lines() if who == writer]


def roll() -> Brief:
    """What is known about 焙茶生乳捲 (invented, as the brand is)."""
    return Brief(
        product="焙茶生乳捲",
        brand=str(datasets.brand()["name"]),
        audience="下午想配茶的上班族",
        facts=["焙茶用嘉義契作的茶葉，店裡自己烘", "一條 480 元，切成六片", "9/12 早上十點，六家門市開賣"],
        dates=["9/12"],
        prices=["一條 480 元"],
        cta="到門市試吃一片",
    )
