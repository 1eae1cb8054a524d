"""Start the app: `scripts/serve.py [options of streamlit run]`."""

import sys
from pathlib import Path

from streamlit.web.cli import main

from peea.access.errors import StartRefusedError
from peea.access.rules import SignInWay
from peea.access.starting import settle_start
from peea.keeping.start import check_start, offer_of_backup
from peea.settings import SettingsError, load_settings
from peea.store import DatabaseDamagedError, StoreError

REFUSED = 1


def settle() -> None:
    """Tell on the console what the first administrator needs, or why PEEA does not start."""
    try:
        rules = load_settings()
        check_start(sign_in=rules.access.way is not SignInWay.DEMONSTRATION)
        told = settle_start(rules.access)
    except DatabaseDamagedError as error:
        # The pages say it, too: whoever opens them must not wait for somebody to read the console.
        sys.stderr.write(f"{error}\n{offer_of_backup(rules.keeping.backup_folder)}\n")
        return
    except (StartRefusedError, SettingsError, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)
    if told is not None:
        sys.stdout.write(f"\n  {told}\n")
        sys.stdout.flush()


def command(arguments: list[str]) -> list[str]:
    """Return the command by which Streamlit serves the app; what is given to this script counts last."""
    server = Path(__file__).resolve().parent.parent / "asgi.py"
    most = str(load_settings().recordings.max_upload_mb)
    return ["streamlit", "run", str(server), "--server.maxUploadSize", most, *arguments]


if __name__ == "__main__":
    if not {"--help", "--version"} & set(sys.argv):
        settle()
    sys.argv = command(sys.argv[1:])
    sys.exit(main())
