#!/bin/sh
# Build a wheel and an sdist, install each into an empty environment, and run the demo there.
set -eu
python="${BUILD_WITH:-python3}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -m build --no-isolation --outdir "$folder" . >/dev/null
for built in "$folder"/*.whl "$folder"/*.tar.gz; do
    "$python" -m venv --clear "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation "$built"
    (cd "$folder" && venv/bin/monitor --version && venv/bin/monitor demo --fast >demo.txt && tail -n 3 demo.txt)
done
