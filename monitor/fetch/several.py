"""The pages of one policy, fetched one after another: all of them, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import FetchError
from monitor.model.capture import Capture, NotModified, Validators
from monitor.model.pages import joined, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.model.source import Source

    Fetch = Callable[[Source, Validators | None], Capture | NotModified]


def fetch_all(source: Source, validators: Validators | None, fetch: Fetch) -> Capture | NotModified:
    """Fetch every page of a source, conditionally where all of them can be.

    Where one is new, those that are not are fetched again, whole: a capture holds the bytes that
    were there at its time.

    Raises:
        FetchError: Of the first page that could not be had, which it names.

    """
    urls = tuple(dict.fromkeys(source.urls))
    pages = [
        _Page(replace(source, url=url), number, len(urls)) for number, url in enumerate(urls, 1)
    ]
    given = unpacked(validators, len(urls))
    answers = [page.fetch(fetch, known) for page, known in zip(pages, given, strict=True)]
    if all(isinstance(answer, NotModified) for answer in answers):
        return NotModified(urls[0], max(answer.fetched_at for answer in answers))
    whole = [page.whole(fetch, answer) for page, answer in zip(pages, answers, strict=True)]
    return joined(whole)


class _Page:
    def __init__(self, source: Source, number: int, pages: int) -> None:
        self._source = source
        self._place = f"page {number} of {pages}, {source.url}"

    def fetch(self, fetch: Fetch, validators: Validators | None) -> Capture | NotModified:
        try:
            return fetch(self._source, validators)
        except FetchError as error:
            raise FetchError(
                error.kind,
                f"{self._place}: {error}",
                permanent=error.permanent,
                retry_after=error.retry_after,
                status=error.status,
            ) from error

    def whole(self, fetch: Fetch, answer: Capture | NotModified) -> Capture:
        if isinstance(answer, NotModified):
            answer = self.fetch(fetch, None)
        assert isinstance(answer, Capture)
        return answer
