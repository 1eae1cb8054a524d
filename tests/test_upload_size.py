"""How large a file the app takes is a setting of the site."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from streamlit.web import cli

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "serve.py"


@pytest.fixture
def served():
    """Return what Streamlit would be served with: its options as it understands the command."""
    spec = importlib.util.spec_from_file_location("serve_script", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def options(*arguments):
        context = cli.main_run.make_context("run", script.command(list(arguments))[2:])
        return {name: value for name, value in context.params.items() if value is not None}

    return options


def test_the_server_takes_no_more_than_the_settings_say(served, tmp_path, monkeypatch):
    assert served()["server_maxUploadSize"] == 1000
    site = tmp_path / "site.toml"
    site.write_text("[recordings]\nmax_upload_mb = 7\n")
    monkeypatch.setenv("PEEA_SETTINGS", str(site))
    assert served()["server_maxUploadSize"] == 7
    assert served("--server.maxUploadSize", "5")["server_maxUploadSize"] == 5
