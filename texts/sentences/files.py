"""Files that were sent, and tables in them."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "file.choose": _("Choose a file."),
    "file.not_found": _("There is no file {file}."),
    "file.empty": _("{file} is empty."),
    "file.too_large": _("{file} has {size} MB; at most {most} MB are taken."),
    "reader.failed": _("The document could not be read on this machine. Try again."),
    "file.unreadable": _("{file} cannot be read: {reason}."),
    "file.impossible_name": _("{file} cannot be read: its name is impossible."),
    "file.unwritable": _("{file} cannot be written: {reason}."),
    "file.exists": _("{file} exists already; name another file for the template."),
    "file.there": _("{file} exists already; name another file."),
    "file.one_row": _("{file} has {rows} rows; it must hold the corrected row alone."),
    "file.cells_at_fault": _("{file}: correct the cells named above and send the file again."),
    "file.not_a_hash": _("A file is recorded under something that is no SHA-256."),
    "file.lost": _("File {hash}… is not in the store; restore it from the backup."),
    "file.damaged": _("File {hash}… is damaged in the store; restore it from the backup."),
    "vault.no_key": _("No key seals files and facts. Set SOJOURN_VAULT_KEYS, or SOJOURN_SECRET_KEY."),
    "vault.keys_malformed": _(
        "Key {number} of SOJOURN_VAULT_KEYS cannot be used. Write ID=KEY,ID=KEY: 32 bytes in base64 each, under ids of "
        "their own."
    ),
    "vault.key_missing": _("SOJOURN_VAULT_KEYS lacks the key {key}. Put it back from your copy of the keys."),
    "vault.key_wrong": _(
        "The key {key} does not open what it sealed. Put the key of this id back from your copy of the keys."
    ),
    "vault.unreadable": _("What was sealed is damaged, or belongs to somebody else. Restore it from the backup."),
    "vault.never_made": _("The data key is not in the database. Restore the database from the backup."),
    "vault.erased": _("This was erased, and nobody can read it any more."),
    "erasure.code": _("Type the code of the exchange to confirm: {exchange}."),
    "document.erased": _("Erased on {day} under the retention rule {rule}: nobody can read it any more."),
    "erasure.others_by_now": _("Other papers would be erased by now than those you named. Look again, then erase."),
    "erasure.held": _("A legal hold lasts on this student's papers. Lift it first."),
    "erasure.goes_on": _("An exchange of this student goes on; papers are erased after it has ended."),
    "erasure.retained": _("Everything of this student must be kept still, the first papers until {moment}."),
    "erasure.ledger": _("The ledger of erasures {path} is damaged. Put its copy back."),
    "hold.reason": _("Say why in 1 to {most} characters."),
    "hold.unknown": _("There is no such legal hold."),
    "vault.of_the_service": _("The service's own data keys are not erased."),
    "files.away": _("The file store does not answer ({error})."),
    "upload.empty": _("The file is empty."),
    "upload.too_large": _("The file is larger than {most} MB."),
    "upload.before_pdf": _(
        "Something stands in front of the PDF in this file. Export or scan it again as a PDF alone."
    ),
    "upload.after_end": _("Another file is hidden behind this one. Export or scan it again as a file of its own."),
    "upload.active": _(
        "This PDF has scripts, forms or other content that acts by itself. Print it to a new PDF, or scan it."
    ),
    "upload.embedded": _("This PDF carries other files. Hand each in by itself; print this one to a new PDF."),
    "upload.opaque": _("This PDF is damaged and nobody can see what is in it. Export or scan it again."),
    "upload.unfolds": _("This PDF unfolds to far more than a document holds. Scan it again at 300 dpi."),
    "directory.none": _("{directory} is no directory."),
    "plan.neither": _("{what} is neither a file nor an exchange, like EX-2027-DAR-007."),
    "sheet.too_large": _("{file} is larger than {most} MB. Split it into several files."),
    "sheet.too_many_rows": _("{file} has more than {most} rows. Split it into several files."),
    "sheet.too_many_for_page": _("The file has {rows} rows; at most {most} are corrected on a page. Split it."),
    "sheet.other_format": _("Send a CSV or XLSX file."),
    "sheet.old_or_locked": _("{file} is an old .xls file or has a password. Save it as .xlsx without one."),
    "sheet.encoding_unclear": _(
        "{file} is not in UTF-8. Save it as “CSV UTF-8”, or say which encoding it is in: {encodings}."
    ),
    "sheet.encoding_wrong": _("{file}, line {line}: this is no text in {encoding}."),
    "sheet.encoding_unknown": _("This is no encoding known here; say one of: {encodings}."),
    "sheet.not_text": _("{file}, line {line}: this is no text. Send a CSV or XLSX file."),
    "sheet.quotes": _("{file}, line {line}: the quotation marks do not match, or a cell is too long."),
    "sheet.damaged": _("{file} is damaged or no XLSX workbook. Open it, save it as .xlsx and send it again."),
    "sheet.unpacks": _("{file} unpacks to more than {most} MB. Send the values alone, or a CSV file."),
    "sheet.too_many_cells": _("{file} has more than {most} cells. Split it into several files."),
    "sheet.too_much_text": _("{file} holds more than {most} characters. Split it into several files."),
    "sheet.too_many_strings": _("{file} holds more than {most} texts. Send the values alone, or a CSV file."),
    "sheet.too_many_sheets": _("{file} has more than {most} worksheets. Send the one with the students."),
    "sheet.too_heavy": _("{file} takes more time or memory to read than a list of students. Send it as a CSV file."),
    "sheet.busy": _("Other files are being read; send it again in a minute."),
    "sheet.one_at_a_time": _("Another file of yours is still being read; send this one when it is done."),
    "sheet.no_worksheet": _("{file} has no visible worksheet."),
    "sheet.rows_claimed": _("{file} claims more rows than a worksheet can have."),
    "nominations.empty": _("{file} is empty. Start from the template: its first row holds the column names."),
    "nominations.columns_missing": _("{file}: the first row must hold the column names: {columns}."),
    "nominations.columns_wrong": _(
        "{file}: the column names do not match. Missing: {missing}; unknown: {unknown}; twice: {twice}."
    ),
    "nominations.columns_hidden": _(
        "{file}: these columns are hidden: {columns}. Show them, or delete them if they are not meant."
    ),
    "fonts.none": _("{directory} has no font in it, TrueType or OpenType."),
    "template.unknown": _("There is no such template."),
    "export.too_many": _("There are more than {most} lines; ask for fewer days, or for one exchange."),
    "export.unknown": _("There is no such export."),
}
