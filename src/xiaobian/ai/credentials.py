"""Where a key comes from: the learner's hand, or the environment of a profile the learner chose."""

from __future__ import annotations

import os
import sys
import warnings
from typing import Any

from .failures import AIError
from .profiles import Profile
from .safety import keys
from .safety.keys import Secret


def secret(profile: Profile, given: Any, listed: tuple[str, ...]) -> Secret | None:
    """The key for a profile; None where none is needed.

    given: None, a ``Secret``, True (ask for it), ``"env:NAME"`` or the key itself. Without one, the environment is
    read only for a profile that names a variable, and only if its host is listed. Raises AIError.
    """
    if profile.auth == "none":
        return None
    found = _found(profile, given, listed)
    if found is None:
        return None
    if wrong := keys.problem(found.reveal()):
        raise AIError(wrong, next_step="請重新複製整把金鑰再貼一次", code="key_shape")
    name = profile.host.rpartition(":")[0] or profile.host
    if found.is_openai and name not in listed:
        raise AIError(
            f"sk- 開頭的金鑰不會送到 {profile.host}", code="key_host",
            next_step=f'這個服務若不用金鑰，請拿掉 key=；若金鑰真的是它發的，請寫 hosts=["{name}"] 表示你信任這個主機',
        )  # fmt: skip
    return found


def _found(profile: Profile, given: Any, listed: tuple[str, ...]) -> Secret | None:
    if isinstance(given, Secret):
        return given
    if given is True:
        return _asked(profile)
    if isinstance(given, str) and given.startswith("env:"):
        value = os.environ.get(given[4:], "")
        if not value.strip():
            raise AIError(
                f"環境變數 {given[4:]} 是空的",
                next_step="請先設定它再開 JupyterLab，或用 key=True 輸入",
                code="no_key",
            )
        return Secret(value.strip())
    if given is not None:
        return _typed(given)
    in_reach = profile.key_env if profile.host in listed else None
    if value := os.environ.get(in_reach or "", "").strip():
        return Secret(value)
    if profile.auth == "required" and profile.engine != "local":
        return _asked(profile)
    return None


def _typed(given: Any) -> Secret:
    if not isinstance(given, str):
        raise AIError("key= 要是文字", next_step="請用 key=True，會跳出不顯示內容的輸入框", code="key_shape")
    if "IPython" in sys.modules:
        warnings.warn(
            "金鑰寫在儲存格裡會跟著筆記本存檔、分享出去：請改用 key=True，並刪掉這一格的金鑰", stacklevel=5
        )
    return Secret(given.strip())


def _asked(profile: Profile) -> Secret:
    step = "請在 Notebook 裡執行（會跳出輸入框）"
    if profile.key_env:
        step += f"，或先設定環境變數 {profile.key_env}"
    if keys.can_ask():
        try:
            return Secret(keys.ask(profile.label))
        except (EOFError, OSError):
            pass
    raise AIError(
        f"{profile.label} 要有金鑰才能用",
        next_step=f"{step}；沒有金鑰也能用 connect() 的離線引擎",
        code="no_key",
    )
