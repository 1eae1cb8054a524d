"""What is settled when the app starts: may it start like this, and who is the first administrator."""

from __future__ import annotations

from pathlib import Path

from peea.access.errors import StartRefusedError
from peea.access.rules import AccessRules, SignInWay
from peea.access.sign_in import SignIn
from peea.language import t, tn
from peea.store.database import default_path, named_errors, open_database


def settle_start(rules: AccessRules, path: Path | str | None = None) -> str | None:
    """Make sure that the app may start, and return what is to be said on the console, if anything.

    Raises:
        StartRefusedError: a demonstration without sign-in stands on a data base with patients who are none.
        StoreError: the data base cannot be opened.
    """
    refuse_demonstration_on_patients(rules, path)
    if rules.way is not SignInWay.ACCOUNTS:
        return None
    with SignIn(rules, path) as front:
        first = front.first_administrator()
    if first is None:
        return None
    name, code = first
    return t(
        "PEEA has no administrator yet. Open it in a browser, sign in with the name {name} and the one-time code "
        "{code} within {hours} h, and choose a password. The code is not shown again; the next start gives a new one.",
        name=name,
        code=code,
        hours=rules.code_h,
    )


def refuse_demonstration_on_patients(rules: AccessRules, path: Path | str | None = None) -> None:
    """Refuse to go on without sign-in on a data base that holds anybody but fictional patients.

    Raises:
        StartRefusedError: it does; says what to do.
    """
    if rules.way is not SignInWay.DEMONSTRATION:
        return
    where = Path(path) if path is not None else default_path()
    database = open_database(where)
    try:
        with named_errors(where):
            (number,) = database.execute("SELECT count(*) FROM patients WHERE demonstration = 0").fetchone()
    finally:
        database.conn.close()
    if number:
        who = tn(
            "The data base {path} holds {n} patient who is not of the demonstration",
            "The data base {path} holds {n} patients who are not of the demonstration",
            number,
            path=where,
        )
        raise StartRefusedError(
            t(
                "{who}, and without sign-in everybody could see them. PEEA does not start. Set sign_in in [access] of "
                'the settings file (PEEA_SETTINGS) to "accounts" or "oidc" (docs/sign_in.md), or start the '
                "demonstration with a folder of its own: PEEA_DATA=demonstration make run.",
                who=who,
            )
        )
