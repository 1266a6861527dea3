"""The case of lesson 5.4: one comment with three replies, and a team with its leave. Everything is invented."""

from __future__ import annotations

COMMENT = "禮盒三盒都壓扁了，叫我拿什麼去提親？包貨的人腦袋裝水嗎"
WITTY = "提親失敗記得回來，我們有賣安慰自己的蛋糕😂"
"""The retort that makes one's colleagues laugh."""
REPLIES = {
    "機智": WITTY,
    "罐頭": "造成您的不便深感抱歉，我們會持續努力，感謝您的寶貴意見。",
    "只給出路": "很抱歉，請私訊我們。",
    "只講事情": "三盒壓扁對不起，是紙箱沒墊好，今天下午四點前重寄，明天到。",
    "都接住": (
        "三盒都壓扁，提親前收到這個一定很急，是我們紙箱沒墊好，對不起。今天下午四點前重寄三盒，明天中午前到；"
        "單號傳私訊，我盯著出貨。罵包貨的同事就請不要了，其他的儘管說。"
    ),
}
TEAM = ("阿洛", "子晴", "柏宇", "佩蓁")
LEAVE = {"柏宇": ("2026-10-09", "2026-10-10", "2026-10-11"), "佩蓁": ("2026-10-15", "2026-10-16")}
CRISES = (("2026-10-07", "晚班"),)
