"""What is shipped to run the monitor elsewhere is accepted by the programs that will read it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = sorted(
    path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.stem != "kustomization"
)


def _needed(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_systemd_understands_every_line(service: Path, tmp_path: Path) -> None:
    """Only the program is exchanged: it is not installed here."""
    text = service.read_text("utf-8").replace("/opt/policy-monitor/bin/monitor", "/bin/true")
    unit = tmp_path / service.name
    unit.write_text(re.sub(r"^(Documentation|Conflicts)=.*\n", "", text, flags=re.MULTILINE))
    done = _run(_needed("systemd-analyze"), "verify", "--man=no", unit)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_a_service_is_hardly_exposed(service: Path) -> None:
    """As systemd counts it, from 0 to 10; 2 is the most we allow."""
    analyze = _needed("systemd-analyze")
    done = _run(analyze, "security", "--offline=true", "--threshold=20", service)
    assert done.returncode == 0, done.stdout[-200:]


def test_kubernetes_accepts_the_manifests() -> None:
    """Against the schemas of the API itself."""
    validator = pytest.importorskip("kubernetes_validate")
    for path in MANIFESTS:
        for manifest in yaml.safe_load_all(path.read_text("utf-8")):
            validator.validate(manifest, validator.latest_version(), strict=True)


def test_kustomize_names_files_that_are_there() -> None:
    """Every manifest is listed, and nothing else."""
    told = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))
    assert sorted(told["resources"]) == [path.name for path in MANIFESTS]


def test_no_container_may_write_or_become_root() -> None:
    """Each of ours has a read-only root and no capability."""
    compose = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text("utf-8"))
    ours = [one for one in compose["services"].values() if one["image"] == "policy-monitor"]
    assert len(ours) == 2
    for service in ours:
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    image = (DEPLOY / "container" / "Containerfile").read_text("utf-8")
    assert re.search(r"^USER 10001:10001$", image, re.MULTILINE)


def test_the_manual_page_knows_every_command() -> None:
    """It is made from the help, and groff has nothing to warn of."""
    made = _run(sys.executable, ROOT / "docs" / "make_man_page.py")
    assert made.returncode == 0, made.stderr
    for command in ("run", "check", "history", "import warc", "channels test"):
        assert f"\n.SS monitor {command}\n" in made.stdout
    shown = subprocess.run(
        [_needed("groff"), "-k", "-man", "-Tutf8", "-ww"],
        input=made.stdout, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert shown.stderr == ""


def test_prometheus_accepts_the_alerts_and_fires_them() -> None:
    """Each alert fires when it should, and not a minute before."""
    promtool = _needed("promtool")
    for command in ("check", "test"):
        name = "alerts.yaml" if command == "check" else "alerts_test.yaml"
        done = _run(promtool, command, "rules", DEPLOY / "prometheus" / name)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_explained() -> None:
    """Whoever is woken by one finds what it means."""
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))
    manual = (ROOT / "docs" / "operating.md").read_text("utf-8")
    for rule in rules["groups"][0]["rules"]:
        assert f"| {rule['alert']} |" in manual
