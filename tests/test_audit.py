"""The check for vulnerabilities and secrets: what it finds, and that it says what it did not check."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def audit():
    spec = importlib.util.spec_from_file_location("audit_script", ROOT / "scripts" / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "text",
    [
        "password = 'Zu7!kL0pq-ward-7B'",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "aws_key = 'AKIA" + "IOSFODNN7EXAMPLQ'",
        "PEEA-" + "-".join(["ABCD"] * 14),
    ],
)
def test_a_secret_in_a_file_is_found_and_not_shown(audit, tmp_path, text):
    file = tmp_path / "settings.py"
    file.write_text(f"x = 1\n{text}\n")
    found = list(audit.secrets_in(str(file)))
    assert found
    assert not any(part in line for line in found for part in text.split("'")[1:2])


def test_what_is_committed_by_us_as_a_word_is_no_secret(audit, tmp_path):
    file = tmp_path / "words.py"
    file.write_text('sentence = "Choose another file."\n')
    assert list(audit.secrets_in(str(file))) == []


@pytest.mark.parametrize(
    ("packages", "found", "said"),
    [
        ([{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}], True, "a 1: CVE-1"),
        ([{"name": "a", "version": "1", "vulns": []}], False, "nothing found in 1 packages"),
        ([{"name": "a", "skip_reason": "unknown"}], False, "not checked"),
        (
            [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "unknown"}],
            False,
            "1 packages not checked",
        ),
    ],
)
def test_packages_that_were_not_checked_are_not_called_safe(audit, monkeypatch, packages, found, said):
    ran = subprocess.CompletedProcess([], 0, json.dumps({"dependencies": packages}), "")
    monkeypatch.setattr(audit.subprocess, "run", lambda *_, **__: ran)
    assert audit.vulnerabilities()[0] is found
    assert said in audit.vulnerabilities()[1]


def test_without_a_network_it_says_that_nothing_was_checked(audit, monkeypatch):
    ran = subprocess.CompletedProcess([], 1, "", "ConnectionError: no route to host")
    monkeypatch.setattr(audit.subprocess, "run", lambda *_, **__: ran)
    assert audit.vulnerabilities() == (False, "not checked (ConnectionError: no route to host)")
