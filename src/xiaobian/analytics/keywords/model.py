"""The text side of keywords: make spellings alike, group by character n-grams, see what captions cover."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float64]

NEAR = 0.8
COVERED = 0.4
MOST = 4000
_URL = re.compile(r"https?://\S+|@[\w.]+")
_KEEP = re.compile(r"[^\w\u4e00-\u9fff]+")
_ASKS = re.compile(
    r"[?？]|嗎|呢|什麼|甚麼|怎麼|如何|哪裡|哪裏|哪一|哪家|哪邊|多少|幾點|幾天|幾顆|幾號|幾個|請問|想問|有沒有|可不可以|會不會|能不能|是不是|求"
)
_SENTENCE = re.compile(r"[^。！!？?\n～~]+[。！!？?\n～~]*")
_POLITE_START = re.compile(r"^(?:請問一下|請問|想請問|想問一下|想問|小編|不好意思|拜託|\s)+")
_POLITE = re.compile(
    r"請問一下|請問|想請問|想問一下|想問|求解|小編|不好意思|拜託|謝謝|感謝|你們|妳們|貴店|一下|到底|大概|大約|目前|現在|[嗎呢啊喔唷耶欸啦呀哦噢嘛吧了]"
)


def normal(text: str) -> str:
    """One spelling of a text: full width to half, lower case, no links, mentions, emoji or punctuation.

    >>> normal("請問　ＡＢＣ禮盒，多少錢？😋 https://a.example")
    '請問 abc禮盒 多少錢'
    """
    plain = unicodedata.normalize("NFKC", _URL.sub(" ", text)).lower()
    return " ".join(_KEEP.sub(" ", plain).replace("_", " ").split())


def core(text: str) -> str:
    """The normal spelling without polite words and particles; the whole when nothing is left.

    >>> core("請問台北店幾點開呢？")
    '台北店幾點開'
    """
    plain = normal(text)
    return " ".join(_POLITE.sub(" ", plain).split()) or plain


def shown(text: str) -> str:
    """The normal spelling without the polite words before it, as a heading.

    >>> shown("請問台北店幾點開呢？")
    '台北店幾點開呢'
    """
    plain = normal(text)
    return _POLITE_START.sub("", plain).strip() or plain


def questions(text: str) -> str:
    """The sentences of a comment that ask something, one after another; empty when none does.

    >>> questions("看起來好好吃！金萱可以做熱的嗎？冬天喝冰的牙齒好酸")
    '金萱可以做熱的嗎？'
    """
    return "".join(part for part in _SENTENCE.findall(text) if asks(part)).strip()


def asks(text: str) -> bool:
    """Whether a comment asks something.

    >>> asks("這個禮盒多少錢"), asks("好好吃")
    (True, False)
    """
    return _ASKS.search(text) is not None


def vectors(texts: list[str]) -> tuple[TfidfVectorizer, csr_matrix]:
    """TF-IDF of character 1- to 3-grams; blanks do not count."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    tool = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, preprocessor=_joined)
    return tool, tool.fit_transform(texts)


def _joined(text: str) -> str:
    return text.replace(" ", "")


def groups(texts: list[str], weight: Floats, near: float = NEAR) -> NDArray[np.intp]:
    """A group number a text: average linkage on cosine distance of n-grams, cut at ``near``.

    Above ``MOST`` texts the most frequent are grouped and every other joins the nearest group, or stays alone.
    """
    if len(texts) < 2:
        return np.zeros(len(texts), dtype=np.intp)
    from sklearn.cluster import AgglomerativeClustering

    order = np.argsort(-weight, kind="stable")
    matrix = vectors(texts)[1]
    first = order[:MOST]
    tool = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=near
    )
    similar = (matrix[first] @ matrix[first].T).toarray()
    labels = np.full(len(texts), -1, dtype=np.intp)
    labels[first] = tool.fit_predict(np.clip(1 - similar, 0, None))
    fresh = int(labels.max()) + 1
    for start in range(MOST, len(texts), 1000):
        rows = order[start : start + 1000]
        like = (matrix[rows] @ matrix[first].T).toarray()
        best = like.argmax(axis=1)
        close = like[np.arange(len(rows)), best] >= 1 - near
        labels[rows[close]] = labels[first[best[close]]]
        alone = rows[~close]
        labels[alone] = np.arange(fresh, fresh + len(alone))
        fresh += len(alone)
    return labels


def middle_text(texts: list[str], weight: Floats) -> int:
    """Place of the text that is most like the others of its group, frequent ones counting more."""
    if len(texts) == 1:
        return 0
    matrix = vectors(texts)[1]
    return int(np.argmax((matrix @ matrix.T @ weight) * np.sqrt(weight)))


def coverage(questions: list[str], captions: list[str]) -> Floats:
    """How much of each question's n-grams (two or more characters, rarer ones counting more) a caption has.

    Shape [questions, captions], 0–1.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    tool = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), binary=True, norm=None, preprocessor=_joined)
    try:
        asked = tool.fit_transform(questions)
    except ValueError:
        return np.zeros((len(questions), len(captions)))
    said = tool.transform(captions)
    said.data[:] = 1.0
    whole = np.asarray(asked.sum(axis=1)).ravel()
    return np.asarray((asked @ said.T).toarray() / np.maximum(whole, 1e-12)[:, None])
