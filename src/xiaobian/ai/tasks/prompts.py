"""What each task says to a model, in one place, so that a person can read and change it."""

PROMPTS = {
    "headlines": (
        "任務：替 brief 裡的商品寫 n 個標題。每個標題用不同的技巧（technique），在 techniques 裡選。\n"
        "長度不超過 longest 字。句型、開頭和角度都要明顯不同，不要只換幾個字。"
    ),
}
"""Task → prompt; the inputs follow as one marked block of JSON."""
