"""What people may not do, without why (D44)."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "not_allowed.answer": _("You may not answer this step. Ask your coordinator or the programme office."),
    "not_allowed.consent": _(
        "You may not answer for the student. The student answers, or an office of the sending university enters what "
        "was signed on paper."
    ),
    "not_allowed.correct": _("You may not correct this nomination. Ask your coordinator or the programme office."),
    "not_allowed.correct_person": _(
        "You may not correct the personal data of a verified nomination. Ask the coordinator of the host."
    ),
    "not_allowed.request_change": _(
        "You may not ask for a change of this exchange. Ask the student, a coordinator or the programme office."
    ),
    "not_allowed.withdraw_change": _(
        "Only who asked for a change takes it back, their office, or the programme office."
    ),
    "not_allowed.letter": _(
        "You may not write this letter. Ask the office whose letter it is, or the programme office."
    ),
    "not_allowed.reopen": _(
        "You may not reopen this exchange. Ask the host where it was rejected, and the sending university where it was"
        " withdrawn, or the programme office."
    ),
    "not_allowed.end_early": _("You may not end this stay early. Ask your coordinator or the programme office."),
    "not_allowed.end_suspension": _("You may not end a suspension. Ask your coordinator or the programme office."),
    "not_allowed.evaluate_programme": _(
        "You may not evaluate this programme. Ask your coordinator or the programme office."
    ),
    "not_allowed.evaluate_student": _(
        "You may not evaluate this student. Ask your coordinator or the programme office."
    ),
    "not_allowed.exempt": _(
        "You may not take an exchange out of a suspension. Ask your coordinator or the programme office."
    ),
    "not_allowed.hand_in": _(
        "You may not hand in documents of this step. Ask your coordinator or the programme office."
    ),
    "not_allowed.issue_privacy": _(
        "The programme office alone issues tokens that give out or erase what is kept about students, for the home "
        "university."
    ),
    "not_allowed.issue_scopes": _(
        "You may not issue tokens with these scopes: they are for what coordinators do. Ask your coordinator or the "
        "programme office."
    ),
    "not_allowed.calendar": _("Your role has no such calendar."),
    "not_allowed.issue_tokens": _(
        "You may not issue tokens for this institution. Ask your coordinator or the programme office."
    ),
    "not_allowed.left_office": _(
        "When it could be done, you did not hold the role any more in which you asked it. Ask your coordinator or the "
        "programme office."
    ),
    "not_allowed.keep_unit": _("You may not change this unit. Ask the host's coordinator or the programme office."),
    "not_allowed.break_places": _(
        "Students have places that would have to be moved by this. The host's coordinator can save it, or the programme"
        " office."
    ),
    "not_allowed.see_year_report": _("The year report is for offices."),
    "not_allowed.keep_sessions": _("You may not keep the sessions of this host; its office does."),
    "not_allowed.write_to_many": _("You may not write to many students. Ask your coordinator or the programme office."),
    "not_allowed.manage": _("You may not manage people of this role. Ask your coordinator or the programme office."),
    "not_allowed.manage_endpoints": _(
        "You may not manage endpoints of this institution. Ask your coordinator or the programme office."
    ),
    "not_allowed.move_deadline": _("You may not move this deadline. Ask your coordinator or the programme office."),
    "not_allowed.nominate": _("You may not nominate for this university. Ask its coordinator or the programme office."),
    "not_allowed.reassign": _("You may not reassign this step. Ask your coordinator or the programme office."),
    "not_allowed.reissue": _(
        "You may not reissue certificates of this host. Ask your coordinator or the programme office."
    ),
    "not_allowed.report_arrival": _(
        "You may not report arrivals at this host. Ask your coordinator or the programme office."
    ),
    "not_allowed.report_attendance": _(
        "You may not report attendance at this host. Ask your coordinator or the programme office."
    ),
    "not_allowed.report_departure": _(
        "You may not report departures from this host. Ask your coordinator or the programme office."
    ),
    "not_allowed.report_hours": _(
        "You may not report hours of this unit. Ask your coordinator or the programme office."
    ),
    "not_allowed.correct_report": _(
        "Arrival and departure are corrected by the host's coordinator, head of office or housing officer; a movement "
        "by the student, too."
    ),
    "not_allowed.remind": _(
        "Offices have others reminded of what they owe; you hold no office here, or owe it yourself."
    ),
    "not_allowed.report_movement": _(
        "You may not report where this student is. Ask your coordinator or the programme office."
    ),
    "not_allowed.directory": _("You may not list who is here. Ask your coordinator or the programme office."),
    "not_allowed.facts": _(
        "What this document says is not yours to state. Ask the student, or the office that opens such documents."
    ),
    "not_allowed.erase": _("Only the programme office erases papers and sets legal holds. Ask them."),
    "not_allowed.particulars": _("This form is not yours to fill in. Ask your coordinator or the programme office."),
    "not_allowed.move_rules": _(
        "Only the host's coordination and the programme office move an exchange to newer rules."
    ),
    "not_allowed.move_bed": _("You may not move this student. Ask your coordinator or the programme office."),
    "not_allowed.confirm_own": _(
        "You asked for this yourself; another person must confirm it. Ask a colleague or your head of office."
    ),
    "not_allowed.override": _(
        "You may not ask that this document counts all the same. Ask the officer responsible for it."
    ),
    "not_allowed.record_paper": _(
        "You may not enter papers of this student. Ask your coordinator or the programme office."
    ),
    "not_allowed.revoke_clearance": _(
        "You may not take back a clearance at this host; its occupational health may. Ask them."
    ),
    "not_allowed.see_service_levels": _(
        "You may not see service levels of this institution. Ask your coordinator or the programme office."
    ),
    "not_allowed.see_suspensions": _("You may not look at suspensions. Ask your coordinator or the programme office."),
    "not_allowed.set_absence": _("You may not set this absence. Ask your coordinator or the programme office."),
    "not_allowed.set_preferences": _(
        "You may not set these preferences. Ask your coordinator or the programme office."
    ),
    "not_allowed.set_quota": _("You may not set the number of seats. Ask the programme office."),
    "not_allowed.replan": _("You may not re-plan a cohort. Ask the programme office."),
    "not_allowed.snooze": _(
        "You may not put off the reminders of this step. Ask your coordinator or the programme office."
    ),
    "not_allowed.stand_in": _("You may not act for this person now. Ask your coordinator or the programme office."),
    "not_allowed.suspend": _("You may not suspend exchanges. Ask your coordinator or the programme office."),
    "not_allowed.withdraw": _("You may not withdraw this student. Ask your coordinator or the programme office."),
}
