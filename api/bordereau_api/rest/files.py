"""Answers that are no JSON of ours: the document of an invoice as issued, and its files."""

import base64
from uuid import UUID

from fastapi import Response

from bordereau.contract import RenderError
from bordereau.errors import Refused
from bordereau.output import file_of
from bordereau.output.preview import PDF
from bordereau.values.ids import TenantId
from bordereau_api.wiring import House


def document_answer(content: bytes, sha256: str) -> Response:
    """Answer a canonical document, with its digest if it is frozen (RFC 9530)."""
    answer = Response(content, media_type="application/json")
    if sha256:
        digest = base64.b64encode(bytes.fromhex(sha256)).decode()
        answer.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return answer


def file_answer(
    house: House,
    tenant_id: TenantId,
    invoice_id: UUID,
    *,
    media_type: str = PDF,
    layout_id: UUID | None = None,
) -> Response:
    """Answer the file of an invoice: as it was carried, or made now.

    Raises:
        NotFound: the tenant has no such invoice.
        Refused: NO_RENDERER, or why it cannot be made.

    """
    try:
        made = file_of(
            house.desk, tenant_id, invoice_id, media_type=media_type, layout_id=layout_id
        )
    except RenderError as error:
        raise Refused(error.code, str(error), hint="Look at the layout and the invoice.") from error
    name = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in made.name)
    disposition = {
        "Content-Disposition": f'inline; filename="{name.encode("ascii", "replace").decode()}"'
    }
    return Response(made.content, media_type=made.media_type, headers=disposition)
