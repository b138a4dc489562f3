"""The catalogue read from TOML: one file per institution, and the programme's steps, ladders, documents and rules.

A value `D12.host_decision_weeks` stands for that value of `rules.toml`, `-D12.host_decision_weeks` for its negative.
Every file is read and every fault told at once.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from models.catalogue.checks import DisciplineList, Facts, ProgrammeFile, faults_of
from models.catalogue.faults import CatalogueError, CatalogueFault, wrong
from models.catalogue.jurisdiction import Jurisdiction
from models.catalogue.kept import RetentionRule
from models.catalogue.key_paths import label_of, path_of
from models.catalogue.logos import Logo, read_logo
from models.catalogue.policy import DocumentPolicy, LadderRule, Policy, Rule, StepPolicy
from models.catalogue.programme import Agreement, Discipline, Institution, MessageTemplate, Programme
from models.catalogue.served import Serving
from models.catalogue.transfers import TransferNotice
from models.errors import Param
from models.invalid import invalid
from models.vocabulary import StepKind

Model = TypeVar("Model", bound=BaseModel)

_REFERENCE = re.compile(r"(-?)(D\d+)\.([a-z0-9_]+)")
_AT = re.compile(r"\(at line (\d+), column (\d+)\)$")
_SAYS_ALL = frozenset({"value.missing", "value.unknown"})
"""What is wrong whatever stands there."""
INSTITUTIONS, JURISDICTIONS = "institutions", "jurisdictions"


def load_programme(extra: Path | None = None) -> Programme:
    """The whole catalogue, checked.

    Every `*.toml` in the directory `extra` is one more institution; one with the id of a packaged institution replaces
    it. An agreement that only one side lists holds for both.

    Raises:
        CatalogueError: with every fault of every file.
    """
    return _packaged() if extra is None else read_programme(packaged_catalogue(), extra)


@cache
def _packaged() -> Programme:
    return read_programme(packaged_catalogue())


def packaged_catalogue() -> Traversable:
    """The directory that comes with the service."""
    return resources.files("models") / "catalogue"


def read_programme(catalogue: Traversable, extra: Path | None = None) -> Programme:
    """A catalogue from a directory laid out like the packaged one; see `load_programme`.

    Raises:
        CatalogueError: with every fault of every file.
    """
    reader = _Reader(catalogue)
    facts = reader.facts(extra)
    faults = [*reader.faults, *faults_of(facts)]
    if faults or facts.programme is None:
        raise CatalogueError(fault for place, fault in enumerate(faults) if fault not in faults[:place])
    return _programme(facts, facts.programme)


def _programme(facts: Facts, file: ProgrammeFile) -> Programme:
    policy = Policy(
        version="",
        steps={StepKind(kind): step for kind, step in facts.steps.items()},
        ladders=facts.ladders,
        documents=_documents(facts),
        rules=facts.rules,
        objectives=file.objectives,
        serving=_serving(facts, file),
        attendance_above=file.attendance_above,
        student_evaluation_week=file.student_evaluation_week,
    )
    own = {i.id: i.rules for _, i in facts.institutions if i.rules}
    laws = {law.country: law for _, law in facts.jurisdictions}
    return Programme(
        home=file.home,
        institutions=_with_both_sides({i.id: i for _, i in facts.institutions}),
        logos=dict(facts.logos),
        disciplines=facts.disciplines,
        policy=policy.model_copy(update={"version": f"{file.revised}.{_digest(policy, laws, own)}"}),
        fees=file.fees,
        fees_zh=file.fees_zh,
        limits=file.limits,
        retention={str(purpose): days for purpose, days in file.retention.items()},
        objectives_zh=file.objectives_zh,
        jurisdictions=laws,
        messages=facts.messages,
        kept=tuple(facts.kept.values()),
        notices=tuple(facts.notices.values()),
    )


def _documents(facts: Facts) -> tuple[DocumentPolicy, ...]:
    """The programme's kinds of documents with who asks for none, then those that single hosts ask for."""
    institutions = [institution for _, institution in facts.institutions]
    found = [
        one.model_copy(update={"not_at": tuple(i.id for i in institutions if one.kind in i.without_documents)})
        for one in facts.documents
    ]
    own: dict[str, DocumentPolicy] = {}
    for institution in institutions:
        for one in institution.documents:
            hosts = (*own[one.kind].hosts, institution.id) if one.kind in own else (institution.id,)
            own[one.kind] = one.model_copy(update={"hosts": hosts})
    return (*found, *own.values())


def _serving(facts: Facts, file: ProgrammeFile) -> Serving:
    units = (unit for _, institution in facts.institutions for unit in institution.units)
    own = {unit.id: unit.objectives for unit in units if unit.objectives is not None}
    return Serving(by_content=file.served, of_units=own)


def _digest(policy: Policy, laws: Mapping[str, Jurisdiction], own: Mapping[str, Any]) -> str:
    said: list[Any] = [
        policy.model_dump(mode="json"),
        {country: law.model_dump(mode="json") for country, law in laws.items()},
    ]
    said += [own] if own else []
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:10]


def _with_both_sides(institutions: dict[str, Institution]) -> dict[str, Institution]:
    """Adding a partner is adding one file: what only one side lists is agreed by both."""
    missing: dict[str, list[Agreement]] = {}
    for institution in institutions.values():
        for agreement in institution.agreements:
            if institutions[agreement.partner].agreement(institution.id) is None:
                mirrored = agreement.model_copy(update={"partner": institution.id})
                missing.setdefault(agreement.partner, []).append(mirrored)
    return {
        id: institution.model_copy(update={"agreements": (*institution.agreements, *missing.get(id, ()))})
        for id, institution in institutions.items()
    }


class _Disciplines(BaseModel):
    lists: dict[str, DisciplineList]
    disciplines: list[dict[str, Any]]


class _Documents(BaseModel):
    defaults: dict[str, Any] = Field(default_factory=dict)
    documents: list[dict[str, Any]]


class _Reader:
    """Reads files into models; what cannot be read is noted and left out."""

    def __init__(self, catalogue: Traversable) -> None:
        self.faults: list[CatalogueFault] = []
        self._catalogue = catalogue
        self._named: dict[str, frozenset[str]] = {}
        self._rules: dict[str, Rule] = {}
        self._logos: dict[str, Logo] = {}

    def facts(self, extra: Path | None) -> Facts:
        """Everything that could be read.

        Raises:
            CatalogueError: if the rules are at fault: the other files take their values from them.
        """
        self._rules = self._tables("rules", "id", Rule)
        if self.faults:
            raise CatalogueError(self.faults)
        return Facts(
            programme=self._file("programme", ProgrammeFile),
            rules=self._rules,
            ladders=self._tables("ladders", "name", LadderRule),
            steps=self._tables("steps", "kind", StepPolicy),
            documents=self._documents(),
            disciplines=self._disciplines(),
            institutions=self._institutions(extra),
            named=self._named,
            messages=self._tables("messages", "id", MessageTemplate),
            kept=self._tables("retention", "id", RetentionRule),
            notices=self._tables("transfer_notices", "id", TransferNotice),
            jurisdictions=self._jurisdictions(extra),
            logos=self._logos,
        )

    def _documents(self) -> tuple[DocumentPolicy, ...]:
        file = "documents.toml"
        found = self._file("documents", _Documents)
        raw = [found.defaults | document for document in found.documents] if found else []
        built = (self._build(DocumentPolicy, d, file, f"documents[{d.get('kind', n + 1)}]") for n, d in enumerate(raw))
        return tuple(document for document in built if document)

    def _disciplines(self) -> tuple[Discipline, ...]:
        file = "disciplines.toml"
        found = self._file("disciplines", _Disciplines)
        built = []
        for n, raw in enumerate(found.disciplines if found else []):
            key = f"disciplines[{label_of(raw, n)}]"
            options = found.lists.get(str(raw.get("list"))) if found else None
            if options is None:
                self._note(file, f"{key}.list", "catalogue.no_list", id=str(raw.get("list")))
            elif discipline := self._build(Discipline, raw | {"levels": options.levels}, file, key):
                built.append(discipline)
        return tuple(built)

    def _institutions(self, extra: Path | None) -> tuple[tuple[str, Institution], ...]:
        """Institutions with the file each came from; those of `extra` replace packaged ones of the same id."""
        packaged = self._folder(self._catalogue / INSTITUTIONS, f"{INSTITUTIONS}/")
        added = self._folder(extra, f"{extra}/") if extra is not None else []
        replaced = {institution.id for _, institution in added}
        return (*((f, i) for f, i in packaged if i.id not in replaced), *added)

    def _jurisdictions(self, extra: Path | None) -> tuple[tuple[str, Jurisdiction], ...]:
        """The law of countries with the file each came from; those of `extra` replace packaged ones."""
        packaged = self._laws(self._catalogue / JURISDICTIONS, f"{JURISDICTIONS}/")
        own = extra / JURISDICTIONS if extra is not None else None
        added = self._laws(own, f"{own}/") if own is not None and own.is_dir() else []
        replaced = {law.country for _, law in added}
        return (*((file, law) for file, law in packaged if law.country not in replaced), *added)

    def _laws(self, folder: Traversable, shown: str) -> list[tuple[str, Jurisdiction]]:
        names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
        read = {shown + name: self._raw(folder / name, shown + name) for name in names}
        built = ((file, self._build(Jurisdiction, raw, file, "")) for file, raw in read.items() if raw is not None)
        return [(file, law) for file, law in built if law]

    def _folder(self, folder: Traversable, shown: str) -> list[tuple[str, Institution]]:
        try:
            files = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
        except OSError as error:
            self._note(shown, "", "catalogue.no_directory", reason=error.strerror or type(error).__name__)
            return []
        read = {shown + name: self._raw(folder / name, shown + name) for name in files}
        ids = {str(raw["id"]) for raw in read.values() if raw and "id" in raw}
        self._named[INSTITUTIONS] = self._named.get(INSTITUTIONS, frozenset()) | ids
        built = ((file, self._build(Institution, raw, file, "")) for file, raw in read.items() if raw is not None)
        found = [(file, institution) for file, institution in built if institution]
        for file, institution in found:
            self._logo(folder, file, institution)
        return found

    def _logo(self, folder: Traversable, file: str, institution: Institution) -> None:
        self._logos.pop(institution.id, None)  # that of the file which this one replaces
        named = institution.looks.logo if institution.looks else ""
        read = read_logo(folder, named) if named else None
        if isinstance(read, Logo):
            self._logos[institution.id] = read
        elif read is not None:
            self.faults.append(read.in_file(file))

    def _tables(self, name: str, id: str, model: type[Model]) -> dict[str, Model]:
        """A file of tables, the name of each being its id."""
        file = f"{name}.toml"
        raw = self._raw(self._catalogue / file, file) or {}
        self._named[name] = frozenset(raw)
        named = ((key, value | {id: key} if isinstance(value, dict) else value) for key, value in raw.items())
        return {key: found for key, value in named if (found := self._build(model, value, file, key))}

    def _file(self, name: str, model: type[Model]) -> Model | None:
        file = f"{name}.toml"
        raw = self._raw(self._catalogue / file, file)
        return self._build(model, raw, file, "") if raw is not None else None

    def _raw(self, path: Traversable, file: str) -> dict[str, Any] | None:
        try:
            return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
        except OSError as error:
            self._note(file, "", "catalogue.unreadable", reason=error.strerror or type(error).__name__)
        except UnicodeDecodeError as error:
            self._note(file, "", "catalogue.not_utf8", byte=error.start)
        except tomllib.TOMLDecodeError as error:
            self._note(file, "", "catalogue.not_toml", **_place_of(error))
        return None

    def _build(self, model: type[Model], raw: Any, file: str, key: str) -> Model | None:
        raw = self._resolved(raw, file, key)
        try:
            return model.model_validate(raw, extra="forbid")
        except ValidationError as error:
            for details in error.errors(include_url=False):
                what, value = invalid(details), details["input"]
                told = what.message not in _SAYS_ALL and isinstance(value, str | int | float | bool)
                self.faults.append(
                    CatalogueFault(
                        file=file,
                        key=path_of(key, details["loc"], raw),
                        message=what.message,
                        params=dict(what.params),
                        found=str(value) if told else "",
                    )
                )
        return None

    def _resolved(self, raw: Any, file: str, key: str) -> Any:
        """The data with references to rule values replaced by the values."""
        if isinstance(raw, dict):
            return {k: self._resolved(v, file, path_of(key, (k,), raw)) for k, v in raw.items()}
        if isinstance(raw, list):
            return [self._resolved(v, file, f"{key}[{label_of(v, n)}]") for n, v in enumerate(raw)]
        match = _REFERENCE.fullmatch(raw) if isinstance(raw, str) else None
        if match is None:
            return raw
        sign, rule, name = match.groups()
        value = self._rules[rule].values.get(name) if rule in self._rules else None
        if value is None:
            self._note(file, key, "catalogue.no_value", id=f"{rule}.{name}")
            return 0
        return -value if sign and not isinstance(value, str) else value

    def _note(self, file: str, key: str, message: str, **params: Param) -> None:
        self.faults.append(wrong(key, message, **params).in_file(file))


def _place_of(error: tomllib.TOMLDecodeError) -> dict[str, Param]:
    """Line and column; the end of the file is said by name, not by a number."""
    found = _AT.search(str(error))
    return {"line": int(found[1]), "place": int(found[2])} if found else {"line": "–", "place": "–"}
