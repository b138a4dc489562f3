"""What is said of a refusal, a fault of a nomination or a finding, in the reader's language: the one place it is said.

A message has an id and parameters. Its sentence is looked up by the id; each parameter is put into words by its name.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from models.catalogue.programme import Programme
from models.errors import Message, Plain
from models.people.absences import institution_of
from models.vocabulary import StepKind
from texts import words
from texts.answers import INSTEAD, answer_label
from texts.dates import day_words, moment_words
from texts.i18n import _, translations
from texts.labels import UNMET
from texts.sentences import exchanges, files, findings, forms, nominations, people, permissions, service

REFUSALS: dict[str, str] = (
    permissions.SENTENCES
    | exchanges.SENTENCES
    | nominations.SENTENCES
    | files.SENTENCES
    | findings.SENTENCES
    | people.SENTENCES
    | forms.SENTENCES
    | service.SENTENCES
)
"""The sentences in English by message id; the Babel catalogue has the Chinese."""
TERMS = {"fees": _("who pays what"), "housing": _("housing"), "observer": _("observer in the clinic")}


def refusal(error: Message, language: str, programme: Programme | None = None) -> str:
    """The sentence of a message; without the programme its ids stay ids."""
    spoken = _Words(language, programme, error.params)
    sentence = REFUSALS.get(error.message)
    if sentence is None:  # of a newer version of the service
        return error.message
    told = {name: spoken.parameter(name, value) for name, value in error.params.items()}
    return spoken.text(sentence).format(**told)


class _Words:
    """Parameters in a language."""

    def __init__(self, language: str, programme: Programme | None, params: Mapping[str, Plain]) -> None:
        self._language = language
        self._zh = language == "zh"
        self._programme = programme
        self._kind = _kind_in(str(params.get("step") or params.get("step_kind") or ""))

    def text(self, message: str) -> str:
        """A message of the catalogue."""
        return translations(self._language).gettext(message)

    def parameter(self, name: str, value: Plain) -> str:
        """A parameter in words; what its name has no words for stays as it is."""
        if isinstance(value, tuple | list):
            return ("、" if self._zh else ", ").join(self.parameter(name, one) for one in value) or "–"
        say = BY_NAME.get(name)
        return say(self, str(value)) if say else f"{value:g}" if isinstance(value, float) else str(value)

    def of(self, table: Mapping[Any, str], value: str) -> str:
        """What one of a closed set is called."""
        found = table.get(value)
        return self.text(found) if found else value.replace("_", " ")

    def day(self, value: str) -> str:
        return day_words(date.fromisoformat(value), self._language) if _is_iso(value) else value

    def moment(self, value: str) -> str:
        """A moment by the clock of the home institution."""
        home = self._programme.institution(self._programme.home) if self._programme else None
        at = datetime.fromisoformat(value) if _is_iso(value) else None
        return moment_words(at.astimezone(UTC), home.zone if home else "UTC", self._language) if at else value

    def institution(self, value: str) -> str:
        found = self._programme.institution(value) if self._programme else None
        return (found.name_zh if self._zh and found.name_zh else found.name) if found else value

    def unit(self, value: str) -> str:
        for institution in self._programme.institutions.values() if self._programme else ():
            found = institution.unit(value)
            if found is not None:
                return found.name_zh if self._zh and found.name_zh else found.name
        return value

    def person(self, value: str) -> str:
        found = institution_of(self._programme, value) if self._programme else None
        return found[1].name if found else value

    def kind(self, value: str) -> str:
        """A kind of document."""
        found = self._programme.policy.document(value) if self._programme else None
        return (found.title_zh if self._zh else found.title) if found else value.replace("_", " ")

    def step(self, value: str) -> str:
        """A step by its id or kind."""
        kind = _kind_in(value)
        found = self._programme.policy.steps.get(kind) if self._programme and kind else None
        title = (found.title_zh if self._zh else found.title) if found else (kind or value).replace("_", " ")
        return f"“{title}”" if kind and not self._zh else title

    def law(self, value: str) -> str:
        """A law as it is cited, or the id of a rule."""
        steps = self._programme.policy.steps.values() if self._programme and self._zh else ()
        return next((step.law_zh for step in steps if step.law == value and step.law_zh), value)

    def answer(self, value: str) -> str:
        """An answer to the step that the message names, as on its button."""
        if self._programme and self._kind:
            return answer_label(self._programme.policy, self._kind, value, self._language).replace("_", " ")
        return value.replace("_", " ")

    def condition(self, value: str) -> str:
        """What a certificate still lacks."""
        rule, _dot, rest = value.partition(".")
        condition, _dot, content = rest.partition(".")
        return UNMET[self._language].get(f"{rule}.{condition}", value).format(content=self.of(words.CONTENTS, content))


def _kind_in(step: str) -> StepKind | None:
    """The kind of a step by its id, or the kind itself."""
    return next((StepKind(part) for part in step.split(".") if part in set(StepKind)), None)


def _is_iso(value: str) -> bool:
    try:
        return bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _table(table: Mapping[Any, str]) -> Callable[[_Words, str], str]:
    return lambda spoken, value: spoken.of(table, value)


BY_NAME: dict[str, Callable[[_Words, str], str]] = (
    dict.fromkeys(("day", "first", "last", "until", "on", "start", "latest"), _Words.day)
    | dict.fromkeys(("host", "sending", "institution", "home", "hosts"), _Words.institution)
    | dict.fromkeys(("kind", "kinds"), _Words.kind)
    | dict.fromkeys(("step", "step_kind"), _Words.step)
    | dict.fromkeys(("outcome", "answer", "answers"), _Words.answer)
    | dict.fromkeys(("content", "other_content"), _table(words.CONTENTS))
    | dict.fromkeys(("level", "levels"), _table(words.LEVELS))
    | dict.fromkeys(("objective", "objectives"), _table(words.SKILLS))
    | {
        "moment": _Words.moment,
        "act": _table(INSTEAD),
        "by": _Words.person,
        "unit": _Words.unit,
        "laws": _Words.law,
        "unmet": _Words.condition,
        "terms": _table(TERMS),
        "roles": _table(words.ROLES),
        "stage": _table(words.STAGES),
        "column": _table(words.COLUMNS),
        "options": _table(words.CHOICES),
        "states": _table(words.MESSAGE_STATES),
    }
)
"""How a parameter is put into words, by its name."""
