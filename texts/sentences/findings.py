"""What checks of a document found (D17, D18, D21, D22)."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "finding.empty": _("The file is empty. Upload it again."),
    "finding.too_large": _("The file has {size} MiB; at most {most} MiB are accepted. Scan it at a lower resolution."),
    "finding.wrong_type": _("By its content the file is {found}; accepted are {accepted}."),
    "finding.no_known_type": _(
        "By its content the file is of no type that can be recognised; accepted are {accepted}."
    ),
    "finding.misleading_name": _("The file is a {found} named .{extension}; others may fail to open it."),
    "finding.damaged": _("The file is damaged and cannot be opened. Scan or export it again."),
    "finding.protected": _("The file is protected by a password. Save it without protection."),
    "finding.unfolds": _("The file unfolds to far more than a document holds. Scan it again at 300 dpi."),
    "finding.no_pages": _("The file has no pages."),
    "finding.empty_pages": _("The pages of the file are empty. Scan it again."),
    "finding.too_few_pages": _("The file has too few pages: {pages}; at least {least} are expected."),
    "finding.too_many_pages": _("The file has too many pages: {pages}; at most {most} are expected."),
    "finding.too_small": _("The picture has {width} × {height} pixels; each side needs at least {least}."),
    "finding.strip": _("The picture has {width} × {height} pixels, which is a strip; upload the whole page."),
    "finding.expiry_needed": _("State the day on which the document expires."),
    "finding.expires_too_soon": _("It expires on {day}; it must be valid until {until} at least."),
    "finding.expires_too_soon_after_stay": _(
        "It expires on {day}; it must be valid until {until} at least, {months} months after the stay ends."
    ),
    "finding.issue_needed": _("State the day on which the document was issued."),
    "finding.issued_in_future": _("The date of issue, {day}, has not come yet."),
    "finding.expires_before_issue": _("The expiry date is before the date of issue."),
    "finding.too_old_in_clinic": _(
        "It must hold through the last clinical day, {day}, and does so for {most} days. Obtain a new one."
    ),
    "finding.too_old": _(
        "It will be {days} days old when the stay starts; at most {most} are accepted. Obtain a new one."
    ),
    "finding.passport_differs": _(
        "The passport does not agree with what was typed: {zone_fields}. Hand in the student's own passport, or have"
        " what was typed corrected."
    ),
    "finding.passport_expired": _("The passport has expired. Hand in the new one."),
    "finding.zone_missing": _(
        "The two machine-readable lines of the passport were not found. Somebody will look at it; a sharp picture of"
        " the whole page with the photograph needs nobody."
    ),
    "finding.zone_unsure": _(
        "The two machine-readable lines of the passport could not be read for certain: {zone_fields}. Somebody will"
        " compare them with the picture."
    ),
    "finding.zones_of_several": _("There are passports of several people on it. Somebody will look at it."),
    "finding.specimen": _("It is a specimen of a passport. Somebody will look at it."),
    "finding.not_read": _("It could not be read by machine. Somebody will look at it."),
    "finding.wrong_kind": _("It is another document: {kind}. What is asked for: {kinds}."),
    "finding.kind_unsure": _("It does not say plainly what it is. Somebody will look at it."),
    "finding.another_holder": _("It is in the name of another person. Hand in the student's own."),
    "finding.holder_not_found": _("The student's name was not found on it. Somebody will look at it."),
    "finding.signs_missing": _("Not found on it: {missing_signs}. Somebody will look at it."),
    "finding.same_file_as": _("The same file was handed in as another document: {kinds}. Somebody will look at it."),
    "finding.file_known": _("The same file was handed in elsewhere. Somebody will look at it."),
}
