"""Reissue of a certificate after its exchange has closed: a new version under the same number (D42)."""

from temporalio import workflow

from activities.certificates import Certificates
from models.messages.contracts import IssueCertificate, IssuedCertificate
from models.people.authorization import Actor
from models.wire import Id, Wire
from workflows.options import RENDER


class Reissue(Wire):
    """Ask for a new version of an exchange's certificate. The same request reissues once."""

    exchange_id: Id
    request_id: Id
    actor: Actor


@workflow.defn(name="Certificate")
class CertificateWorkflow:
    """Typesets, stores and records one new version."""

    @workflow.run
    async def run(self, reissue: Reissue) -> IssuedCertificate:
        """Issue the next version."""
        request = IssueCertificate(
            key=f"certificate/{reissue.exchange_id}/{reissue.request_id}",
            exchange_id=reissue.exchange_id,
            at=workflow.now(),
            reissue=True,
            actor=reissue.actor,
        )
        return await workflow.execute_activity_method(Certificates.issue_certificate, request, **RENDER)
