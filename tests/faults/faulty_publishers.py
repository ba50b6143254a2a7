"""Publishers whose policies change by a counter: each change can be told from all others."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from surroundings import Answer, Site, publishing

if TYPE_CHECKING:
    from collections.abc import Iterator

# A counter in digits could be taken for one of the counters that pages are full of.
SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo")

PAGE = """<!doctype html><html lang="en"><head><title>Privacy Policy</title></head><body><main>
<h1>Privacy Policy</h1>
<p>This policy explains what the {name} service learns about the people who use it, and why.</p>
<h2>What we collect</h2><p>We collect the address and the name you give when you register.</p>
<h2>Partners</h2><p>We share account records with the company {partner} and with nobody else.</p>
{services}
<h2>Contact</h2><p>Write to privacy@example.org with any question about this policy.</p>
</main></body></html>"""
SERVICES = "".join(
    f"<h2>The {word} service</h2><p>The {word} service is offered under the rules above.</p>"
    for word in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
)


def partner(source: str, count: int) -> str:
    """Return the word that stands in this revision of this source and nowhere else."""
    digits = []
    for _ in range(4):
        count, digit = divmod(count, len(SYLLABLES))
        digits.append(SYLLABLES[digit])
    return f"{source}{''.join(reversed(digits))}".capitalize()


class Publishers:
    """Several publishers on ports of their own; each has published so many revisions."""

    def __init__(self, sites: dict[str, Site]) -> None:
        self._sites = sites
        self.counts = dict.fromkeys(sites, 0)
        for name in sites:
            self._serve(name)

    @property
    def addresses(self) -> dict[str, str]:
        """The address of each source."""
        return {name: site.url("/policy") for name, site in self._sites.items()}

    def publish(self, name: str) -> None:
        """Publish the next revision."""
        self.counts[name] += 1
        self._serve(name)

    def word(self, name: str) -> str:
        """Return the word of the revision in force."""
        return partner(name, self.counts[name])

    def words(self, name: str) -> set[str]:
        """Return the words of all revisions so far."""
        return {partner(name, count) for count in range(self.counts[name] + 1)}

    def _serve(self, name: str) -> None:
        body = PAGE.format(name=name, partner=self.word(name), services=SERVICES)
        self._sites[name].answers["/policy"] = Answer(body.encode())


@contextmanager
def publishers(names: tuple[str, ...]) -> Iterator[Publishers]:
    """Run a publisher for each name."""
    with ExitStack() as stack:
        yield Publishers({name: stack.enter_context(publishing()) for name in names})
