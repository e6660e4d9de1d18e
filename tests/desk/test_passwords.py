"""What keeping a password costs whoever steals the database."""

from __future__ import annotations

from unittest import mock

from desk import passwords

# OWASP's minimum for argon2id.
PASSES, KIB = 2, 19 * 1024


def test_a_stolen_password_costs_what_owasp_asks() -> None:
    with mock.patch.object(passwords, "PasswordHasher") as made:
        passwords.hasher.__wrapped__()
    asked = made.call_args.kwargs
    assert asked["time_cost"] >= PASSES
    assert asked["memory_cost"] >= KIB
    assert set(asked) == {"time_cost", "memory_cost", "parallelism"}  # argon2id is the default
