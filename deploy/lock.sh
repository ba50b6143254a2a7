#!/bin/sh
# Pin every dependency by version and hash; names, versions and hashes only, no addresses.
set -eu
compile() {
    "${LOCK_WITH:-pip-compile}" --quiet --strip-extras --allow-unsafe --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --no-emit-trusted-host --no-emit-options --build-deps-for editable "$@" pyproject.toml
}
compile --output-file requirements.lock
compile --extra postgres --extra dev --output-file requirements-dev.lock
