"""What lists are asked for: filters and a page, the same for pages, feeds and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from monitor.model import Filters, Standing

if TYPE_CHECKING:
    from monitor.model import Source

Word = Annotated[str, Field(max_length=200)]
State = Literal[""] | Standing
MOST_PAGES = 1_000_000


class Chosen(BaseModel):
    """Which changes are meant: those whose source matches all that is set."""

    # Hidden fields of forms, and whatever links have picked up on their way, are no reason to fail.
    model_config = ConfigDict(extra="ignore")

    site: Word = Field("", description="Name of a site.")
    kind: Word = Field("", description="Kind of policy, such as privacy-policy.")
    tag: Word = Field("", description="Tag of the source.")
    language: Word = Field("", description="BCP 47 tag; en means en-GB too.")
    finding: Word = Field("", description="Rule of a finding.")
    text: Word = Field("", description="Words in the id, site, name or address of the source.")

    def filters(self) -> Filters:
        """Return what is set."""
        return Filters(self.site, self.kind, self.tag, self.language, self.finding, self.text)

    def means(self, source: Source) -> bool:
        """Tell whether a source matches by its labels; language, finding and text are not asked."""
        wanted = ((self.site, source.site), (self.kind, source.kind))
        alike = all(value in {"", own} for value, own in wanted)
        return alike and (not self.tag or self.tag in source.tags)

    def query(self) -> str:
        """Write what is set as a query string that a page or a state is added to."""
        return urlencode({name: value for name, value in self if value and name in _FIELDS})


class Sought(Chosen):
    """Which sources are meant, too."""

    state: State = Field("", description="How the source stands.")

    def filters(self) -> Filters:
        """Return what is set."""
        return Filters(
            self.site,
            self.kind,
            self.tag,
            self.language,
            self.finding,
            self.text,
            self.state,
        )


class ChosenPage(Chosen):
    """Changes, a page at a time."""

    page: int = Field(1, ge=1, le=MOST_PAGES)


class SoughtPage(Sought):
    """Sources, a page at a time."""

    page: int = Field(1, ge=1, le=MOST_PAGES)


_FIELDS = frozenset(Chosen.model_fields)
