"""Exchanges, their steps and answers, cohorts, stays, rotations and certificates."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "exchange.changed_since": _("The exchange has changed since; look at it again."),
    "exchange.unknown": _("There is no exchange {exchange} that you may see."),
    "exchange.not_seen": _("There is no such exchange, or it is not for you."),
    "exchange.closed": _("This exchange is closed. Look at its timeline for how it ended."),
    "exchange.ending": _("The exchange is ending already. Look at its timeline for how and by whom."),
    "exchange.not_ended": _("{exchange} has not ended; there is nothing to reopen."),
    "exchange.not_reopened": _("{exchange} did not end in a way that is reopened: nominate the student anew."),
    "exchange.begun_meanwhile": _("The stay would have begun on {day}; nominate the student for another one."),
    "records.overtaken": _("The records have moved on meanwhile. It is taken by itself in a moment; nothing is lost."),
    "exchange.catching_up": _(
        "The records wait for this act, but its exchange is still catching up after a failure. Nothing is lost; try "
        "again in a minute."
    ),
    "exchange.universities_gone": _("The catalogue no longer has both universities of {exchange}."),
    "exchange.dates_missing": _("The actual dates of {exchange} are not recorded."),
    "exchange.without_home": _("Exchanges go to or from {home}; one of sending and host must be it"),
    "broadcast.unknown": _("There is no such message, or it is not for you."),
    "broadcast.nobody": _("Nobody is meant: no exchange that goes on matches."),
    "broadcast.too_many": _("{count} students are meant; one message goes to at most {most}."),
    "broadcast.days_reversed": _("The last day is before the first day."),
    "broadcast.half": _("In Chinese, write subject and text, or neither."),
    "broadcast.placeholder": _("“{found}” in braces is nothing that can be filled in; these are: {known}."),
    "broadcast.changed_since": _("It has changed since the preview: look at it again before it is sent."),
    "step.unknown": _("There is no such step, or it is settled."),
    "remind.held": _("The clock of this step stands still: whoever owes it has nothing to do just now."),
    "remind.often": _("They were reminded {most} times on request; write to them instead, or wait for the escalation."),
    "remind.too_soon": _("They were reminded lately; the next time is possible from {moment} on."),
    "step.not_open": _("There is no open step {step}. Look at the worklist for what is open now."),
    "step.already_answered": _("Step {step} was already answered: {outcome} by {by} at {moment}."),
    "step.not_yours": _("There is no such step, or it is not yours to answer."),
    "step.not_awaited": _("Exchange {exchange} does not wait for {step_kind} now; it is at {stage}."),
    "step.not_of_exchange": _("{exchange} has no step {step}; `sojourn show {exchange}` lists them."),
    "step.not_correction": _("Only a returned nomination can be corrected."),
    "step.not_evaluation": _("This step is not the evaluation of the programme."),
    "step.never_opened": _("{step} was never opened."),
    "step.without_rules": _("The batch has no rules for {step}."),
    "step.no_due_time": _("{step} has no due time; the records fill it in."),
    "answer.unknown": _("There is no such answer to this step."),
    "answer.not_offered": _("{answer} is not an answer to this step; choose one of {answers}."),
    "answer.not_in_bulk": _("This answer needs a look of its own."),
    "answer.given_otherwise": _("This answer is given by another act: {act}."),
    "answer.before_start": _("This answer is given only when the first day of the stay, {day}, is over (D35)."),
    "answer.terms_missing": _("The offer is accepted with its terms; still missing: {terms}."),
    "answer.documents_to_replace": _("Name the documents to be replaced, out of {kinds}."),
    "answer.clearance_too_short": _("The clearance must reach the last clinical day, {day} (D36)."),
    "answer.day_ahead": _("This day is still to come; say it when it has happened."),
    "answer.day_before": _("That cannot have been before {day}; look at the date again."),
    "answer.stay_over": _("This day is over already; look at the visa or permit again."),
    "answer.extension_no_longer": _("An extension ends after {day}."),
    "answer.extension_beyond_programme": _("An exchange lasts six months at most: extensions reach {day} (D1, D31)."),
    "answer.extension_too_long": _("Extensions reach {day} at the latest, the first stay once more (D31)."),
    "reassign.stays": _("This step stays with whoever owes it."),
    "reassign.not_to": _("This step goes to one of {roles}."),
    "note.needed": _("Say why; the reason is kept on record."),
    "note.length": _("A comment has 1 to {most} characters."),
    "bed.taken": _("Bed {bed} is taken on {on}."),
    "bed.taken_meanwhile": _("The bed was taken meanwhile; asking again finds another."),
    "bed.not_free": _(
        "{bed} is not free for every night from {first} on, or not for this student; the bed held stays as it is."
    ),
    "bed.held_already": _("The student has {bed} from {first} on already."),
    "bed.not_yet": _("A bed is taken when the student has accepted the offer; there is none to move from."),
    "bed.being_chosen": _("The bed is not confirmed yet; its step is answered with another one instead."),
    "night.outside_stay": _("A student is moved from a night between {first} and {last} on."),
    "residence.missing": _(
        "Nobody travels without an address: no bed is reserved, and no address outside is on record. Record it under "
        "Housing."
    ),
    "inspection.missing": _("Record the inspection first, under Housing: room, keys and deposit (D34)."),
    "housing.unsettled": _(
        "Something is still open. Record in the inspection, under Housing, which keys came back and what became of the "
        "deposit, or write it off (D34)."
    ),
    "card.consent": _("Without your consent nobody at the host could be shown the card; please agree to it."),
    "card.unknown": _("There is no emergency card here for you to see."),
    "nights.reversed": _("The last night is before the first night."),
    "place.none": _("{unit} has no place left on {on}."),
    "place.taken_meanwhile": _("The place was taken meanwhile; asking again finds another."),
    "placement.unknown": _("There is no placement {placement}; `sojourn show` lists those of an exchange."),
    "placement.not_of_exchange": _("{placement} is not a placement of {exchange}."),
    "placement.of_another_exchange": _("This placement belongs to another exchange."),
    "placement.needed": _("Name the rotation with --placement; {content} of {exchange} has {placements}."),
    "placement.of_rotation": _("Hours of a rotation are reported to that rotation; name its placement."),
    "content.not_of_stay": _("{content} is not part of this stay."),
    "content.of_another_rotation": _("This rotation is {content}, not {other_content}."),
    "content.not_hosted": _("{host} does not offer {content}"),
    "clinic.not_cleared": _(
        "No clinical day before occupational health has cleared the student (D36). Laboratory work may go on. Ask "
        "occupational health to decide on the clearance."
    ),
    "clinic.before_clearance": _("The clearance holds from {first}; no clinical day before it (D36)."),
    "paper.not_now": _("Papers are entered from the verified nomination on until the student has left."),
    "paper.ends_before": _("The last day lies before the first."),
    "paper.nothing_to_correct": _("There is no such entry of this kind, or it was corrected already."),
    "paper.text_too_long": _("This is one line of at most {most} characters."),
    "clearance.none": _("There is no clearance to take back: none was given, or it is over already."),
    "clinic.between_clearances": _(
        "The clearance was over after {last} and the next holds from {first}; no clinical day in between (D36)."
    ),
    "clinic.clearance_revoked": _(
        "Occupational health took the clearance back; no clinical day after {last} until a new one is given (D36). "
        "Laboratory work may go on."
    ),
    "clinic.after_clearance": _("The clearance holds through {last} (D36)."),
    "permit.before_arrival": _("This day lies before the arrival; look at the visa or permit again."),
    "permit.before_movement": _("The permitted stay ends before the movement itself."),
    "student.not_arrived": _("The student has not arrived; report the arrival first."),
    "student.left": _("The student has left for good; there is nothing to report any more."),
    "arrival.not_awaited": _(
        "This student is not ready to travel, has arrived already or will not come. See the open steps of the "
        "exchange for what is still owed before arrival."
    ),
    "arrival.not_yet": _("An arrival is reported after it happened."),
    "arrival.far_from_start": _(
        "This arrival on {arrived} is far from the first day of the stay, {planned} (D35). If the day is right, "
        "confirm it and report again."
    ),
    "entry.after_arrival": _("The student entered the country before reaching the residence."),
    "departure.not_open": _("The departure opens on the last day of the stay. To end the stay before, end it early."),
    "departure.not_yet": _("A departure is reported after it happened."),
    "correction.nothing": _("That is what is on record already."),
    "correction.after_movement": _("A movement is on record for {moment}, before this; correct that one first."),
    "correction.after_departure": _("The departure is on record for {day}, before this; correct that first."),
    "correction.before_arrival": _("The student arrived on {day}; a departure cannot be before it."),
    "correction.hours_reported": _(
        "Hours are on record for {first} to {last}, when the student would not have been there; correct these first."
    ),
    "student.not_left": _("No departure is on record; report it."),
    "movement.none": _("No movement is on record; report it."),
    "movement.not_yet": _("A movement is reported after it happened."),
    "movement.before_last": _("This lies before the last movement on record; see the timeline of the exchange."),
    "movement.abroad": _("The student is out of the country; report the re-entry first."),
    "movement.not_abroad": _("The student has not left the country; report that first."),
    "stay.begun": _("The stay has begun. End it early instead, with its last day and whether that is justified."),
    "stay.not_begun": _("The stay has not begun. Withdraw the student instead."),
    "stay.end_before_start": _("The last day is before the first, {start}"),
    "stay.too_short": _("This makes the stay too short: {days} of at least {least} days"),
    "stay.too_long": _("This is too late; a stay of {months} months from {start} ends on {latest}"),
    "last_day.outside_stay": _("The last day must lie inside the stay, from {first} to {last}."),
    "last_day.before_first": _("The last day must not be before the first day."),
    "last_day.over": _("The last day is over already."),
    "days.outside_block": _("The days must lie within {first} to {last} (D38)."),
    "attendance.not_yet": _("Attendance is reported after the day, not before."),
    "attendance.reported_already": _(
        "Hours of {first} to {last} are reported already (report {report}). Correct that report instead."
    ),
    "attendance.nothing_to_correct": _(
        "There is no such report of this content to correct, or it was corrected already: {report}."
    ),
    "attendance.while_suspended": _(
        "The exchange was suspended from {first} to {last}. If hours were worked nevertheless, confirm that they are "
        "right and report again."
    ),
    "hours.more_than_period": _(
        "{days} days hold at most {most} hours, {a_day} for each of them (D42). Correct the hours or the days."
    ),
    "hours.more_than_planned": _("The hours attended must not exceed the hours planned."),
    "ratings.none": _("Give at least one rating from 1 (poor) to 5 (excellent)."),
    "ratings.out_of_range": _("Ratings are from 1 (poor) to 5 (excellent); {objective} is not."),
    "ratings.missing": _("Every objective that is asked for is rated; still missing: {objectives}."),
    "hours.none_planned": _("Hours planned are more than 0."),
    "ratings.not_served": _("This stay did not serve, and does not rate: {objectives}."),
    "passed.not_yet": _("Whether the student passed is said at the end of the rotation, not at its middle."),
    "passed.needed": _("Say whether the student passed the rotation."),
    "time.not_ahead": _("The time must be in the future."),
    "due_time.nearer": _("This step is due at {moment}; its due time only moves later, never nearer."),
    "due_time.after_limit": _(
        "This step is extended by at most {days} days in all: choose a day until {moment}, or ask the programme office."
    ),
    "due_time.legal": _("The law sets this deadline ({laws}); nobody can move it or put off its reminders."),
    "snooze.too_long": _("Reminders of this step are put off for at most {days} days at a time."),
    "snooze.past_due": _("The time must be before the step is due. To move the deadline, ask for an extension."),
    "document.not_of_health": _("{document} is not one of the health records of this exchange."),
    "document.not_awaited": _("The exchange does not wait for {kind}; it waits for {kinds}."),
    "document.none_awaited": _("The exchange does not wait for {kind}; it waits for no document now."),
    "document.not_needed": _("This stay needs no {kind}; its open steps wait for {kinds}."),
    "document.settled": _(
        "{kind} was accepted and its step is closed; it can no longer be replaced. If something is wrong with it, "
        "write to the coordinator."
    ),
    "document.returned_before": _("This very file was returned by a reviewer; hand in a corrected one."),
    "document.unknown": _("There is no such document, or it is not for you."),
    "document.not_drawn": _("This page cannot be shown here. Open the file itself."),
    "document.no_override": _(
        "This document cannot be made to count: it was not refused by the checks, another one took its place, or the "
        "exchange does not ask for it now."
    ),
    "document.not_filed": _("Document {document} is not filed for {exchange}."),
    "kind.unknown": _("This is no kind of document."),
    "expiry.needed": _("{kind} has a last day of validity; add --expires-on DAY."),
    "nomination.another_cohort": _(
        "Another sending university, host or year is another exchange; nominate the student there (D9)."
    ),
    "nomination.unchanged": _("Nothing differs from the nomination returned; change what was asked for."),
    "nomination.field_fixed": _("This cannot be corrected; withdraw this exchange and nominate anew (D9)."),
    "nomination.not_returned": _("This nomination does not wait for a correction."),
    "cohort.unknown": _("There is no cohort {cohort} that you may see. Its id is like 2027-incoming-dartmouth-cqmu."),
    "cohort.not_seen": _("There is no such cohort, or it is not for you."),
    "cohort.not_open": _("Cohort {cohort} is not open."),
    "seat.taken": _("Seat {seat} of {cohort} is not free."),
    "cap.below_taken": _("{seats} seats are taken; give seats back before lowering the number."),
    "seats.not_agreed": _("No seats are agreed between {sending} and {host} for {year}."),
    "seats.other_years": _("No seats are agreed for {year}; agreed are those of {years}"),
    "agreement.none": _("{host} and {sending} have no agreement in force"),
    "agreement.no_clinic": _("The agreement does not open the clinic at {host}; laboratory training only"),
    "certificate.none": _("{exchange} has no certificate to reissue."),
    "certificate.not_earned": _("The certificate is not earned yet: {unmet}."),
    "certificate.unknown": _("There is no such certificate."),
    "certificate.font": _("A name uses a script that no font at hand covers; add a font and issue it again."),
    "year_report.template": _("The year report's template does not compile."),
    "certificate.template": _("The certificate's template does not compile."),
    "letter.unknown": _("There is no such letter, or it is not for you."),
    "letter.kind": _("There is no such kind of letter."),
    "letter.incomplete": _("{letter}: it is not written yet, because this is still missing: {lacks}."),
    "letter.font": _("A name uses a script that no font at hand covers; add a font and write it again."),
    "letter.template": _("The letter's template does not compile."),
    "letter.lacks_letterhead": _("The catalogue has no letterhead of {institution}: office, address and telephone."),
    "letter.lacks_stay": _("The exchange has ended without a stay to write about."),
    "letter.lacks_verification": _("The host has not verified the nomination."),
    "letter.lacks_approval": _("The host has not approved the student."),
    "letter.lacks_acceptance": _("The student has not accepted the offer."),
    "letter.lacks_passport": _("There is no passport that passed the checks."),
    "letter.lacks_passport_expiry": _("It is not on record until when the passport is valid."),
    "letter.lacks_place": _("No place is reserved for this part of the stay: {content}."),
    "letter.lacks_bed": _("No bed is reserved."),
    "letter.lacks_form": _("Nobody has decided yet which form the visa needs."),
    "letter.needs_no_form": _("This stay needs no form of an authority."),
    "letter.lacks_change": _("Nothing is otherwise than the letters written so far tell it."),
    "letter.lacks_early_end": _("The stay was not ended early."),
    "letter.lacks_arrival": _("The arrival is not recorded."),
    "letter.lacks_departure": _("The departure is not recorded."),
    "letter.lacks_hours": _("Neither a place nor hours are on record."),
    "certificate.too_long": _("The certificate does not fit on one page."),
    "suspension.unknown": _("There is no suspension {suspension}; `sojourn suspension list` shows them."),
    "suspension.ended": _("The suspension {suspension} has ended; every exchange runs again."),
    "suspension.ending": _("The suspension is ending; every exchange runs again."),
    "suspension.id_ended": _("The suspension {suspension} has ended; give a new one another id."),
    "suspension.never_began": _("{suspension} never began."),
    "target.exchange": _("Name the exchange, like EX-2027-DAR-007."),
    "target.host": _("Name the host, one of {hosts}."),
    "target.none": _("The whole programme has no target."),
}
