#!/bin/sh
# Look every pinned version up among the known vulnerabilities; fails where there is one.
# Where the advisories cannot be had, says so, and which pins newer versions have overtaken.
set -eu
found=$(mktemp)
trap 'rm -f "$found"' EXIT
if "${AUDIT_WITH:-pip-audit}" --disable-pip --require-hashes --requirement requirements.lock \
        --progress-spinner off --timeout 10 --format json --output "$found"; then
    echo "requirements.lock: no known vulnerability"
    exit 0
fi
# Its exit code is the same for a vulnerability and for no answer; only the first leaves a list.
if [ -s "$found" ]; then
    cat "$found"
    echo "requirements.lock: vulnerable versions; raise them in pyproject.toml, then make lock" >&2
    exit 1
fi
echo "NOT AUDITED: the advisories cannot be reached from here" >&2
echo "requirements.lock was last renewed on $(git log -1 --format=%cs requirements.lock)"
"${INSTALLED:-python3}" -m pip --disable-pip-version-check list --outdated ||
    echo "newer versions: unknown, no package index can be reached" >&2
