"""The delivery "save in folder": it completes the fact FILED (row B46)."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bordereau.contract import (
    Artifact,
    Consignment,
    Delivery,
    DeliveryResult,
    Document,
    Fact,
    Features,
    Item,
    Outcome,
    Problem,
    Transport,
    check_folder,
    own_folder,
    write_file,
)
from bordereau_archive.bundle import PDF, Bundle, bundle
from bordereau_archive.config import ArchiveConfig


class Archive(Delivery[ArchiveConfig]):
    """Files the PDF and the canonical document in the customer's folder, never overwriting.

    It belongs to no delivery mode: an output order adds it to any.
    """

    key = "archive"
    title = "Save in folder"
    config_model = ArchiveConfig
    completes = Fact.FILED
    features = Features(
        transport=Transport.FILE,
        max_batch=1_000,
        concurrency=1,
        needs=frozenset({PDF}),
        can_find=True,
    )

    def check(self) -> None:
        """See that the folder can be written."""
        check_folder(self._folder)

    def validate(self, document: Document) -> Sequence[Problem]:
        """Refuse a document without a number: only what was issued is filed."""
        if document.number:
            return ()
        hint = "Issue it first."
        return [Problem(code="NOT_ISSUED", message="The document has no number.", hint=hint)]

    def preview(self, item: Item) -> Artifact:
        """Return the manifest: the files and their hashes."""
        made = bundle(self._folder, item)
        return Artifact(
            name=made.manifest_path.name, media_type="application/json", content=made.manifest
        )

    def find(self, consignment: Consignment) -> Mapping[str, DeliveryResult]:
        """Find what is filed whole: every file is read and its hash compared."""
        return {
            item.delivery_id: _result(item, Outcome.ADOPTED, made)
            for item in consignment.items
            if not self._refusal(item) and (made := bundle(self._folder, item)).filed()
        }

    def deliver(self, consignment: Consignment) -> Iterator[DeliveryResult]:
        """File each document; what lies there already, unchanged, is adopted."""
        for item in consignment.items:
            if refusal := self._refusal(item):
                yield DeliveryResult(
                    delivery_id=item.delivery_id, outcome=Outcome.REJECTED, message=refusal
                )
                continue
            made = bundle(self._folder, item)
            if made.filed():
                yield _result(item, Outcome.ADOPTED, made)
                continue
            _file(made, retry=consignment.attempt > 1)
            yield _result(item, Outcome.CREATED, made)

    @property
    def _folder(self) -> Path:
        return own_folder(self.config.folder, self.context)

    def _refusal(self, item: Item) -> str:
        for problem in self.validate(item.document):
            return f"{problem.message} {problem.hint}"
        if all(artifact.media_type != PDF for artifact in item.artifacts):
            return "There is no PDF to file."
        return ""


def _file(made: Bundle, *, retry: bool) -> None:
    """Write the files and then the manifest: without it nothing counts as filed."""
    for ending, content in made.files.items():
        write_file(made.path(ending), [content], retry=retry)
    write_file(made.manifest_path, [made.manifest], retry=retry)


def _result(item: Item, outcome: Outcome, made: Bundle) -> DeliveryResult:
    return DeliveryResult(
        delivery_id=item.delivery_id,
        outcome=outcome,
        reference=str(made.path(".pdf")),
        message=f"Filed as {made.path('.pdf').name}.",
    )
