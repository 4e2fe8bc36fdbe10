"""The message as people and mail programs read it, and the settings."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from pydantic import ValidationError

from bordereau.contract import Artifact, Context, DocumentKind, Item
from bordereau.testing import CUSTOMERS, sample_document, sample_item
from bordereau_email import Email
from bordereau_email.addresses import one_address
from bordereau_email.config import EmailConfig

SETTINGS = {"host": "mail.example.com", "sender": "billing@lac.example"}


@pytest.fixture
def read(bordereau_context: Context) -> Callable[..., EmailMessage]:
    """Compose the message of an item and read it back as a mail program does."""

    def parse(item: Item, **settings: Any) -> EmailMessage:
        config = EmailConfig.model_validate(SETTINGS | settings)
        content = Email(config, bordereau_context).preview(item).content
        return message_from_bytes(content, policy=policy.default)

    return parse


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize(
    ("language", "kind", "subject", "sentence"),
    [
        (
            "en",
            "380",
            "Invoice INV-2026-000042 from Atelier du Lac SRL",
            "invoice INV-2026-000042 of 14 April 2026 for €4,332.09",
        ),
        (
            "fr",
            "380",
            "Facture INV-2026-000042 de Atelier du Lac SRL",
            "la facture INV-2026-000042 du 14 avril 2026, de 4 332,09 €",
        ),
        (
            "nl",
            "380",
            "Factuur INV-2026-000042 van Atelier du Lac SRL",
            "factuur INV-2026-000042 van 14 april 2026 voor € 4.332,09",
        ),
        (
            "de",
            "380",
            "Rechnung INV-2026-000042 von Atelier du Lac SRL",
            "die Rechnung INV-2026-000042 vom 14. April 2026 über 4.332,09 €",
        ),
        ("fr", "381", "Avoir CN-2026-000042 de Atelier du Lac SRL", "l’avoir CN-2026-000042"),
        ("it", "380", "Invoice INV-2026-000042 from Atelier du Lac SRL", "Please find attached"),
    ],
)
def test_subject_and_body_speak_the_language_of_the_document(
    read: Callable[..., EmailMessage], language: str, kind: str, subject: str, sentence: str
) -> None:
    document = sample_document(42, kind=DocumentKind(kind), language=language)
    message = read(sample_item(document, Email.features))
    assert message["Subject"] == subject
    for text in (body(message, "plain"), body(message, "html")):
        assert sentence in text.replace("\xa0", " ").replace("\u202f", " ")


def test_only_an_invoice_says_when_to_pay(read: Callable[..., EmailMessage]) -> None:
    invoice, note = (
        sample_document(42, kind=kind) for kind in (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE)
    )
    assert "Please pay it by 14 May 2026." in body(
        read(sample_item(invoice, Email.features)), "plain"
    )
    assert "pay" not in body(read(sample_item(note, Email.features)), "plain")


def test_a_pro_forma_needs_no_number(read: Callable[..., EmailMessage]) -> None:
    document = sample_document(42, kind=DocumentKind.PRO_FORMA, number="")
    message = read(sample_item(document, Email.features))
    assert message["Subject"] == "Pro forma invoice from Atelier du Lac SRL"


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_names_of_all_scripts_arrive_whole(
    read: Callable[..., EmailMessage], customer: str
) -> None:
    document = sample_document(1, customer=customer)
    message = read(
        sample_item(document, Email.features),
        sender_name="Œuvre 雪 “x”",
        reply_to="ask@lac.example",
    )
    assert message["To"].addresses[0].display_name == customer
    assert message["From"].addresses[0].display_name == "Œuvre 雪 “x”"
    assert message["From"].addresses[0].addr_spec == "billing@lac.example"
    assert message["Reply-To"].addresses[0].addr_spec == "ask@lac.example"
    assert not message.defects


@pytest.mark.parametrize(
    "evil",
    [
        "Acme\r\nBcc: thief@example.com",
        "Acme\nBcc: thief@example.com",
        "Acme\x0b\x0c\x85\u2028Bcc: thief@example.com",
        "=?utf-8?q?Acme=0D=0ABcc:_thief=40example.com?=",
        "=?utf-8?b?QWNtZQpCY2M6IHRoaWVmQGV4YW1wbGUuY29t?=",
        '"Acme" <thief@example.com>,',
        "A" * 3_000,
    ],
)
def test_a_name_adds_no_header_and_no_recipient(
    read: Callable[..., EmailMessage], evil: str
) -> None:
    document = sample_document(1, customer=evil)
    document = replace(document, number=evil, seller=replace(document.seller, name=evil))
    item = sample_item(document, Email.features)
    message = read(item)
    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == [item.recipient]
    assert [address.addr_spec for address in message["From"].addresses] == ["billing@lac.example"]
    assert len(message.keys()) == 8


def test_attachments_keep_their_names_types_and_bytes(read: Callable[..., EmailMessage]) -> None:
    item = sample_item(sample_document(), Email.features)
    files = (
        *item.artifacts,
        Artifact(name="factur-x.xml", media_type="application/xml", content=b"<x>\xc3\xa9</x>"),
        Artifact(name='Été "1".bin', media_type="a/b\r\nX-Evil: 1", content=b"\x00\r\n.\r\n"),
    )
    message = read(replace(item, artifacts=files))
    found = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in message.iter_attachments()
    ]
    assert found[0] == ("INV-2026-000001.pdf", "application/pdf", files[0].content)
    assert found[1] == ("factur-x.xml", "application/xml", files[1].content)
    assert found[2][1:] == ("application/octet-stream", files[2].content)
    assert str(found[2][0]).startswith("Été -1-~")


def test_html_is_only_what_we_wrote(read: Callable[..., EmailMessage]) -> None:
    document = sample_document(1)
    document = replace(document, seller=replace(document.seller, name="<script>alert(1)</script>"))
    text = body(read(sample_item(document, Email.features)), "html")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_an_international_domain_is_written_in_ascii() -> None:
    assert one_address(" compta@gaëtan.example ") == "compta@xn--gatan-osa.example"


def test_a_domain_that_older_rules_turn_into_another_is_refused() -> None:
    with pytest.raises(ValueError, match="not one e-mail address"):
        one_address("kasse@straße.example")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"tls": "none"}, "only for a server on this machine"),
        ({"username": "clerk"}, "both user and password"),
        ({"sender": "a@x.example, b@x.example"}, "not one e-mail address"),
        ({"sender_name": "A\r\nBcc: b@x.example"}, "line breaks"),
        ({"reply_to": "nobody"}, "not one e-mail address"),
        ({"host": "mail.example.com\r\n"}, "pattern"),
        ({"timeout": 0}, "greater than or equal to 1"),
        ({"colour": "blue"}, "not permitted"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(
    settings: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        EmailConfig.model_validate(SETTINGS | settings)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_encryption_may_be_off_on_this_machine(host: str) -> None:
    assert EmailConfig.model_validate(SETTINGS | {"host": host, "tls": "none"}).tls == "none"
