"""Accounts, who is signed in, and wrong attempts. No password, code or token is kept: only what checks it."""

from __future__ import annotations

from sqlite_utils import Database

from peea.store.schema.registry import migrations


@migrations()
def m601_accounts(db: Database) -> None:
    """Accounts; `password` and `code` are argon2id hashes, `wards` is a JSON list."""
    db.execute(
        """
        CREATE TABLE accounts (
            account_id TEXT PRIMARY KEY,
            sign_in_name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            role TEXT NOT NULL CHECK (role IN ('ward_staff', 'rater', 'pain_lead', 'administrator')),
            wards TEXT NOT NULL DEFAULT '[]',
            password TEXT,
            code TEXT,
            code_until TEXT,
            locked_at TEXT,
            retired_at TEXT,
            signed_in_at TEXT,
            made_at TEXT NOT NULL,
            made_by TEXT NOT NULL,
            CHECK ((code IS NULL) = (code_until IS NULL))
        ) STRICT
        """
    )


@migrations()
def m602_sign_ins(db: Database) -> None:
    """Who is signed in since when; of an account its `account_id`, of the hospital's accounts the rest of the row.

    `token` and `ticket` are SHA-256 of random 256-bit values, `id_token` is SHA-256 of what tells one token of the
    hospital from all others: each opens one sign-in, so that a copied one opens none.
    """
    db.execute(
        """
        CREATE TABLE sign_ins (
            sign_in_id TEXT PRIMARY KEY,
            account_id TEXT REFERENCES accounts (account_id),
            subject TEXT,
            name TEXT,
            role TEXT,
            wards TEXT,
            id_token TEXT UNIQUE,
            started_at TEXT NOT NULL,
            used_at TEXT NOT NULL,
            ended_at TEXT,
            ended_by TEXT,
            token TEXT UNIQUE,
            ticket TEXT UNIQUE,
            ticket_until TEXT,
            CHECK ((account_id IS NULL) = (id_token IS NOT NULL)),
            CHECK ((account_id IS NULL) = (role IS NOT NULL))
        ) STRICT
        """
    )
    db.execute("CREATE INDEX sign_ins_by_account ON sign_ins (account_id, ended_at)")
    db.execute("CREATE INDEX sign_ins_by_subject ON sign_ins (subject, ended_at)")


@migrations()
def m603_wrong_attempts(db: Database) -> None:
    """Wrong attempts at signing in; `name` is SHA-256 of what was typed, in case somebody typed a password there."""
    db.execute("CREATE TABLE wrong_attempts (at TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL) STRICT")
    db.execute("CREATE INDEX wrong_attempts_by_name ON wrong_attempts (name, at)")
    db.execute("CREATE INDEX wrong_attempts_by_address ON wrong_attempts (address, at)")
