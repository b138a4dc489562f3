"""What the rules ask of a student's papers: what is missing, and what to do (D2, D3, D18, D21-D28)."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "facts.ends_before_start": _("The last day of cover lies before the first."),
    "facts.none_of_kind": _("Nothing is stated of documents of this kind: {kind}."),
    "form.none": _("There is no form for documents of this kind: {kind}."),
    "form.columns": _("{file} is not the form: it needs the columns “line” and “on”, and at most 90 lines."),
    "form.locked": _("{file} is protected by a password. Save it without protection."),
    "form.damaged": _("{file} is damaged and cannot be opened. Save the form again."),
    "form.no_fields": _("{file} has no fields of the form. Fill in the form itself, not a printed or scanned copy."),
    "form.no_such_line": _("The form has no such line; take the names of the lines from an empty form"),
    "form.day": _("This is not a full date; write year-month-day, like 2027-03-01"),
    "form.result": _("This is no result; write positive, negative or unclear"),
    "form.quantity": _("This is not a number, like 12.5"),
    "form.cell": _("This cell cannot be read; write plain text or a date"),
    "requirement.result": _("What was found is for the student and for those who may open the document."),
    "rules.already_there": _("The exchange goes by the rules {version} already."),
    "rules.others_by_now": _(
        "The rules of today are {version}, others than were looked at. Look at the difference again."
    ),
    "requirement.holds": _("It holds through {until}."),
    "requirement.met": _("It is as it should be."),
    "requirement.passport_too_short": _(
        "The passport expires on {day}; it must be valid until {until} at least, {months} months after the stay ends. "
        "Apply for a new one."
    ),
    "requirement.blank_pages": _(
        "The passport has too few blank pages for visas: {pages} of the {least} that are needed. Apply for a new one."
    ),
    "requirement.visa_class": _(
        "The visa is of class {found}; a stay of {days} days needs {visa}. "
        "Ask the host's coordinator before travelling."
    ),
    "requirement.stay_not_permitted": _(
        "The visa permits the stay until {until} only, which is before its last day. Have it extended or changed."
    ),
    "requirement.form_undecided": _(
        "The length of the stay, {days} days, is below the range of every form for the visa. The host's coordinator "
        "decides which one is issued."
    ),
    "requirement.clinic_not_open": _(
        "No active agreement opens the clinic of this host. Plan the stay in a laboratory, or sign the agreement first."
    ),
    "requirement.no_patient_care": _(
        "Exchange students examine and treat nobody. Change the plan to observation before the form is issued."
    ),
    "requirement.b1_unpaid": _("A stay on a B-1 is unpaid. Drop the pay, or apply for a J-1."),
    "requirement.b1_elective": _(
        "On a B-1 only students of a medical school abroad meet patients, in an elective of their third or fourth year "
        "at a teaching hospital. Apply for a J-1, or plan observation only."
    ),
    "requirement.b1_research": _(
        "The plan has work in a laboratory, which a B-1 seldom allows. The host's coordinator decides whether a J-1 is "
        "needed."
    ),
    "requirement.j1_too_long": _(
        "A short-term scholar on a J-1 stays for {months} months at most. Shorten the stay, or have another category "
        "issued."
    ),
    "requirement.j1_degree": _(
        "On a J-1 only holders of a medical degree meet patients by the way. Hand in the diploma, or plan observation."
    ),
    "requirement.j1_letter": _(
        "The letter of five points on incidental patient contact is missing. Ask the host's dean for it."
    ),
    "requirement.day_not_covered": _("{day} is not insured. Extend the cover to every single day, or add a policy."),
    "requirement.days_not_covered": _(
        "The days from {first} to {last} are not insured. Extend the cover to every single day, or add a policy."
    ),
    "requirement.currency": _(
        "The amounts are in {currency}, in which the rule names none. Somebody compares them, or hand in the policy's "
        "schedule in the currency of the rule."
    ),
    "requirement.amount_unknown": _(
        "The amount for {cover} is not stated; at least {least} {currency} are needed. State it as the policy has it."
    ),
    "requirement.amount_too_low": _(
        "The policy pays {found} {currency} for {cover}; at least {least} {currency} are needed. "
        "Take out a higher cover."
    ),
    "requirement.share_unknown": _(
        "The {cover} is not stated; {most} {currency} are the most that is accepted. State it as the policy has it."
    ),
    "requirement.share_too_high": _(
        "The {cover} is {found} {currency}; {most} {currency} are the most that is accepted. Take out another policy."
    ),
    "requirement.copay_unknown": _(
        "The student's share of what is paid together is not stated; at most {most} % are accepted. State it as the "
        "policy has it."
    ),
    "requirement.copay_too_high": _(
        "The student pays {found} % of what is paid together; at most {most} % are accepted. Take out another policy."
    ),
    "requirement.rating_too_low": _(
        "The insurer is rated {rating}; {least} or better by A.M. Best is needed. Take out a policy of another insurer."
    ),
    "requirement.rating_unknown": _(
        "No rating by A.M. Best is stated; {least} or better is needed, or what equals it. Somebody decides whether "
        "this one does."
    ),
    "requirement.exam_in_future": _("The day of the examination, {day}, has not come yet. Correct it."),
    "requirement.exam_too_old": _(
        "The examination of {day} is more than {days} days old when the stay starts. Be examined again."
    ),
    "requirement.exam_notarized": _(
        "The examination is from a private hospital and not notarized. Have it notarized, or go to a public hospital."
    ),
    "requirement.exam_photo_stamp": _(
        "The hospital's stamp does not lie across the photograph. Have the hospital stamp it."
    ),
    "requirement.exam_same_stamp": _(
        "The reports do not bear the stamp of the form. Have the same hospital stamp all of them."
    ),
    "requirement.exam_attached": _("Reports are missing: {reports}. Hand in the form again with the original reports."),
    "requirement.tb_missing": _("No test for tuberculosis is stated. Have one made: an IGRA, or two skin tests."),
    "requirement.tb_unclear": _("The test for tuberculosis has no clear result. Have it repeated."),
    "requirement.tb_second_skin_test": _("One skin test is not enough. Have a second one made, or an IGRA."),
    "requirement.tb_lapses": _(
        "The test for tuberculosis holds until {until}, and the last clinical day is {last}. "
        "Have a new one made before."
    ),
    "requirement.xray_needed": _(
        "The report of a chest X-ray taken on {first} or later is needed. Have it made, and state it with the tests."
    ),
    "requirement.xray_not_clear": _("Occupational health decides on what the chest X-ray shows."),
    "requirement.xray_lapses": _(
        "The chest X-ray holds until {until}, and the last clinical day is {last}. Have a new one made before."
    ),
    "requirement.dose_in_future": _("{day} has not come yet. State only what was given or drawn."),
    "requirement.doses_or_serology": _(
        "Nothing is stated against {antigen}; {least} doses are needed, or a positive test for antibodies. "
        "Be vaccinated, or have the test made."
    ),
    "requirement.dose_missing": _(
        "Against {antigen} {doses} of {least} doses count. Have the next one given on {first} or later."
    ),
    "requirement.dose_too_early": _(
        "A dose against {antigen} was given less than {days} days after the one before and does not count. "
        "Have another one given on {first} or later."
    ),
    "requirement.tdap_missing": _("No dose of Tdap is stated. Have it given once; Td alone does not stand in for it."),
    "requirement.booster_needed": _(
        "The last dose against tetanus counts until {until}, which is {years} years after it. "
        "Have a booster of Tdap or Td given."
    ),
    "requirement.anti_hbs_missing": _(
        "The quantity of antibodies against hepatitis B (anti-HBs) is not stated. Have it measured on {first} or later."
    ),
    "requirement.anti_hbs_low": _("Occupational health decides what the antibodies against hepatitis B ask for."),
    "requirement.influenza": _(
        "No dose against influenza of this season is stated. Have one given between {first} and {last}."
    ),
    "requirement.influenza_later": _(
        "The clinic reaches into a season of influenza that is still to come. Have the dose given on {first} or later."
    ),
    "requirement.background_found": _("The background check is not clear. Somebody decides what follows from it."),
    "requirement.drug_panels": _(
        "The drug screen looked for {found} substances; {least} are needed. Have one made of {least} panels."
    ),
    "requirement.drug_found": _("The drug screen is not clear. Somebody decides what follows from it."),
    "requirement.not_completed": _("{day} has not come yet. State the day on which it was done."),
    "requirement.too_old": _(
        "It is of {day} and may be {days} days old when the stay starts. Have a new one made on {first} or later."
    ),
}
"""What the service refuses or finds, in English: sentences by message id, with their parameters in braces."""
