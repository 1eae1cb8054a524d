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


def test_the_account_in_the_container_may_write_where_volumes_are_mounted(services):
    """A volume takes the owner of the folder that the image has in its place; without one it is root's."""
    mounted = {volume.split(":")[1] for volume in services["peea"]["volumes"] if not volume.startswith(("./", "/"))}
    (made,) = re.findall(r"install --directory --owner peea --group peea --mode 0700 (.*)", "\n".join(dockerfile()))
    assert mounted == {"/data", "/backups"}
    assert mounted <= set(made.split())


def test_the_proxy_has_the_rights_that_nginx_needs_to_become_another_user_and_no_more(services):
    assert set(services["proxy"]["cap_add"]) == {"NET_BIND_SERVICE", "CHOWN", "SETUID", "SETGID"}


def test_the_key_and_the_settings_of_a_site_stay_out_of_git_and_out_of_the_image():
    for name in (".gitignore", ".dockerignore"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        named = {"/deploy/secrets/", "/deploy/site.toml"} <= set(lines)
        assert named or ("*" in lines and not any(line.startswith("!deploy") for line in lines)), name


def test_what_the_compose_file_mounts_is_there_or_the_documentation_says_how_to_make_it(services):
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    mounted = [volume.split(":")[0] for service in services.values() for volume in service["volumes"]]
    mounted += [secret["file"] for secret in compose["secrets"].values()]
    for name in (name.removeprefix("./") for name in mounted if name.startswith("./")):
        made = re.search(rf"(cp .*|peea key new \S*/)(deploy/)?{re.escape(Path(name).name)}\b", guide)
        assert (DEPLOY / name).is_file() or made, name


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
    assert re.search(r"^error_log stderr crit;", nginx, re.MULTILINE), "lesser errors name addresses of pages"


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


def unit_of(name):
    lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_the_service_of_systemd_has_no_rights_beyond_its_data():
    given = unit_of("peea.service")
    assert {name: given.get(name) for name in UNIT} == UNIT
    assert "localhost" in given["ExecStart"]


def test_the_nightly_backup_has_no_rights_but_to_write_where_the_settings_say():
    given = unit_of("peea-backup.service")
    assert {name: given.get(name) for name in UNIT} == UNIT | {"ProtectSystem": "full"}
    assert given["PrivateNetwork"] == "yes"
    assert unit_of("peea-backup.timer")["OnCalendar"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("name", ["peea.service", "peea-backup.service"])
def test_systemd_accepts_the_service_and_finds_little_exposed(tmp_path, name):
    unit = tmp_path / name
    text = (DEPLOY / name).read_text(encoding="utf-8")
    text = re.sub(r"/opt/peea/.venv/bin/\w+", sys.executable, text).replace("/opt/peea", str(ROOT))
    unit.write_text(text.replace("=peea\n", f"={getpass.getuser()}\n"), encoding="utf-8")
    tried = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    assert name not in tried.stderr, tried.stderr
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit)], capture_output=True, text=True
    )
    assert rated.returncode == 0, rated.stdout[-300:]
