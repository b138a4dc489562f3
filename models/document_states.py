"""What people are told of a document, in one set of words."""

from enum import StrEnum

from models.vocabulary import DocumentStatus


class DocumentState(StrEnum):
    """What people are told of a document: what became of it, and who or what looked at it."""

    BEING_READ = "being_read"
    RECEIVED = "received"
    """The file is as it should be; what is on it nobody read yet."""
    CONSISTENT = "consistent"
    """It was read, and agrees with what is known."""
    NEEDS_A_PERSON = "needs_a_person"
    ACCEPTED = "accepted"
    """Somebody looked at it."""
    REJECTED = "rejected"
    REPLACED = "replaced"


_STATES = {
    DocumentStatus.SUBMITTED: DocumentState.RECEIVED,
    DocumentStatus.REVIEW: DocumentState.NEEDS_A_PERSON,
    DocumentStatus.REJECTED: DocumentState.REJECTED,
    DocumentStatus.REPLACED: DocumentState.REPLACED,
}


def state_of(status: DocumentStatus, *, read: bool, looked_at: bool, reads: bool = True) -> DocumentState:
    """What people are told of a document that was `read`, or `looked_at` by somebody; its kind `reads` or not.

    What counts because its file is as it should be is told as received: nobody knows yet what is on it.
    """
    if status is DocumentStatus.FILED:
        return DocumentState.BEING_READ if reads else DocumentState.RECEIVED
    if status is DocumentStatus.ACCEPTED:
        if looked_at:
            return DocumentState.ACCEPTED
        return DocumentState.CONSISTENT if read else DocumentState.RECEIVED
    return _STATES[status]
