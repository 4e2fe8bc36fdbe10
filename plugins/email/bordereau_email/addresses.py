"""E-mail addresses: one at a time, plain ASCII on the wire, nothing that could end a header."""

import re

# RFC 5321 section 4.1.2, without quoted local parts and address literals, which no customer has.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_LONGEST_LOCAL = 64


def one_address(text: str) -> str:
    """Return the one address in a text, its domain in ASCII.

    Raises:
        ValueError: it is no address, or more than one, or its local part is not ASCII.

    """
    local, at, domain = text.strip(" ").rpartition("@")
    host = _ascii_domain(domain)
    if not (at and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(host)):
        raise ValueError(f"{text!r} is not one e-mail address.")
    if len(local) > _LONGEST_LOCAL:
        raise ValueError(f"{text!r} has too long a name before the @.")
    return f"{local}@{host}"


def _ascii_domain(domain: str) -> str:
    """Return a domain as the mail server wants it, or nothing if it has no safe ASCII form.

    Signs that the older rules fold into others (the German sharp s) would lead to a stranger.
    """
    try:
        host = domain.encode("idna").decode("ascii")
        same = host.encode().decode("idna").lower() == domain.lower()
    except UnicodeError:
        return ""
    return host if same else ""


def domain_of(address: str) -> str:
    """Return what stands after the @."""
    return address.rpartition("@")[2]
