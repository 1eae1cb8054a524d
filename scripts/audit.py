"""Look for known vulnerabilities in the installed packages and for secrets in the committed files: `make audit`.

Each part says "nothing found", what was found, or "not checked" with the reason, as on a machine without a network.
Exit code 1 if something was found; "not checked" is no finding, and no clean bill either.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

ROOT: Final = Path(__file__).resolve().parent.parent
PATIENCE_S: Final = 120

KNOWN_FORMS: Final = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SlackDetector",
    "StripeDetector",
    "TwilioKeyDetector",
)
"""Secrets that have a form of their own; looked for in every file."""

BY_CONTEXT: Final = ("KeywordDetector",)
"""A value that stands beside a word such as password; in tests such values are made up and many."""

MADE_UP: Final = ("tests/", "docs/")
LEFT_OUT: Final = re.compile(r"\.(png|jpg|mp4|safetensors|npz|npy|parquet|po)$")

SITE_KEY: Final = re.compile(r"PEEA-(?:[A-Z2-7]{4}-){13}[A-Z2-7]{4}")
"""A key of a site as `peea key new` writes it."""

NO_SECRETS: Final = {
    "peea/access/errors.py": "names of errors",
    "peea/store/audit.py": "names of actions in the audit trail",
}
"""Files with a word such as password beside a value that is none, with what it is."""


def vulnerabilities() -> tuple[bool, str]:
    """Return whether something was found, and what pip-audit says of the packages of this environment."""
    command = [sys.executable, "-m", "pip_audit", "--local", "--format", "json", "--progress-spinner", "off"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, cwd=ROOT, check=False)
        packages = json.loads(ran.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return False, f"not checked (no answer within {PATIENCE_S} s)"
    except (ValueError, KeyError):
        reason = (ran.stderr.strip().splitlines() or ["no answer"])[-1][:200]
        return False, f"not checked ({reason})"
    asked = [each for each in packages if "skip_reason" not in each]
    unknown = len(packages) - len(asked)
    found = [f"  {each['name']} {each['version']}: {one['id']}" for each in asked for one in each["vulns"]]
    if found:
        return True, "\n".join([f"{len(found)} known vulnerabilities:", *found])
    if not asked:
        return False, f"not checked (the vulnerability service knows none of the {unknown} packages here)"
    more = f"; {unknown} packages not checked, the service does not know them" if unknown else ""
    return False, f"nothing found in {len(asked)} packages{more}"


def secrets() -> tuple[bool, str]:
    """Return whether something was found, and what was found in the committed files."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False)
    if listed.returncode:
        return False, "not checked (this is no git checkout)"
    files = [name for name in listed.stdout.splitlines() if not LEFT_OUT.search(name) and (ROOT / name).is_file()]
    found = [line for name in files for line in secrets_in(name)]
    if found:
        return True, "\n".join([f"{len(found)} possible secrets:", *found])
    return False, f"nothing found in {len(files)} files"


def secrets_in(name: str) -> Iterator[str]:
    """Yield what looks like a secret in one file, without the secret."""
    kinds = KNOWN_FORMS if name.startswith(MADE_UP) or name in NO_SECRETS else KNOWN_FORMS + BY_CONTEXT
    with transient_settings({"plugins_used": [{"name": kind} for kind in kinds]}):
        for found in scan_file(str(ROOT / name)):
            yield f"  {name}:{found.line_number}: {found.type}"
    text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
    if SITE_KEY.search(text):
        yield f"  {name}: a key of a site"


def main() -> int:
    """Say what both parts found."""
    bad = False
    for title, look in (("Known vulnerabilities", vulnerabilities), ("Secrets in committed files", secrets)):
        found, said = look()
        bad |= found
        sys.stdout.write(f"{title}: {said}\n")
        sys.stdout.flush()
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
