"""What an audit finds, and what is to be done about it."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "audit.workflow_missing": _("The records say that {workflow} goes on, and no such workflow runs."),
    "audit.workflow_left_running": _("The records say that {workflow} is over, and its workflow still runs."),
    "audit.workflow_unknown": _("{workflow} runs, and the records know nothing of it."),
    "audit.workflow_differs": _("{workflow} and its records do not say the same: {parts}."),
    "audit.workflow_silent": _("{workflow} runs and does not say where it is."),
    "audit.events_missing": _("The events {row} to {through} are missing."),
    "audit.event_damaged": _("Event {row} cannot be read, or does not say what its columns say."),
    "audit.events_contradict": _("The events do not follow one another: {error}."),
    "audit.step_closed_twice": _("{row} was closed by event {first_event} and again by event {second_event}."),
    "audit.rung_after_close": _("Event {second_event} reminds of {row}, which was closed before."),
    "audit.head_differs": _("How far {row} is on record is not what its events say."),
    "audit.fact_missing": _("The events say {row}, and it is not kept as a fact that happens once."),
    "audit.fact_without_event": _("{row} is kept as a fact that happens once, and no event says it."),
    "audit.row_differs": _("{table} {row} is not what its events say: {parts}."),
    "audit.row_missing": _("The events say {table} {row}, and there is no such row."),
    "audit.row_without_event": _("No event says {table} {row}."),
    "audit.decision_without_event": _("No event says the decision {row}."),
    "audit.mail_missing": _("Event {row} was to be told by mail ({notice}), and no message was written."),
    "audit.mail_without_event": _("Message {row} ({notice}) tells of something that is not on record."),
    "audit.cursor_beyond_log": _("The endpoint has come to position {row}, and the log ends before it."),
    "audit.delivery_without_event": _("The delivery of position {row} has no such event."),
    "audit.delivery_missing": _("The event at position {row} was passed over and is not delivered."),
    "audit.holding_of_unknown": _("{table}: {row} holds something, and there is no such exchange."),
    "audit.holding_of_closed": _("{table}: {row} is over and still holds what others could have."),
    "audit.held_twice": _("{table}: something of {row} is held by two at the same time."),
    "audit.seat_differs": _("{row} and its cohort do not say the same about its seat."),
    "audit.file_lost": _("The file {row} is on record and not in the store."),
    "audit.file_damaged": _("The file {row} is no longer what it was."),
    "audit.file_without_row": _("The file {row} is in the store, and nothing refers to it."),
    "audit.do_recover": _("Run `sojourn recover`: it brings the workflow into step with the records."),
    "audit.do_terminate": _("Nothing depends on it: run `sojourn recover`, which ends it."),
    "audit.do_end_unknown": _(
        "The database is older than Temporal: restore a newer backup, or run `sojourn recover` before anybody is "
        "nominated, which ends what the database does not know."
    ),
    "audit.do_look": _("Look at its history in Temporal; what fails there goes on once the cause is mended."),
    "audit.do_restore": _("The database lost what was written, or was changed by hand: restore it from a backup."),
    "audit.do_rebuild": _("Run `sojourn rebuild`: it makes the tables from the events anew."),
    "audit.do_tell": _("What happened stays on record. Look at it and tell the people concerned."),
    "audit.do_resend": _("Tell the institution: it reads what it missed from `/api/v1/events`."),
    "audit.do_give_back": _("Run `sojourn rebuild`; where it stays, give it back by hand and look why."),
    "audit.do_restore_file": _("Put the file back from a backup of the files folder."),
    "audit.do_remove_file": _("It harms nothing; remove it when the backup of that day is kept."),
}
