"""Clear words for paid or gifted content, for captions and scripts alike."""

from __future__ import annotations

import re

CLEAR = re.compile(
    r"(?:付費|有償|商業)合作|業配|廣告(?!不實)|贊助|(?:由|受|本篇|這篇|這支)[^。！？\n]{0,14}(?:合作|提供|邀請|邀約)|免費提供|公關品|合作文|"
    r"我(?:是|在)[^。！？\n]{0,10}(?:員工|工作|上班)|(?:PR|AD|Sponsored)\b|#\s?(?:ad|sponsored|合作|業配|廣告)\b",  # lint: off
    re.IGNORECASE,
)
NOT_PAID = re.compile(r"(?:不是|非|沒有|沒收|無)[^。！？\n]{0,3}(?:業配|廣告|合作|贊助|付費)")


def disclosed(text: str) -> re.Match[str] | None:
    """Where a text says in clear words that it is paid or gifted; saying that it is not does not count.

    >>> disclosed("付費合作｜這週六開賣")[0], disclosed("這不是廣告，真心推薦")
    ('付費合作', None)
    """
    return CLEAR.search(NOT_PAID.sub(lambda denied: "　" * len(denied[0]), text))
