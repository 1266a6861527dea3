"""One finding, and a list of them that a person can read in a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SEVERITIES: dict[str, tuple[str, str, str]] = {
    "error": ("✗", "必須修改", "#A63F16"),
    "warning": ("▲", "建議修改", "#B08A10"),
    "suggestion": ("◇", "可以更好", "#4C9CCB"),
}
_LONGEST_MARK, _LONGEST_TEXT = 80, 1500


@dataclass(frozen=True)
class Finding:
    """One place that a rule points at.

    span: start and end in code points of the original text.
    rule: ``pack.rule``; severity: error, warning or suggestion.
    fix: the text to put in place of ``text``, or None when a person has to choose.
    reference: where the rule comes from.
    """

    span: tuple[int, int]
    text: str
    rule: str
    severity: str
    message: str
    fix: str | None
    reference: str

    def __str__(self) -> str:
        icon, words, _ = SEVERITIES[self.severity]
        place = f"第 {self.span[0] + 1} 字「{_short(self.text)}」"
        return f"{icon} {words}｜{place}：{self.message}（{self.rule}）"


class Findings(list[Finding]):
    """A list of findings that remembers its text and prints as sentences with marked places.

    law: whether a pack of law took part.

    >>> from xiaobian import lint
    >>> print(lint.check("這支視頻很紅"))
    找到 1 處可以改的地方
    ▲ 建議修改｜第 3 字「視頻」：台灣多用「影片」。（tw_words.video）
    """

    def __init__(self, found: Iterable[Finding] = (), text: str = "", *, law: bool = False) -> None:
        super().__init__(found)
        self.text, self.law = text, law

    @property
    def headline(self) -> str:
        """What was found; rules of law say what they are, and that nothing found does not mean fine."""
        if self.law:
            found = f"找到 {len(self)} 處風險" if self else "規則沒有指出風險，不等於可以發"
            return f"{found}（風險提示，不是法律意見）"
        return f"找到 {len(self)} 處可以改的地方" if self else "✓ 沒有找到要改的地方"

    def __repr__(self) -> str:
        return "\n".join([self.headline, *map(str, self)])

    __str__ = __repr__

    def _repr_html_(self) -> str:
        text = "" if len(self.text) > _LONGEST_TEXT else _marked(self.text, self)
        rows = "".join(_row(number, finding) for number, finding in enumerate(self, 1))
        return (
            '<div style="border:1px solid #E3E8EC;padding:8px 16px;max-width:960px;font-size:16px;line-height:1.7;'
            'color:#22303C;background:#FFFFFF;margin:8px 0">'
            f'<div style="color:#5B6875;font-size:14px">{self.headline}</div>'
            f'<div style="white-space:pre-wrap;margin:4px 0 8px">{text}</div>'
            f'<div style="font-size:14px">{rows}</div></div>'
        )


def fixed(text: str, findings: Iterable[Finding]) -> str:
    """The text with every fix applied; of two overlapping fixes the earlier, longer one wins.

    >>> from xiaobian import lint
    >>> fixed("點擊保存草稿", lint.check("點擊保存草稿"))
    '點擊儲存草稿'
    """
    return "".join(
        text[start:end] if finding is None else str(finding.fix)
        for start, end, finding in _pieces(text, [f for f in findings if f.fix is not None])
    )


def _pieces(text: str, findings: Iterable[Finding]) -> Iterator[tuple[int, int, Finding | None]]:
    """Cut a text at the findings that do not overlap an earlier one."""
    done = 0
    for finding in sorted(findings, key=lambda f: (f.span[0], -f.span[1])):
        start, end = finding.span
        if start >= done:
            yield done, start, None
            yield start, end, finding
            done = end
    yield done, len(text), None


def _short(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:19]}…"


def _marked(text: str, findings: Findings) -> str:
    parts = []
    for start, end, finding in _pieces(text, [f for f in findings if 0 < len(f.text) <= _LONGEST_MARK]):
        words = html.escape(text[start:end])
        if finding is None:
            parts.append(words)
        else:
            icon, _, colour = SEVERITIES[finding.severity]
            parts.append(
                f'<mark style="background:#FFFFFF;color:inherit;border-bottom:3px solid {colour}">{words}</mark>'
                f'<sup style="color:#5B6875">{icon}{findings.index(finding) + 1}</sup>'
            )
    return "".join(parts)


def _row(number: int, finding: Finding) -> str:
    icon, words, colour = SEVERITIES[finding.severity]
    return (
        f'<div style="border-left:4px solid {colour};padding:0 8px;margin:8px 0">'
        f"<b>{icon} {number}　{words}</b>　「{html.escape(_short(finding.text))}」：{html.escape(finding.message)}"
        f'<span style="color:#5B6875">　依據：{html.escape(finding.reference)}（{html.escape(finding.rule)}）</span></div>'
    )
