"""Parts of the service, connections to other systems, and what an operator reads."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "temporal.away": _("The workflow service is away. Nothing is lost; send it again in a moment."),
    "temporal.silent": _("Temporal does not answer at {target}. Is it running? `sojourn up` starts one."),
    "temporal.other": _(
        "What answers at {target} is not Temporal: another service's port, or one that wants TLS. "
        "Correct SOJOURN_TEMPORAL_ADDRESS."
    ),
    "temporal.address": _("{target} is no address of Temporal. Correct SOJOURN_TEMPORAL_ADDRESS: a host and a port."),
    "temporal.namespace": _(
        "Temporal does not know the namespace {namespace}. Correct SOJOURN_TEMPORAL_NAMESPACE, or create it."
    ),
    "temporal.login": _("Temporal refuses the login ({status}). Correct the key or certificate in TEMPORAL_*."),
    "temporal.certificate": _(
        "A certificate or key for Temporal is missing or cannot be read. Correct the files that TEMPORAL_TLS_* names."
    ),
    "temporal.profile": _("Temporal's profile file cannot be read. Correct the file that TEMPORAL_CONFIG_FILE names."),
    "temporal.file": _(
        "Temporal's file {path} cannot be read. Put a copy back, or move it aside and run `sojourn recover`."
    ),
    "recover.no_records": _(
        "Workflows run that would be ended ({running}), and this database knows no exchange. Is it the right one? "
        "Correct SOJOURN_DATABASE_URL. Nothing was changed."
    ),
    "worker.away": _("No worker is running. Nothing is lost; send it again in a moment."),
    "workflow.waits": _(
        "The last step of this workflow failed and is tried again by itself. Nothing is lost; send it again later."
    ),
    "temporal.attributes": _("Register these search attributes in namespace {namespace}: {names}."),
    "temporal.answered": _("Temporal answered {status}. An operator must look."),
    "answer.late": _("No answer in time. The act may still happen; repeating it changes nothing twice."),
    "workflow.no_answer": _("The workflow could not answer. An operator must look at its history."),
    "workflow.answered_otherwise": _("The workflow answered {got}; the gateway expected {expected}."),
    "act.kept": _(
        "What you asked is kept, not yet taken. It is done as soon as the service is whole again; you need not ask "
        "again."
    ),
    "act.unknown": _("You asked nothing under this key."),
    "act.unreadable": _("An act of the kind {what} is of a newer version of the service; a worker of it takes it up."),
    "act.failed": _("The act failed in the workflow: {error}. An operator must look at its history."),
    "failure.earlier": _("{text}"),
    "request.unreadable": _("The workflow could not read the request; a field is missing or of the wrong kind."),
    "request.invalid": _("These fields of the request cannot be taken: {fields}."),
    "request.not_json": _("The body is not JSON."),
    "request.too_large": _("The request is too large."),
    "request.too_slow": _("The request stopped coming."),
    "request.overdue": _("No answer came in time. Nothing is lost and nothing is done twice: send it again."),
    "idempotency.another_request": _(
        "Something else was asked under this id. Load the page anew and enter this again, or give it another id."
    ),
    "request.method": _("This address does not take this method."),
    "request.refused": _("The request cannot be taken."),
    "token.needed": _("Send a token that holds: `Authorization: Bearer sj_…`."),
    "token.lacks_scope": _("This token lacks the scope {scope}."),
    "token.too_many_calls": _("At most {most} calls a minute."),
    "service.failed": _("The service failed. Nothing is lost; an operator must look."),
    "database.none": _("There is no database at {file}. Start `sojourn up`, or run `sojourn migrate`."),
    "database.busy": _("The database is away or busy. Nothing is lost; send it again in a moment."),
    "database.gone": _("The database went away. Nothing is lost; send it again in a moment."),
    "database.no_file": _("The database address names no file."),
    "database.silent": _("The database does not answer. Is it running, and is SOJOURN_DATABASE_URL right?"),
    "database.locked": _("Another process holds the database. Nothing is lost; send it again in a moment."),
    "database.full": _("The disk of the database is full. Nothing is lost; free some space and send it again."),
    "database.read_only": _(
        "The database cannot be written: its file or folder is read-only. Nothing is lost; make it writable for the "
        "service's user."
    ),
    "database.unopened": _(
        "The database file cannot be opened: its path is wrong, or its folder may not be read and written. "
        "Correct SOJOURN_DATABASE_URL, or the rights of the service's user."
    ),
    "database.disk": _("The disk of the database fails to read or write. Look at the disk; nothing more is recorded."),
    "database.damaged": _(
        "The database cannot be read: its file is damaged, or no database. Put the last backup in its place."
    ),
    "database.login": _("The database refuses the login. Correct user and password in SOJOURN_DATABASE_URL."),
    "database.unknown": _("The server has no such database. Create it, or correct SOJOURN_DATABASE_URL."),
    "database.other": _(
        "What answers at the address of the database is not PostgreSQL. Correct host and port in SOJOURN_DATABASE_URL."
    ),
    "database.address": _(
        "SOJOURN_DATABASE_URL cannot be read. Write `sqlite+aiosqlite:///FILE` or "
        "`postgresql+psycopg://USER:PASSWORD@HOST/NAME`."
    ),
    "database.not_ours": _(
        "The database belongs to another application. Give the service one of its own in SOJOURN_DATABASE_URL."
    ),
    "database.newer": _(
        "The database is of a newer version of the service (schema {revision}). Install that one, or restore a backup."
    ),
    "database.older": _(
        "The database is of an earlier version of the service (schema {revision}). Run `sojourn migrate`."
    ),
    "disk.full": _("The disk is full: {path} cannot be written. Nothing is lost; free some space."),
    "path.read_only": _("{path} may not be read or written. Make it accessible for the service's user."),
    "path.unusable": _("{path} cannot be used ({reason})."),
    "key.damaged": _(
        "The key file {path} is damaged. Put a copy back; without one delete it: links in mails, webhook secrets and "
        "what it sealed are lost."
    ),
    "up.running": _("`sojourn up` runs in this folder already (process {pid}). Stop it first, or use another folder."),
    "up.leftover": _("{name} (process {pid}) of an earlier `sojourn up` does not end. End it by hand."),
    "database.not_set_up": _("The database has not been set up. Start `sojourn up`, or run `sojourn migrate`."),
    "transaction.second": _("Another transaction was first ({constraint})."),
    "stream.neither": _("{stream} is neither an exchange nor a cohort."),
    "stream.never_opened": _("{stream} was never opened."),
    "stream.no_exchange": _("{stream} has no exchange."),
    "stream.no_beginning": _("{stream} did not begin with its first event."),
    "calendar.no_institution": _("The catalogue has no institution {institution}: its calendar is unknown."),
    "catalogue.faults": _("The catalogue has faults; correct these files and start again.\n{faults}"),
    "calendar.no_holidays": _("No holidays are known for {country} {subdivision}."),
    "calendar.no_working_day": _("The calendar has no working day around {day}."),
    "hours.from_a_day": _("Hours are counted from a moment, not from a day."),
    "route.unknown": _("{route} is no route that names a policy."),
    "route.unguarded": _("Routes without a policy: {routes}."),
    "process.ended": _("{name} ended while starting. Its log is {log}; the last line: {line}"),
    "process.silent": _("{name} does not answer after {seconds} s. Its log is {log}; the last line: {line}"),
    "port.taken": _("Port {port} for {name} is taken. Stop what listens there, or set {setting} to another port."),
    "port.none": _("No free port on this machine."),
    "program.missing": _("{name} is not installed. Run `make install`."),
    "task.mail_refused": _(
        "Message {number} ({notice}) was refused: {error}. Correct the address, then queue it again."
    ),
    "task.mail_unwritable": _(
        "Message {number} ({notice}) cannot be written: {error}. Mend the cause, then queue it again."
    ),
    "task.mail_bounced": _(
        "Message {number} ({notice}) to {by} came back: {error}. Correct the address, then queue it again."
    ),
    "task.bounce_inbox": _("The inbox of returned mail cannot be read since {moment}: {error}. Correct the settings."),
    "bounce.form": _("These are no reports: each needs return_path, action (failed or delayed), and may have status."),
    "bounce.secret": _("Name the secret for reports of mail hosts as a bearer token."),
    "bounce.kind": _("Send a returned mail as message/rfc822, or reports as application/json."),
    "bounce.too_many": _("At most {most} reports at a time."),
    "task.mail_delayed": _("Message {number} ({notice}) has been put off since {moment}: {error}."),
    "task.record_unread": _(
        "The record {row} of {table} cannot be read ({part}) and is left out. Enter it again, or correct it."
    ),
    "task.mail_host": _("Mail host away since {moment}: {error}. Nothing is lost; sending goes on by itself."),
    "task.sender_refused": _("The mail host refuses our sender since {moment}: {error}. Correct the settings."),
    "task.login_refused": _("The mail host refuses our login since {moment}: {error}. Correct the settings."),
    "mail.unknown": _("There is no such message; `sojourn mail list` prints the keys."),
    "mail.sent": _("This message has been sent; nothing is sent twice."),
    "mail.queued": _("This message is queued already and goes out by itself."),
    "mailbox.none": _("There is no mailbox."),
    "mailbox.no_such_mail": _("There is no such mail."),
    "connections.closed": _("Connections are not open here."),
    "endpoint.unknown": _("There is no such endpoint, or it is not yours."),
    "endpoint.too_many": _("The institution has {most} endpoints already; remove one first."),
    "description.too_long": _("The description has more than 200 characters."),
    "kinds.unknown": _("{event_type} is no type of event."),
    "delivery.unknown": _("There is no such delivery."),
    "delivery.on_its_way": _("This delivery is on its way, or was accepted; nothing is sent twice."),
    "delivery.for_coordinators": _("A coordinator tries it again."),
    "secret.unreadable": _("A webhook's secret cannot be read: SOJOURN_SECRET_KEY has changed. Rotate it."),
    "url.not_an_address": _("This is no address."),
    "url.https": _("The address must begin with https://."),
    "url.host_only": _("The address must name a host, and no user, password or fragment."),
    "url.plain": _("The address must be written in plain characters; a name in others in its xn-- form."),
    "url.port": _("The address must use port 443 or 8443."),
    "event.unknown": _("There is no such event."),
    "event.underway": _("It was received; what it means is being done."),
    "event.too_large": _("The event is larger than {most} kB."),
    "event.not_cloudevent": _("This is no CloudEvent 1.0 in JSON; specversion, id, source and type must be there."),
    "event.not_batch": _("A batch is a JSON array of CloudEvents."),
    "event.too_many": _("A batch holds at most {most} events."),
    "event.ids_too_long": _("The id, source and type of an event have at most 120 characters."),
    "event.unkeepable": _(
        "The event holds what cannot be kept: NaN, Infinity, U+0000, or one half of a surrogate pair."
    ),
    "event.unmapped": _("{event_type} means nothing here; these do: {event_types}."),
    "event.no_exchange": _("The data must be an object with an exchange_id, like EX-2027-DAR-007."),
    "event.invalid": _("These fields of the event cannot be taken: {fields}."),
}
