"""Conversations about an exchange, and answers to them by mail."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "post.length": _("Write something, at most {most} characters."),
    "post.unknown": _("There is no such post, or it is not for you."),
    "post.audience": _("You may not write for these readers."),
    "post.mention": _("Somebody is mentioned for whom it is not. Choose other readers or other people."),
    "post.to": _("Nobody of this kind can be asked here."),
    "post.asks_nobody": _("A note within your office asks nobody. Choose other readers."),
    "post.student_reads": _("To ask the student, choose the student among the readers."),
    "post.step_over": _("This step is closed; nobody can be asked about it any more."),
    "not_allowed.post": _("You may not write about this. Ask your coordinator or the programme office."),
    "reply.other_address": _(
        "It came from another address than the one that our mail went to, so nobody can tell who wrote it."
    ),
    "reply.too_old": _("The mail that it answers is older than three months."),
}
