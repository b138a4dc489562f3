"""The cells of a nomination row, and its blocks and units."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "cell.missing": _("This is missing"),
    "cell.missing_beside": _("This is missing; {column} is given"),
    "cell.missing_for": _("This is missing; {column} are chosen"),
    "cell.name_missing": _("This is missing; a student with one name has it here, and - as given name"),
    "cell.too_long": _("This is longer than {most} characters"),
    "cell.unprintable": _("This contains a character that cannot be printed; type it anew"),
    "cell.not_latin": _(
        "This must be in Latin letters, as in the passport; the original script goes to its own column"
    ),
    "cell.not_email": _("This is not an e-mail address, like name@university.edu"),
    "cell.not_ascii_email": _("Mail hosts do not deliver to these letters; only a-z and digits before the @"),
    "cell.not_a_date": _("This is not a date; write year-month-day, like 2027-03-01"),
    "cell.part_not_a_date": _(
        "“{text}” is not a date; write year-month-day, like 2027-03-01, and | between the days of several blocks"
    ),
    "cell.not_planned": _("This is given, but {column} is no"),
    "cell.not_yes_no": _("This is neither yes nor no"),
    "cell.not_a_choice": _("This is not one of: {options}"),
    "cell.not_a_number": _("This must be a whole number from {least} to {most}"),
    "cell.country": _(
        "This is not a country code of two letters (ISO 3166), like CN or US, nor one of a travel document, like XXA"
        " for stateless"
    ),
    "cell.age": _("This gives an age of {age} at the start; expected {least} to {most}"),
    "cell.passport_number": _("This is no number of a passport: letters A to Z and digits as printed, five at least"),
    "cell.fee": _("This must be empty or 0: the programme fee is waived"),
    "cell.university_unknown": _("This is not a university of the programme; write its id, code or name"),
    "cell.discipline_unknown": _("This is not a discipline of the programme"),
    "cell.discipline_ambiguous": _("This is in several lists; write one of: {choices}"),
    "cell.unit_not_offered": _("“{text}” is not offered by this host; several are separated by ;"),
    "cell.unit_ambiguous": _("“{text}” names several; write one of: {choices}"),
    "cell.formula": _("This contains a formula; type the value itself"),
    "cell.spreadsheet_error": _("This contains an error of the spreadsheet; type the value itself"),
    "cell.number_too_long": _("This is a number too long for a spreadsheet; format the cell as text and type it again"),
    "cell.hashes": _("This is what a spreadsheet shows when a column is too narrow; type the value itself"),
    "cell.rounded": _("A spreadsheet has rounded this number; format the column as text and type it again"),
    "cell.point_zero": _("A spreadsheet has made a number of this; format the column as text and type it again"),
    "cell.date": _("{cell} holds a date; format the cell as text and type what it should say"),
    "cell.boolean": _("{cell} holds a yes or no; format the cell as text and type what it should say"),
    "cell.number_shown": _("{cell} holds a number that shows as something else; format it as text and type it again"),
    "cell.reason_short": _("Say in at least {least} characters why this is recorded late"),
    "stay.over": _("This stay is over; to record it late, give a reason under “Reason for recording late”"),
    "stay.begun": _("This stay has begun; to record it late, give a reason under “Reason for recording late”"),
    "told.wide_letters": _("Wide letters or digits were read as ordinary ones"),
    "told.not_printable": _("The certificate cannot print this name; ask the operator of the service for a font"),
    "told.encoding": _("The file was read as {encoding}, not UTF-8; check that the names came through."),
    "told.hidden_rows": _("Hidden or filtered rows that were left out ({count}): {rows}."),
    "told.hidden_sheets": _("Hidden worksheets that were left out: {count}."),
    "told.hidden_columns": _("Hidden columns were left out: {columns}."),
    "cell.no_column": _("This stands under no column name"),
    "cell.student_twice": _("The same student is in row {row}"),
    "cell.address_twice": _("Another student has the same address in row {row}"),
    "cell.differs": _("On record: {on_record}; here: {told}"),
    "nomination.closed": _(
        "Nominations for a stay from this day closed on {closed} (D4); choose a later stay, or ask the programme office"
    ),
    "nomination.differs": _(
        "This student is nominated as {exchange} with something else here: {cells}. Nothing was changed. Say that the"
        " nomination is to be corrected; that can be done until it is verified."
    ),
    "nomination.differs_verified": _(
        "This student is nominated as {exchange}, which is verified, with something else here: {cells}. Nothing was"
        " changed. Ask {host}: its coordinator corrects personal data, and changes to the stay are agreed there."
    ),
    "nomination.differs_closed": _(
        "This student was nominated as {exchange}, which has ended, with something else here: {cells}. Nothing was"
        " changed. If it ended by mistake, have it reopened and correct it then."
    ),
    "nomination.person_differs": _(
        "This student is known with something else here: {cells}. Nothing was started. Say whether what is on record"
        " is kept, or what you wrote is right for this exchange; exchanges that there are stay as they are."
    ),
    "nomination.another_person": _(
        "This number is another person's: name, date of birth and address are different on record. Write the number"
        " of this student."
    ),
    "nomination.same_person": _(
        "{exchange} looks like the same person: {cells}. Nothing was started. Say whether it is the same person, or"
        " another one and why."
    ),
    "nomination.elsewhere": _(
        "This person may be nominated for the same host and year already. Nothing was started. Clarify it with {host}."
    ),
    "nomination.reason_missing": _("Write why this is another person"),
    "nomination.not_verified": _(
        "{exchange} is not verified yet: its nomination is corrected by the sending university"
    ),
    "university.unknown": _("This is not a university of the programme"),
    "discipline.of_another_level": _("This is for {levels} students; this student's level is {level}"),
    "block.reversed": _("The end is before the start of the block."),
    "block.planned_twice": _("This is planned twice; give each content one block"),
    "block.none_planned": _("This is missing; plan laboratory training, clinical observation or both"),
    "block.overlaps": _(
        "This overlaps the block of {content}, {first} to {last}, and a student works in one unit a day; choose a day"
        " after or before it"
    ),
    "block.hours": _("The block from {first} to {last} is planned with {least} to {most} hours (D42)"),
    "block.share_and_days": _("A block has its days or its share of the stay, not both"),
    "block.share_of_some": _("Give every laboratory and clinical block its share of the stay, or none"),
    "block.share_sum": _("The shares of all blocks add up to {total} %; they must add up to 100 %"),
    "block.share_without_day": _("A share is too small: its block would have no day"),
    "block.end_before_start": _("This is before its start, {start}"),
    "block.outside_stay": _("This is outside the stay, {first} to {last}"),
    "unit.not_of_host": _("“{unit}” is not one of those of {host}"),
}
