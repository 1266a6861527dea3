"""Every way a call can go wrong, as one sentence in 正體中文 with what to do next; keys never come along."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import openai
import pydantic

from ..errors import KitError
from .profiles import Profile, is_this_computer
from .safety.keys import scrub
from .transports.base import HX

_DETAIL = 160


class AIError(KitError):
    """A call that brought no answer. ``code`` names the fault, ``status`` is the HTTP status or None."""

    def __init__(
        self, what: str, *, where: str = "", next_step: str = "", code: str = "", status: int | None = None
    ) -> None:
        super().__init__(scrub(what), where=scrub(where), next_step=scrub(next_step))
        self.code, self.status = code, status


@dataclass(frozen=True)
class Fault:
    """What is told of one kind of fault; ``{host}``, ``{label}``, ``{model}`` and ``{name}`` are filled in."""

    code: str
    what: str
    next_step: str


BY_CODE = {
    "kit_budget_exceeded": Fault("budget", "預算不夠，這次沒有送出", "先看 assistant.ledger.say()；要繼續，請用 connect(…, budget=…) 調高上限，或改用離線引擎"),
    "kit_unknown_price": Fault("unknown_price", "價格未知，這次沒有送出", '請查價目後用 connect(…, prices={{"{model}": (輸入價, 輸出價)}}) 填上（每百萬 token 的美元），或改用 budget={{"tokens": 50000}} 只限 token'),
    "kit_call_limit": Fault("call_limit", "今天的次數用完了，這次沒有送出", "先看 assistant.ledger.table() 有沒有重複呼叫；要繼續，請用 connect(…, budget=…) 調高次數"),
    "kit_body_too_large": Fault("too_large", "要送出的內容太大", "請只留需要的段落，或分幾次送"),
    "kit_other_host": Fault("other_host", "這個要求要送到別的主機，已擋下", "要換服務請重新 connect(…, base_url=…)"),
    "kit_key_host": Fault("key_host", "OpenAI 的金鑰不能送到這個主機，已擋下", '這個服務若要金鑰，請用它自己發的金鑰；要用 OpenAI 請寫 connect("openai")'),
    "kit_not_recorded": Fault("not_recorded", "錄製檔裡沒有這個問題的回答", "請用錄製時同樣的輸入與任務，或改用 connect() 的離線引擎"),
    "kit_runaway": Fault("runaway", "伺服器沒有理會長度上限，已中途停止", "請縮短要求，或換一個會守上限的服務；用 assistant.doctor() 可以看到這一點"),
    "kit_ledger": Fault("ledger", "AI 帳本寫不進去，這次沒有送出", "請確認磁碟還有空間、資料夾可以寫入"),
    "offline_unsupported": Fault("offline_unsupported", "離線規則引擎做不到這件事", "可用的任務在 xb.ai.tasks；要真的 AI，請自己選擇服務，例如 connect(\"ollama\")"),
    "offline_bad_input": Fault("offline_bad_input", "離線規則引擎讀不懂這個輸入", "請照訊息補上內容"),
    "insufficient_quota": Fault("quota", "{label} 帳戶的額度用完了", "重試沒有用：請到帳戶頁面看餘額與付款方式，或改用離線引擎"),
    "model_not_found": Fault("model", "{label} 沒有「{model}」這個型號", '請執行 xb.ai.doctor("{name}") 看現在有哪些型號，再用 connect(…, model="…") 指定'),
    "context_length_exceeded": Fault("too_long", "輸入太長，超過模型能讀的長度", "請分段處理，或先用摘要任務縮短"),
}  # fmt: skip

_SPEND = Fault("spend_limit", "這個專案的花費上限到了", "重試沒有用：請找管理帳戶的人，或改用離線引擎")

BY_STATUS = {
    400: Fault("bad_request", "服務看不懂這個要求", "請看訊息指出的欄位；若是格式不支援，執行 assistant.doctor() 讓套件改用它會的方式"),
    401: Fault("key", "金鑰不被接受", "請重新連線並輸入金鑰：connect(\"{name}\", key=True)；金鑰可能打錯、過期或被撤銷"),
    402: Fault("payment", "服務說要先付款", "請看帳戶頁面，或改用離線引擎"),
    403: Fault("forbidden", "這把金鑰沒有權限，或這個地區不能用", "請確認金鑰所屬的專案開放了這個型號"),
    404: Fault("not_found", "這個服務沒有這個功能或型號", '請執行 xb.ai.doctor("{name}") 看它會什麼'),
    408: Fault("timeout", "服務等不到完整的要求", "請稍後再試"),
    409: Fault("conflict", "服務說要求互相衝突", "請稍後再試一次"),
    413: Fault("too_large", "要送出的內容太大", "請只留需要的段落，或分幾次送"),
    422: Fault("bad_request", "服務不接受這個要求的內容", "請看訊息指出的欄位，或執行 assistant.doctor()"),
    429: Fault("rate_limit", "送得太快，服務要你等一下", "已經自動重試過；請等一分鐘再執行，或減少一次處理的則數"),
    501: Fault("unsupported", "這個服務沒有這個功能", "請執行 assistant.doctor() 看它會什麼"),
}  # fmt: skip

SERVER = Fault("server", "服務自己出錯了", "已經自動重試過；請稍後再試，或改用離線引擎")
NOT_JSON = Fault(
    "not_json",
    "收到的是網頁，不是模型的回答",
    "可能是公共 Wi-Fi 的登入頁或公司的代理伺服器：請先在瀏覽器登入網路，並確認網址是 API 的網址（通常以 /v1 結尾）",
)
STREAMED = Fault(
    "not_asked_stream", "服務沒有被要求卻用串流回答", "請換一個版本較新的服務，或用 assistant.stream() 逐段讀"
)
BROKEN = Fault(
    "broken", "服務在回答到一半時斷了", "已收到的部分可能不完整，請重新執行；若一直斷，看看那個程式有沒有出錯"
)

UNKNOWN_MODEL = (
    "model_not_found",
    "does not exist",
    "no such model",
    "unknown model",
    "invalid model",
    "model not found",
    "not found, try pulling",
)
TOO_LONG = (
    "context length",
    "context_length",
    "maximum context",
    "context size",
    "too many tokens",
    "exceed_context",
    "prompt is too long",
    "input is too long",
)


def explain(problem: BaseException, profile: Profile, model: str = "") -> AIError:
    """The error a learner reads for anything that a call can raise. Never raises itself."""
    if isinstance(problem, AIError):
        return problem
    for kind, make in _KINDS:
        if isinstance(problem, kind):
            return make(problem, profile, model)
    return _made(
        Fault(
            "unexpected",
            "呼叫 AI 時出了沒料到的狀況",
            "請重新執行這一格；若一直發生，改用 connect() 的離線引擎",
        ),
        profile,
        model,
        str(problem),
    )


@contextmanager
def clear(profile: Profile, model: str = "") -> Iterator[None]:
    """Within it, every failure of a call becomes an AIError without the request behind it."""
    try:
        yield
        return
    except _CAUGHT as problem:
        told = explain(problem, profile, model)
    raise told from None


def _made(fault: Fault, profile: Profile, model: str, detail: str = "", status: int | None = None) -> AIError:
    names = {
        "host": profile.host,
        "label": profile.label,
        "model": model or profile.model or "",
        "name": profile.name,
    }
    detail = scrub(" ".join(detail.split()))
    detail = detail if len(detail) <= _DETAIL else detail[:_DETAIL] + "…"
    where = (
        f"主機 {profile.host}"
        + (f"，HTTP {status}" if status else "")
        + (f"，{detail.rstrip('。.')}" if detail else "")
    )
    return AIError(
        fault.what.format(**names), where=where, next_step=fault.next_step.format(**names), code=fault.code,
        status=status,
    )  # fmt: skip


def _status(problem: Any, profile: Profile, model: str) -> AIError:
    status, code, message = problem.status_code, str(getattr(problem, "code", "") or ""), said(problem)
    return _made(_fault(status, code, message, profile), profile, model, message, status)


def _fault(status: int, code: str, message: str, profile: Profile) -> Fault:
    if code in BY_CODE:
        return BY_CODE[code]
    if code.endswith("_spend_limit_exceeded"):
        return _SPEND
    low = message.lower()
    if any(words in low for words in TOO_LONG):
        return BY_CODE["context_length_exceeded"]
    if any(words in low for words in UNKNOWN_MODEL):
        return BY_CODE["model_not_found"]
    if status == 404 and not profile.base_url.rstrip("/").endswith("/v1"):
        return Fault(
            "no_v1",
            "網址少了 /v1",
            f'請改成 connect("{profile.name}", base_url="{profile.base_url.rstrip("/")}/v1")',
        )
    return BY_STATUS.get(status, SERVER if status >= 500 else BY_STATUS[400])


def said(problem: Any) -> str:
    """The server's own words in an error."""
    body = getattr(problem, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        body = inner.get("message") or inner.get("detail") if isinstance(inner, dict) else inner
    if isinstance(body, str) and body.strip():
        return "回覆的是一個網頁" if "<html" in body.lower() else body
    return str(getattr(problem, "message", problem))


def _timeout(problem: Any, profile: Profile, model: str) -> AIError:
    slow = "模型可能還在載入，或這台電腦跑不動" if profile.engine == "local" else "網路或服務太慢"
    fault = Fault(
        "timeout",
        f"等了 {profile.timeout_s:g} 秒沒有回答",
        f"{slow}：請縮短要求再試，或用 connect(…, timeout_s=…) 等久一點",
    )
    return _made(fault, profile, model)


def _unreachable(problem: Any, profile: Profile, model: str) -> AIError:
    host = profile.host.rpartition(":")[0] or profile.host
    if is_this_computer(host.strip("[]")):
        step = f"請先啟動 {profile.label}，並確認埠號；不需要 AI 服務也能用 connect() 的離線引擎"
    else:
        step = "請確認網路與網址，公司網路可能擋了這個主機；不連網也能用 connect() 的離線引擎"
    cause = problem.__cause__ or problem
    if isinstance(cause, HX.ReadError | HX.WriteError | HX.RemoteProtocolError):
        return _made(BROKEN, profile, model, str(cause))
    if "CERTIFICATE" in str(cause).upper():
        step = "連線的憑證不被信任：公司網路請向資訊人員要憑證檔，設定環境變數 SSL_CERT_FILE；不要關掉檢查"
    return _made(Fault("unreachable", "連不上服務", step), profile, model, str(cause))


def _stream_error(problem: Any, profile: Profile, model: str) -> AIError:
    code = str(getattr(problem, "code", "") or "")
    return _made(BY_CODE.get(code, BROKEN), profile, model, said(problem))


def _broken(problem: Any, profile: Profile, model: str) -> AIError:
    return _made(BROKEN, profile, model, str(problem))


def _surrogate(problem: Any, profile: Profile, model: str) -> AIError:
    return _made(
        Fault("surrogate", "文字裡有壞掉的字元，送不出去", "常見於壞掉的表情符號：請先用 xb.ai.structured.clean(文字) 換掉，或刪掉那幾個字"),
        profile, model,
    )  # fmt: skip


def _length(problem: Any, profile: Profile, model: str) -> AIError:
    return _made(TRUNCATED, profile, model)


def _refused(problem: Any, profile: Profile, model: str) -> AIError:
    return _made(REFUSED, profile, model)


def _invalid(problem: Any, profile: Profile, model: str) -> AIError:
    return _made(INVALID, profile, model)


def _not_json(problem: Any, profile: Profile, model: str) -> AIError:
    return _made(NOT_JSON, profile, model)


def _client(problem: Any, profile: Profile, model: str) -> AIError:
    return _made(
        Fault("client", "openai 用戶端沒有送出要求", '請檢查金鑰與參數；金鑰用 connect("{name}", key=True) 輸入'),
        profile, model, str(problem),
    )  # fmt: skip


TRUNCATED = Fault(
    "truncated",
    "回答在長度上限前沒寫完",
    "請調高 max_tokens=，或把要求改小（例如少要幾則）；會推理的型號也把推理算進上限",
)
REFUSED = Fault("refused", "模型拒絕回答", "請檢查輸入是不是含有不當內容，換個說法，或由人來寫")
INVALID = Fault(
    "invalid",
    "模型的回答不合格式，修過一次還是不行",
    "請換一個較大的型號，或改用離線引擎；這次的花費照樣記在帳本",
)
NESTED = Fault(
    "nested",
    "這個服務的 embeddings 不是一段文字一個向量",
    "請換一個支援 embeddings 的型號，或用離線引擎的向量；兩種向量不能混用",
)
EMPTY = Fault(
    "empty", "服務給了空白的回答", "請再試一次；會推理的型號可能把上限都用在推理，請調高 max_tokens="
)

_KINDS: tuple[tuple[Any, Callable[[Any, Profile, str], AIError]], ...] = (
    (openai.APITimeoutError, _timeout),
    (openai.APIConnectionError, _unreachable),
    (openai.APIStatusError, _status),
    (openai.LengthFinishReasonError, _length),
    (openai.ContentFilterFinishReasonError, _refused),
    (openai.APIResponseValidationError, _not_json),
    (openai.APIError, _stream_error),
    (UnicodeEncodeError, _surrogate),
    (pydantic.ValidationError, _invalid),
    (json.JSONDecodeError, _broken),
    (HX.TimeoutException, _timeout),
    (HX.ConnectError, _unreachable),
    (HX.TransportError, _broken),
    (HX.StreamError, _broken),
    (openai.OpenAIError, _client),
)

_CAUGHT = (
    openai.OpenAIError, UnicodeError, pydantic.ValidationError, ValueError, AttributeError, TypeError, KeyError,
    IndexError, AssertionError, RuntimeError, HX.HTTPError, HX.StreamError,
)  # fmt: skip
