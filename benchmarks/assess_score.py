"""Scores what changes are said to mean against labels made by reading them.

``assess_labels.tsv`` holds, for pairs of captures of a public collection, how the change was
announced, and for some of them the findings a lawyer would expect (with ``?``: would not mind). The
captures themselves are not part of the project: without them there is nothing to score.

    python benchmarks/assess_score.py ../shared/corpus [--half dev|test] [--show]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
import tarfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.assess import Interval, assess
from monitor.compare.verdict import compare
from monitor.errors import ExtractError
from monitor.extract.document import extract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Assessment

LABELS = Path(__file__).with_name("assess_labels.tsv")
PREFIX = "significance."


@dataclass(frozen=True)
class Case:
    """One labelled change, and what the program says of it."""

    pair: str
    name: str
    announcement: str
    expected: frozenset[str] | None
    tolerated: frozenset[str]
    assessment: Assessment

    @property
    def found(self) -> set[str]:
        """The rules that fired, by the last part of their names."""
        rules = {finding.rule for finding in self.assessment.findings}
        named = {rule.removeprefix(PREFIX) for rule in rules if rule.startswith(PREFIX)}
        return named | (rules & {"notice.promise"})


def main() -> int:
    """Score, print, and return 0; 2 where the collection is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--half", choices=["dev", "test"])
    parser.add_argument("--show", action="store_true", help="every case that is not as labelled")
    given = parser.parse_args()
    if not (given.corpus / "pairs.json").is_file():
        print(f"nothing scored: {given.corpus} holds no pairs.json")
        return 2
    cases = list(_cases(given.corpus, given.half))
    _score_announcements(cases, show=given.show)
    _score_findings(cases, show=given.show)
    return 0


def _cases(corpus: Path, half: str | None) -> Iterator[Case]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = {row["pair"]: row for row in csv.DictReader(file, delimiter="\t")}
    pairs = {}
    for pair in json.loads((corpus / "pairs.json").read_text("utf-8")):
        digest = hashlib.sha256((pair["old"] + pair["new"]).encode()).hexdigest()[:10]
        if digest in labels and (half is None or labels[digest]["half"] == half):
            pairs.setdefault(digest, pair)
    bodies = _bodies(corpus, {pair[side] for pair in pairs.values() for side in ("old", "new")})
    for digest, pair in pairs.items():
        label = labels[digest]
        assessment = _assess(pair, bodies)
        if assessment is None:
            print(f"not read: {pair['id']}")
            continue
        given = [rule for rule in label["findings"].split(",") if rule not in {"", "-"}]
        yield Case(
            digest,
            pair["id"],
            label["announcement"],
            frozenset(rule for rule in given if not rule.endswith("?"))
            if label["findings"]
            else None,
            frozenset(rule.rstrip("?") for rule in given if rule.endswith("?")),
            assessment,
        )


def _bodies(corpus: Path, wanted: set[str]) -> dict[str, bytes]:
    found = {}
    with tarfile.open(corpus / "pages.tar.xz") as archive:
        for member in archive:
            name = Path(member.name).name
            if name in wanted and (file := archive.extractfile(member)) is not None:
                found[name] = file.read()
    return found


def _assess(pair: dict[str, object], bodies: dict[str, bytes]) -> Assessment | None:
    url = str(pair.get("url") or "")
    try:
        old, new = (extract(bodies[str(pair[side])], url=url) for side in ("old", "new"))
    except ExtractError:
        return None
    days = [datetime.fromtimestamp(int(str(pair[at])), UTC).date() for at in ("old_at", "new_at")]
    return assess(old, new, compare(old, new), Interval(*days))


def _score_announcements(cases: list[Case], *, show: bool) -> None:
    found = Counter((case.announcement, str(case.assessment.announcement)) for case in cases)
    classes = sorted({name for pair in found for name in pair})
    print(f"\nannouncement, {len(cases)} changes: labelled, found, right, precision, recall")
    for name in classes:
        labelled = sum(count for (label, _), count in found.items() if label == name)
        said = sum(count for (_, answer), count in found.items() if answer == name)
        right = found[name, name]
        shares = f"{_share(right, said)}  {_share(right, labelled)}"
        print(f"  {name:14}{labelled:5}{said:5}{right:5}  {shares}")
    right = sum(count for (label, answer), count in found.items() if label == answer)
    print(f"  {'all':14}{len(cases):5}{len(cases):5}{right:5}  {_share(right, len(cases))}")
    for case in cases if show else ():
        if case.announcement != case.assessment.announcement:
            print(f"    {case.pair} {case.name}: {case.announcement}, found", end=" ")
            print(case.assessment.announcement, [f.summary for f in case.assessment.findings][:2])


def _score_findings(cases: list[Case], *, show: bool) -> None:
    labelled = [case for case in cases if case.expected is not None]
    expected: Counter[str] = Counter()
    met: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for case in labelled:
        assert case.expected is not None
        expected.update(case.expected)
        met.update(case.expected & case.found)
        wrong.update(case.found - case.expected - case.tolerated)
    print(f"\nfindings, {len(labelled)} changes: expected, found, wrong")
    for rule in sorted({*expected, *wrong}):
        print(f"  {rule:18}{expected[rule]:5}{met[rule]:5}{wrong[rule]:5}")
    right, false = met.total(), wrong.total()
    print(f"  recall {_share(right, expected.total())}, precision {_share(right, right + false)}")
    for case in labelled if show else ():
        assert case.expected is not None
        missed, extra = case.expected - case.found, case.found - case.expected - case.tolerated
        if missed or extra:
            print(f"    {case.pair} {case.name}: missed {sorted(missed)}, wrong {sorted(extra)}")
            for finding in case.assessment.findings:
                if finding.rule.removeprefix(PREFIX) in extra:
                    print(f"        {finding.rule}: {finding.summary} {finding.words}")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "    -"


if __name__ == "__main__":
    sys.exit(main())
