"""Changes of a verified exchange: why one is refused, and what follows from it."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "change.nothing_changes": _("That is how it is already: nothing would change."),
    "change.another_year": _(
        "Another year is another intake (D4). This stay belongs to {year}; ask for its deferral to another intake."
    ),
    "change.same_intake": _("This stay belongs to the intake of {year} already; ask for other days (D4)."),
    "change.stay_begun": _("What began on {day} has begun; its first day stays (D39)."),
    "change.day_over": _("This day is over: changes are for days to come (D39)."),
    "change.no_such_place": _("There is no such place, or it is not accepted yet."),
    "change.no_such_block": _("The plan has no block “{block}”. It has: {blocks}."),
    "change.block_over": _("This block ended on {day}; what was worked stays as it was (D38)."),
    "change.not_verified": _("Until the host has verified it, the nomination itself is corrected (D11)."),
    "change.earlier_rules": _("This exchange began under rules that know no changes; end it, or nominate anew."),
    "change.stay_over": _("The stay is over; there is nothing left to change."),
    "change.first_stay_open": _(
        "This exchange goes on from a stay at another host. Until that one is shortened for it, nothing is changed "
        "here."
    ),
    "change.unit_needed": _("{content}: name the unit of the block that is added (D38)."),
    "change.open": _(
        "Another change is being decided. Wait for it, or have it taken back: changes are made one by one."
    ),
    "change.not_open": _("There is no such change to be decided; look at the page of changes for what became of it."),
    "change.taken_meanwhile": _("A bed or place was taken meanwhile; asking again finds what is free."),
    "replan.nothing_moves": _("Nobody would be moved: give days to shift by, or days of some exchange."),
    "replan.not_of_cohort": _("{exchange} is no open exchange of {cohort}."),
    "replan.nobody": _("Nobody is left to be moved: every exchange is taken out, has ended, or is given no days."),
    "effect.intake_closed": _("Nominations for a stay on these days in {year} closed on {day} (D4)."),
    "effect.intake_full": _("The intake of {year} has no free seat, or others wait for it (D14)."),
    "effect.nominated_there": _("The student is nominated for the intake of {year} already (D9)."),
    "effect.seat_moves": _("The seat of {before} is given back, and one of {after} is taken (D4)."),
    "effect.seat_asked_there": _("The seat is asked for in the intake of {year} (D4)."),
    "effect.waits_no_more": _(
        "The place on the waitlist of {before} is given up, and a seat of {after} is taken (D14)."
    ),
    "effect.third_host": _("The exchange is one of two stays already: there is no third host (D38)."),
    "effect.goes_on": _(
        "The stay goes on as an exchange of its own at {host}, from {first} to {last}; both together are "
        "{days} days (D1)."
    ),
    "effect.nominated_at": _("The student is nominated at {host} for {year} already (D9)."),
    "effect.no_seat_at": _("{host} has no free seat in {year}, or others wait for it (D14)."),
    "effect.seat_at": _("A seat of {year} at {host} is taken at the moment this stay is shortened (D4)."),
    "effect.late_at": _(
        "Nominations at {host} for these days closed on {day}: the programme office decides first whether it "
        "is admitted (D4)."
    ),
    "effect.visa_at": _("Visa at {host}: {visa} (D2, D24)."),
    "effect.papers_at": _("{host} asks for these documents: {kinds}. Nothing accepted here counts there."),
    "effect.done_here": _("Not planned again there, as they belong to the stay here: {contents} (D8)."),
    "effect.not_apart": _(
        "The other stay of the same journey, at {host} from {first} to {last}, leaves no room for these days (D1, D38)."
    ),
    "second_host.same": _("{host} is a university of this exchange already; name another one (D38)."),
    "second_host.not_shorter": _("The stay here ends on {day}; its last day cannot be later (D38)."),
    "second_host.overlaps": _("The stay there begins after the last day here, which is {day} (D38)."),
    "second_host.gap": _("The stay there begins at most {most} days after the last day here, which is {day} (D38)."),
    "second_host.too_long": _(
        "Both stays together are longer than {months} months: from {start} they end on {latest} at the latest (D1)."
    ),
    "second_host.block_days": _("{content}: give its first and its last day at the second host (D38)."),
    "second_host.days_fixed": _("The days of this stay were agreed with the first host; they are not corrected (D38)."),
    "second_host.not_reopened": _(
        "{exchange} hung on {other}, which was not shortened for it. Ask for the change there again, for another year "
        "or another host."
    ),
    "effect.visa_class": _("Another visa: {after} instead of {before} (D2)."),
    "effect.visa_form": _("Another form: {after} instead of {before} (D3)."),
    "effect.form_undecided": _("With {days} days, the host's coordinator decides on the form (D3)."),
    "effect.stay_to_extend": _(
        "The authority permits the stay until {until}: an extension through {last} is filed (D31)."
    ),
    "effect.beyond_extension": _(
        "Extensions reach {until} at most: the authority may refuse a stay until {last} (D31)."
    ),
    "effect.issued_anew": _("{kind}: issued anew, it states the days of the stay."),
    "effect.expires_too_soon": _("{kind}: handed in anew, it is valid until {until} only."),
    "effect.too_old": _("{kind}: handed in anew, it would be too old."),
    "effect.asked_besides": _("{kind}: asked for besides."),
    "effect.clearance_too_short": _(
        "The clearance for the clinic holds until {until}: then it lapses, and one through {last} is asked for (D36)."
    ),
    "effect.clearance_fails": _("{clearance}: good through {until}, and needed through {last}."),
    "effect.no_bed": _("No bed of the host is free for every night from {first} to {last} (D34)."),
    "effect.other_bed": _("Another bed: the one held is not free for every night from {first} to {last} (D34)."),
    "effect.same_bed": _("The same bed, for {nights} nights instead of {nights_before}."),
    "effect.bed_freed": _(
        "The bed is given back from the night of {first} on: {nights} nights are free for others. The nights before "
        "stay as they are. Report the move on its day: the residence is registered anew."
    ),
    "effect.no_bed_left": _("No bed of the host is held between the nights of {first} and {last}: none is given back."),
    "effect.no_address": _(
        "No address outside is on record for the nights from {first} to {last}. Record it first, under Housing (D34)."
    ),
    "effect.block_added": _("{content}: a block more, from {first} to {last}."),
    "effect.block_left_out": _("{content}: the block from {first} to {last} is left out."),
    "effect.block_moved": _("{content}: from {first} to {last} instead of {was_first} to {was_last}."),
    "effect.other_unit": _("A place in {unit}, from {first} to {last}."),
    "effect.other_supervisor": _("A place in {unit} under {by}, from {first} to {last}."),
    "effect.unit_full": _("{unit} has no place left on these days (D38)."),
    "effect.deadlines_move": _("Deadlines that count from the stay move along: {steps}."),
    "effect.days_certified": _("The certificate is for {days} days instead of {days_before}."),
    "effect.too_short_for_certificate": _("Fewer than {least} days would be left: no certificate (D1)."),
    "effect.late_request": _("Asked for more than {weeks} weeks after the start (D39)."),
}
