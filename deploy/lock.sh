#!/bin/sh
# Pin every dependency by version and hash; names, versions and hashes only, no addresses.
set -eu
compile() {
    "${LOCK_WITH:-pip-compile}" --quiet --strip-extras --allow-unsafe --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --no-emit-trusted-host --no-emit-options "$@"
}
compile --build-deps-for editable --output-file requirements.lock pyproject.toml
compile --build-deps-for editable --extra postgres --extra dev --output-file requirements-dev.lock pyproject.toml
# A web archive to import from in the tests; it shares no environment with the monitor.
echo pywb | compile --output-file tests/exchange/pywb.lock -
# What looks the dependencies over must not be among them.
printf 'cyclonedx-bom\npip-audit\n' | compile --output-file deploy/audit.lock -
