"""Search that also finds numbers, parts of Chinese words, and pinyin without its tones.

Sphinx's English index takes a run of Chinese characters as one word, and its search page drops numbers. Here Chinese
is kept in single characters and in pairs, so that `环` and `循环` find `双循环`; a letter loses its marks, so that
`xunhuan` finds `xúnhuán`; and a number is one term, however its thousands are written: `3,800` and `3800`. The page
splits a query as the index splits the text, but that a run of characters is sought by its pairs alone.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

_TERM = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)*(?!\w)|\w+")
_CODE = re.compile(r"(?=\w*[0-9])(?=\w*[a-z])\w{12,}")  # of addresses and references: nobody types these
_CHINESE = re.compile("([\u3400-\u9fff]+)")

#: The same as `terms`, for the page. The sign before a number keeps the page from dropping it.
_PAGE = r"""
function splitQuery(query) {
  const plain = query.normalize("NFD").replace(/\p{M}/gu, "");
  const words = plain.match(/\d+(?:,\d{3})*(?:\.\d+)*(?![\p{L}\p{N}_])|[\p{L}\p{N}_]+/gu) ?? [];
  return words.flatMap((word) => {
    if (/^[\d.,]+$/.test(word)) return [`#${word.replaceAll(",", "")}`];
    return word.split(/([\u3400-\u9fff]+)/u).filter(Boolean).flatMap((part) => {
      const pairs = [...part].slice(1).map((second, place) => [...part][place] + second);
      return /[\u3400-\u9fff]/u.test(part) && pairs.length ? pairs : [part];
    });
  });
}
"""


def terms(text: str) -> list[str]:
    """The terms of a text under which its page is found.

    >>> terms("GDP of 3,800 in 双循环")
    ['GDP', 'of', '#3800', 'in', '双', '循', '环', '双循', '循环']
    """
    found: list[str] = []
    plain = "".join(each for each in unicodedata.normalize("NFD", text) if unicodedata.category(each)[0] != "M")
    for word in _TERM.findall(plain):
        if re.fullmatch("[0-9.,]+", word):
            found.append("#" + word.replace(",", ""))
            continue
        for part in filter(None, _CHINESE.split(word)):
            pairs = [first + second for first, second in pairwise(part)]
            found.extend([*part, *pairs] if _CHINESE.match(part) else [part])
    return found


class SearchTerms(SearchEnglish):
    """English, with numbers, Chinese and pinyin."""

    js_splitter_code = _PAGE

    def word_filter(self, word: str) -> bool:
        """Whether a term is worth a place in the index, which every search loads."""
        return not _CODE.fullmatch(word) and super().word_filter(word)

    def split(self, input: str) -> list[str]:
        """The terms of a piece of text."""
        return terms(input)


def setup(app: Sphinx) -> None:
    """Take the place of English."""
    app.add_search_language(SearchTerms)
