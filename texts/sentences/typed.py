"""What is typed at the command line and cannot be."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "typed.day": _("“{typed}” is not a day; write it as year-month-day, like 2027-03-01."),
    "typed.time": _("“{typed}” is not a time; write it like 2027-03-01T14:30 or with +08:00."),
    "typed.id": _("An id has letters, digits and . _ : - only, at most 90 of them."),
    "typed.exchange": _("“{typed}” is not an exchange; its code is like EX-2027-DAR-007."),
    "typed.step": _("“{typed}” is not a step; `sojourn worklist` prints their ids."),
    "typed.for_whom": _("name one of --cohort, --unit and --exchange"),
    "typed.audience": _("name one of --cohort, --unit, --arriving-from with --arriving-to, and --exchange"),
    "typed.units_file": _("Nothing was saved; correct these rows and read the file again"),
    "typed.template": _("there is no such template; these are: {known}"),
    "typed.text_file": _("cannot be read as UTF-8 text"),
    "typed.rating": _("“{typed}” is not a rating; write NAME=1 (poor) to NAME=5 (excellent)."),
    "typed.document": _("“{typed}” is not a kind of document; choose one of {choices}."),
    "typed.none_of": _("“{typed}” is none of {choices}."),
    "typed.column": _("Write `COLUMN=TEXT`, like `email=ana@example.edu`."),
    "typed.no_file": _("Name a file, or ask for an empty one with `--template PATH`."),
    "typed.same_file": _("Choose another place: the file itself is not overwritten."),
    "who.nobody": _(
        "Say who you are with `--as ROLE@INSTITUTION`, `ROLE@INSTITUTION/UNIT` or `student:ID`, or set `SOJOURN_AS`."
    ),
    "who.where": _("“{id}@…” needs an institution: {choices}."),
    "who.absent": _("“{typed}” is nobody of the catalogue; name whom you stand in for, like `cqmu.coordinator`."),
    "who.student": _("A student acts as `student:ID`, with the id as `sojourn show` prints it."),
    "who.role": _("“{typed}” is not a role; choose one of {choices}, or `student:ID`."),
    "who.institution": _("“{typed}” is not an institution; choose one of {choices}."),
    "who.programme_office": _("The programme office is at {place}; write `{id}@{place}`."),
    "who.unit": _("{place} has no {id} of unit “{typed}”; choose one of {choices}."),
    "who.no_such_role": _("{place} has no {id} in the catalogue; it has {choices}."),
    "who.several": _("Several at {place} are {id}; add the unit, one of {choices}."),
}
