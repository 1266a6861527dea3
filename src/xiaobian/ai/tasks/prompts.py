"""What each task says to a model, in one place, so that a person can read and change it."""

PROMPTS = {
    "headlines": (
        "任務：替 brief 裡的商品寫 n 個標題。每個標題用不同的技巧（technique），在 techniques 裡選，label 抄它的中文名。\n"
        "長度不超過 longest 字。句型、開頭和角度都要明顯不同，不要只換幾個字。"
    ),
    "ideas": (
        "任務：替 brief 想 n 個貼文點子，每個都是「痛點 × 好處 × 證據 × 行動」，角度（angle）互不相同。\n"
        "evidence_id 填 brief.facts 裡的 id，evidence 照抄那個事實；沒有合適的事實就兩格都留空字串，不要自己編。"
    ),
    "reply": (
        "任務：替小編草擬一則公開回覆，給人看過才會送出。先判斷 comment 的意圖（intent）。\n"
        "從 templates 選一則，template_id 填它的 id；大括號只能用 known 裡的字填，不知道的寫成【請填：…】並列進 missing。\n"
        "faq_answer 有字時可以照抄。牽涉食安、受傷、退款、個資、法律、媒體、自傷、未成年或對方很生氣時，escalate 填 true。"
    ),
    "image_prompt": (
        "任務：把 spec 寫成給圖片生成工具的提示詞。prompt 用英文，依序寫主體、動作、場景、構圖、光線、色彩、風格；negative 列不要出現的東西。\n"
        "不要寫真實人物、藝術家或別家品牌的名字，不要叫工具在圖裡寫字。caption_zh 用一句中文說明這張圖，給替代文字用。"
    ),
    "summarize": (
        "任務：把 sentences 整理成最多 k 個重點。每點附上依據的句子編號（sources），數字照抄，不加入文中沒有的推論。"
    ),
    "rewrite": (
        "任務：把 text 改寫成 platforms 裡每個平台各一版，遵守各自的 limit 與 hashtags 上限，照 style 調整長度與語氣。\n"
        "事實、數字、日期、價格、網址不增不改；標籤只能用 text 裡或 tags 裡的。"
    ),
    "faq": (
        "任務：顧客問了 question。從 candidates 選出意思相同的一題，faq_id 填它的 id；沒有完全相同的就填 none。\n"
        "只做選擇，不寫答案；寧可填 none 也不要猜。reason 用一句話說明。"
    ),
    "moderate": (
        "任務：替每則 comments 判斷標籤（labels，在 categories 的鍵裡選，沒有就空陣列）、建議動作（action）與理由。\n"
        "批評商品不是攻擊；看不出來就 action 填 none、理由寫「請真人看」。index 照抄。"
    ),
    "schedule": (
        "任務：從 candidates 選一個時段，slot 填它的 id，用兩三句話向店長說明。數字只能抄 candidates 與 facts 裡的。\n"
        "若 abstained 是 true，slot 一定填 none，說明為什麼資料還分不出來，建議怎麼安排試驗。"
    ),
    "choose_kpi": (
        "任務：依 goal 從 catalogue 選一個主要指標（kpi_id）和最多兩個輔助指標（support），用兩三句話說明為什麼、怎麼算、要小心什麼。\n"
        "數字只能抄 facts 裡的，沒有數字就不要寫數字。"
    ),
}
"""Task → prompt; the inputs follow as one marked block of JSON."""
