"""What is shipped to run PEEA in a hospital: that it keeps the rights and limits that the documentation promises."""

from __future__ import annotations

import getpass
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from peea.frames import RecordingLimits

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]


def dockerfile():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("name", ["peea", "proxy"])
def test_containers_have_no_rights_over_their_root_file_system_and_the_machine(services, name):
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert {"pids_limit", "mem_limit"} <= set(service)
    assert "privileged" not in service


def test_the_app_s_container_is_not_root_and_its_key_is_a_secret_and_not_among_the_data(services):
    service = services["peea"]
    assert service["user"] == "10001:10001"
    assert "cap_add" not in service
    assert service["environment"]["PEEA_KEY_FILE"] == "/run/secrets/peea_key"
    assert not any(volume.endswith("/run/secrets") for volume in service["volumes"])
    users = [line for line in dockerfile() if line.startswith("USER")]
    assert users == ["USER 10001:10001"]


def test_the_image_holds_the_program_and_nothing_of_a_ward():
    kept_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in kept_out, "whatever is not named stays out"
    named = {line[1:] for line in kept_out if line.startswith("!")}
    assert {name for name in named if "data" in name} == {"data/demo"}
    for line in dockerfile():
        if line.startswith("COPY") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert any(source == name or source.startswith(f"{name}/") for name in named), source


def test_the_app_listens_on_localhost_only_and_the_proxy_speaks_https(services):
    assert 'CMD ["--server.address", "localhost"]' in dockerfile()
    assert "command" not in services["peea"]
    assert "ports" not in services["peea"]
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in nginx
    assert "return 301 https://" in nginx
    assert "proxy_pass http://127.0.0.1:8501;" in nginx
    assert "proxy_set_header X-Forwarded-Proto https;" in nginx
    assert "access_log off;" in nginx


def test_the_proxy_lets_an_upload_through_that_the_settings_allow():
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (most,) = re.findall(r"client_max_body_size (\d+)m;", nginx)
    assert int(most) >= RecordingLimits().max_upload_mb


def test_a_page_may_load_nothing_from_elsewhere():
    (policy,) = re.findall(r'Content-Security-Policy "([^"]*)"', (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == "'none'"
    for name, allowed in rules.items():
        assert not re.search(r"https?:|\*", allowed), name


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_accepts_its_configuration(tmp_path):
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=peea"]
    certificate += ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")]
    subprocess.run(certificate, check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").replace("/tmp/", f"{tmp_path}/")
    text = text.replace("/run/secrets/certificate_key", f"{tmp_path}/key")
    text = text.replace("/run/secrets/certificate;", f"{tmp_path}/certificate;")
    # Ports that a test may use.
    text = re.sub(r"listen (\[::\]:)?(80|443)\b", lambda found: f"listen {found[1] or ''}{found[2]}43", text)
    (tmp_path / "nginx.conf").write_text(text, encoding="utf-8")
    tried = subprocess.run(["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr


UNIT = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "User": "peea",
    "StateDirectoryMode": "0700",
    "LoadCredential": "peea_key:/etc/peea/key",
}


def test_the_service_of_systemd_has_no_rights_beyond_its_data():
    lines = (DEPLOY / "peea.service").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    assert {name: given.get(name) for name in UNIT} == UNIT
    assert "localhost" in given["ExecStart"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_service_and_finds_little_exposed(tmp_path):
    unit = tmp_path / "peea.service"
    text = (DEPLOY / "peea.service").read_text(encoding="utf-8")
    text = text.replace("/opt/peea/.venv/bin/python", sys.executable).replace("/opt/peea", str(ROOT))
    unit.write_text(text.replace("=peea\n", f"={getpass.getuser()}\n"), encoding="utf-8")
    tried = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    assert "peea.service" not in tried.stderr, tried.stderr
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit)], capture_output=True, text=True
    )
    assert rated.returncode == 0, rated.stdout[-300:]
