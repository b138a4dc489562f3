"""Forms, addresses of pages, lists."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "usage.files": _("{most} files were sent within a day; the next one is taken from {moment}."),
    "usage.megabytes": _("{most} MB were sent within a day; the next file is taken from {moment}."),
    "usage.hand_in": _(
        "{kind} was handed in {most} times within a day; the next file is taken from {moment}. Ask the coordinator "
        "what it should be."
    ),
    "usage.act": _("This was done {most} times within a day; the next time is taken from {moment}."),
    "field.missing": _("Fill this in."),
    "field.not_text": _("This is a text."),
    "field.too_long": _("This has {length} characters; at most {most} are taken."),
    "field.unknown": _("This is no field of this form."),
    "field.invalid": _("This cannot be taken."),
    "field.not_a_number": _("This is not a number."),
    "field.too_small": _("This must be {least} or more."),
    "field.too_great": _("This must be {most} or less."),
    "field.too_many_characters": _("At most {most} characters are taken."),
    "day.not_a_day": _("This is no day; write it like 2027-03-01."),
    "day.too_far": _("The year must be one from {least} to {most}."),
    "time.not_a_time": _("This is no time; write it like 2027-03-01T14:30."),
    "form.not_a_form": _("Send the form of the page."),
    "form.incomplete": _("The form is incomplete; open the page again."),
    "form.stale": _("This form is out of date or came from elsewhere. Open the page again and send it once more."),
    "form.elsewhere": _("This form came from another site. Open the page here and send it again."),
    "sure.needed": _("Tick that you mean it."),
    "rows.none": _("Pick at least one row first."),
    "rows.too_many": _("Pick at most {most} rows at once."),
    "page.unknown": _("There is no such page, or it is not for you."),
    "status.choose": _("Choose one of {states}."),
    "cursor.unknown": _("This address is not complete. Open the list again."),
    "now.needed": _("Tell the moment to call steps overdue at."),
    "row.not_taken": _("The row has cells that cannot be taken; `faults` names them."),
}
