"""Tenancy: accounts, users and their rights, keys, secrets, the audit trail and repeated requests.

Nothing here knows what is billed.
"""

from bordereau.tenancy.accounts import (
    LANGUAGES,
    account,
    billing_day,
    change_account,
    correct_currency,
    open_account,
    today,
)
from bordereau.tenancy.actors import Actor
from bordereau.tenancy.api_keys import IssuedKey, authenticate, issue_key, revoke_key
from bordereau.tenancy.audit import record_audit
from bordereau.tenancy.entitlements import check_may_email
from bordereau.tenancy.request_keys import Answer, claim, forget_requests, store_answer
from bordereau.tenancy.rights import ALLOWS, ROLES, Right, rights_of
from bordereau.tenancy.secrets import KeyRing, SecretSettings
from bordereau.tenancy.users import actor_of, add_user, change_rights, set_active

__all__ = [
    "ALLOWS",
    "LANGUAGES",
    "ROLES",
    "Actor",
    "Answer",
    "IssuedKey",
    "KeyRing",
    "Right",
    "SecretSettings",
    "account",
    "actor_of",
    "add_user",
    "authenticate",
    "billing_day",
    "change_account",
    "change_rights",
    "check_may_email",
    "claim",
    "correct_currency",
    "forget_requests",
    "issue_key",
    "open_account",
    "record_audit",
    "revoke_key",
    "rights_of",
    "set_active",
    "store_answer",
    "today",
]
