"""Delivery modes: which channels together carry an invoice to its customer, as data.

A mode is made of parts (rows B40 to B43). A channel plays a part if it names the mode in its
`modes` and completes the part's fact. Saving in the customer's folder belongs to no mode and can be
added to any (row B46): whatever channel completes that fact does it.
"""

from dataclasses import dataclass

from bordereau.contract import Fact

E_INVOICE = "application/xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one channel does within a mode.

    Attributes:
        completes: the fact that the channel itself declares.
        adds: media types that the channel carries in this mode, beside what it always needs.
        also: further facts that hold once it is done.

    """

    completes: Fact
    adds: frozenset[str] = frozenset()
    also: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """An issue method, as a customer prefers it or a run demands it."""

    key: str
    title: str
    parts: tuple[Part, ...]

    @property
    def by_email(self) -> bool:
        """Whether it mails something, which needs an entitlement (row A5)."""
        return any(part.completes is Fact.EMAILED for part in self.parts)


_PRINT = Part(completes=Fact.PRINTED)
_MAIL = Part(completes=Fact.EMAILED)
# One mail with two attachments; the XML reaches the customer's side with it (row B50).
_MAIL_WITH_XML = Part(completes=Fact.EMAILED, adds=frozenset({E_INVOICE}), also=(Fact.EINVOICED,))

MODES: dict[str, Mode] = {
    mode.key: mode
    for mode in (
        Mode(key="print", title="Print", parts=(_PRINT,)),
        Mode(key="print_pdf_email", title="Print and e-mail PDF", parts=(_PRINT, _MAIL)),
        Mode(key="pdf_email", title="E-mail PDF", parts=(_MAIL,)),
        Mode(key="einvoice_pdf_email", title="E-mail e-invoice and PDF", parts=(_MAIL_WITH_XML,)),
        Mode(key="network", title="E-invoice network", parts=(Part(completes=Fact.EINVOICED),)),
    )
}

FOLDER = Mode(key="folder", title="Save in folder", parts=(Part(completes=Fact.FILED),))
