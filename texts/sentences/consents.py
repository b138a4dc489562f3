"""What is said where papers may not go to another jurisdiction."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "consent.missing": _(
        "{kind} was not taken: before it goes to a host abroad the student reads a notice and answers it. Open "
        "“Consent” on the page of the exchange, answer, and hand it in again."
    ),
    "consent.refused": _(
        "{kind} was not taken: the student did not agree that it goes to the host abroad. The student may agree on the "
        "page “Consent” of the exchange; otherwise ask the coordinator of the sending university how to go on."
    ),
    "consent.not_sent": _(
        "{kind} was not sent to your university: the student's consent for it is missing. Ask the coordinator of the "
        "sending university."
    ),
    "consent.not_asked": _("In this exchange no consent is asked: it stays in one country, or began before it was."),
    "consent.no_answer": _("Choose an answer to at least one question."),
    "consent.notice_changed": _("Another notice holds by now. Read it on the page “Consent”, and answer it."),
    "consent.reference": _("Say where the signed paper is kept, in 1 to {most} characters."),
    "consent.paper_to_come": _("The day of the signature is still to come."),
}
