"""What is said of a refusal, a fault of a nomination or a finding, in the reader's language: the one place it is said.

A message has an id and parameters. Its sentence is looked up by the id; each parameter is put into words by its name.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from models.catalogue.faults import CatalogueError, CatalogueFault
from models.catalogue.policy import Policy
from models.catalogue.programme import Programme
from models.errors import Kept, Message, Plain, Refused, SojournError, Unavailable
from models.vocabulary import StepKind
from texts import forms, labels
from texts.answers import INSTEAD
from texts.clearances import CLEARANCES
from texts.dates import day_words, moment_words
from texts.document_words import MISSING_SIGNS, ZONE_FIELDS
from texts.i18n import _, _p, translated
from texts.letters import LACKING, LETTERS
from texts.names import Names
from texts.requirements import ANTIGENS, COVERS, REPORTS
from texts.sentences import (
    audit,
    catalogue,
    changes,
    clearances,
    consents,
    conversation,
    exchanges,
    files,
    findings,
    nominations,
    people,
    permissions,
    requirements,
    service,
    sessions,
    typed,
)
from texts.sentences import forms as form_faults

REFUSALS: dict[str, str] = (
    permissions.SENTENCES
    | exchanges.SENTENCES
    | changes.SENTENCES
    | nominations.SENTENCES
    | files.SENTENCES
    | findings.SENTENCES
    | requirements.SENTENCES
    | clearances.SENTENCES
    | consents.SENTENCES
    | conversation.SENTENCES
    | people.SENTENCES
    | form_faults.SENTENCES
    | service.SENTENCES
    | audit.SENTENCES
    | catalogue.SENTENCES
    | sessions.SENTENCES
    | typed.SENTENCES
)
"""The sentences in English by message id; the Babel catalogue has the Chinese."""
NOBODY = Programme(
    home="none",
    institutions={},
    disciplines=(),
    policy=Policy(version="", steps={}, ladders={}, documents=(), rules={}, objectives={}),
    fees=(),
)
"""A programme that knows no names: ids stay ids."""
BY_NAME_AND_WORDS = _p("answer", "{name} ({words})")
"""An answer by the name that the API and the command line take; where names are not read, by its words alone."""
QUOTED = _p("step", "“{title}”")
"""A step in a sentence; in Chinese the sentences have the marks."""
TERMS = {"fees": _("who pays what"), "housing": _("housing"), "observer": _("observer in the clinic")}


def refusal(error: Message, language: str, programme: Programme | None = None) -> str:
    """The sentence of a message; without the programme its ids stay ids."""
    sentence = REFUSALS.get(error.message)
    if sentence is None:  # of a newer version of the service
        return error.message
    words = _Words(programme or NOBODY, language)
    params = words.of(error)
    if isinstance(error, CatalogueError):
        params["faults"] = "\n".join(f"  {_at(fault, words)}" for fault in error.faults)
    return translated(sentence, language).format_map(_Told(params))


def kind_of(error: SojournError, language: str) -> str:
    """How the line of an error begins."""
    if isinstance(error, Refused):
        return translated(_("Refused ({code})"), language).format(code=error.code)
    if isinstance(error, Kept):
        return translated(_p("error", "Kept"), language)
    away = isinstance(error, Unavailable)
    return translated(_("Not available now") if away else _("An operator must look"), language)


def catalogue_reason(fault: CatalogueFault, language: str) -> str:
    """Why a catalogue cannot be used, at one key of it."""
    reason = refusal(fault, language)
    if not fault.found:
        return reason
    return translated(_("{reason} (found “{found}”)"), language).format(reason=reason, found=fault.found)


def _at(fault: CatalogueFault, words: Names) -> str:
    """A fault with its file and key."""
    parts = (fault.file, fault.key, catalogue_reason(fault, words.language))
    return words.colon.join(part for part in parts if part)


class _Told(dict[str, str]):
    """Parameters by name; what an earlier version of the service did not record is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


class _Words(Names):
    """Parameters in a language; without a programme its ids stay ids."""

    def of(self, error: Message) -> dict[str, str]:
        """The parameters of a message in words."""
        step = _kind_in(str(error.params.get("step") or error.params.get("step_kind") or ""))
        return {name: self._said(name, value, step) for name, value in error.params.items()}

    def _said(self, name: str, value: Plain, step: StepKind | None) -> str:
        """A parameter by its name; what its name has no words for stays as it is."""
        if isinstance(value, tuple | list):
            return self.listed(self._said(name, one, step) for one in value) or "–"
        if name == "outcome" and step is not None:
            return self.done(step, str(value))
        if name == "answers" and step is not None:
            words = self.answer(step, str(value))
            return translated(BY_NAME_AND_WORDS, self.language).format(name=value, words=words)
        say = BY_NAME.get(name)
        return say(self, str(value)) if say else f"{value:g}" if isinstance(value, float) else str(value)

    def day(self, value: str) -> str:
        """A day in words."""
        return day_words(date.fromisoformat(value), self.language) if _is_iso(value) else value

    def moment(self, value: str) -> str:
        """A moment by the clock of the home institution."""
        home = self.programme.institution(self.programme.home)
        at = datetime.fromisoformat(value) if _is_iso(value) else None
        return moment_words(at.astimezone(UTC), home.zone if home else "UTC", self.language) if at else value

    def quoted_step(self, value: str) -> str:
        """A step by its id or kind."""
        title = self.step(_kind_in(value) or value)
        return translated(QUOTED, self.language).format(title=title)

    def objective(self, value: str) -> str:
        """What is rated: an objective of the programme, or what a supervisor rates."""
        return self.objectives().get(value) or self.label(forms.SKILLS, value)

    def cited(self, value: str) -> str:
        """A law as it is cited, or the id of a rule."""
        found = (step for step in self.programme.policy.steps.values() if step.law == value)
        return next((self.law(step.kind) for step in found), value)


def _kind_in(step: str) -> StepKind | None:
    """The kind of a step by its id, or the kind itself."""
    return next((StepKind(part) for part in step.split(".") if part in set(StepKind)), None)


def _is_iso(value: str) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _table(table: Mapping[Any, str]) -> Callable[[_Words, str], str]:
    return lambda spoken, value: spoken.label(table, value)


BY_NAME: dict[str, Callable[[_Words, str], str]] = (
    dict.fromkeys(("day", "first", "last", "until", "on", "start", "latest", "was_first", "was_last"), _Words.day)
    | dict.fromkeys(("host", "sending", "institution", "home", "hosts"), _Words.institution)
    | dict.fromkeys(("kind", "kinds"), _Words.document)
    | dict.fromkeys(("step", "step_kind", "steps"), _Words.quoted_step)
    | dict.fromkeys(("content", "other_content", "contents"), _Words.content)
    | dict.fromkeys(("level", "levels"), _table(labels.LEVELS))
    | dict.fromkeys(("objective", "objectives"), _Words.objective)
    | {
        "moment": _Words.moment,
        "antigen": _table(ANTIGENS),
        "cover": _table(COVERS),
        "reports": _table(REPORTS),
        "act": _table(INSTEAD),
        "by": _Words.person,
        "clearance": _table(CLEARANCES),
        "lacks": _table(LACKING),
        "letter": _table(LETTERS),
        "unit": _Words.unit,
        "laws": _Words.cited,
        "missing_signs": _table(MISSING_SIGNS),
        "unmet": _Words.unmet,
        "zone_fields": _table(ZONE_FIELDS),
        "terms": _table(TERMS),
        "roles": _table(labels.ROLES),
        "stage": _table(labels.STAGES),
        "column": _table(forms.COLUMNS),
        "cells": _table(forms.COLUMNS),
        "options": _table(forms.CHOICES),
        "notice": _table(labels.NOTICES),
        "states": _table(labels.MESSAGE_STATES),
    }
)
"""How a parameter is put into words, by its name."""
