"""What is said where a session of a host cannot be what is asked."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "session.not_yours": _("There is no such lecture or activity, or you are not invited."),
    "session.content": _("A session is of one of these contents: {contents}."),
    "session.another_content": _("A session keeps its content; cancel it and plan another one."),
    "session.ends_before": _("The session must end after it begins."),
    "session.longer_than_a_day": _("A session lasts at most {hours} hours and ends on its day."),
    "session.no_objective": _("The programme has no objective {id}."),
    "session.nobody": _("Nobody is invited: no stay of those chosen has this content on this day."),
    "session.too_few_places": _("{count} students for {most} places."),
    "session.cancelled": _("The session was cancelled."),
    "session.closed": _("The attendance list is closed; what is wrong on it is corrected student by student."),
    "session.begun": _("The session has begun; the host marks who is there."),
    "session.not_begun": _("The session has not begun; it begins {moment}."),
    "session.sign_in_early": _("It is too early to sign in; you can from {moment} on."),
    "session.sign_in_over": _("It is too late to sign in; the host can still mark you."),
    "session.reason": _("Say why, in at most {most} characters."),
    "session.marked_twice": _("A student is marked twice."),
    "session.not_invited": _("{exchange} is not on the list of this session."),
    "session.sign_in_code": _("This is not the code of the session; scan the one that is shown there."),
    "session.file_columns": _("The file needs the columns {columns}."),
    "session.file_presence": _("Line {line}: whether {exchange} was there is one of {choices}."),
    "session.for_whom": _("Say for whom it is: a cohort, a unit, or exchanges; one of the three."),
}
