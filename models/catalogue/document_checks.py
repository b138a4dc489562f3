"""What cannot be in a catalogue of documents: kinds that no step collects, of an unknown rule, or of another host."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from models.catalogue.answers import GivenBy
from models.catalogue.faults import wrong
from models.catalogue.jurisdiction import Jurisdiction
from models.catalogue.policy import DocumentPolicy, Rule, StepPolicy
from models.catalogue.programme import Institution
from models.catalogue.step_checks import Told
from models.vocabulary import Purpose, StepKind


def forms_of(jurisdictions: Iterable[tuple[str, Jurisdiction]]) -> tuple[str, ...]:
    """The forms for a visa that the law of some country knows."""
    return tuple(dict.fromkeys(form.name for _, law in jurisdictions for form in law.forms))


def document_faults(
    documents: Sequence[DocumentPolicy],
    own: Sequence[DocumentPolicy],
    steps: Mapping[str, StepPolicy],
    rules: Mapping[str, Rule],
    forms: Sequence[str],
) -> Told:
    """Faults of the programme's kinds; `own` are those that single hosts ask for besides.

    What is handed in after the arrival is for each host to say: there may be none.
    """
    for kind, times in Counter(document.kind for document in documents).items():
        if times > 1:
            yield wrong(f"documents[{kind}]", "catalogue.repeated", times=times)
    for document in documents:
        yield from _of_one(document, steps, rules, forms)
    collected = {StepKind.SUBMIT_ARRIVAL_PAPERS, *(step for one in (*documents, *own) for step in one.taken_in)}
    for name, step in steps.items():
        if _collects(step) and step.kind not in collected:
            yield wrong("documents", "catalogue.no_document", id=name)


def host_faults(
    institution: Institution,
    documents: Sequence[DocumentPolicy],
    others: Sequence[Institution],
    steps: Mapping[str, StepPolicy],
    rules: Mapping[str, Rule],
    forms: Sequence[str],
) -> Told:
    """Faults of what one host asks for besides, does without, and sets of the rules.

    A kind that two hosts ask for is the same for both: it is called the same everywhere.
    """
    kinds = {document.kind for document in documents}
    for document in institution.documents:
        yield from _of_one(document, steps, rules, forms)
        twice = sum(one.kind == document.kind for one in institution.documents) > 1
        elsewhere = [one for other in others for one in other.documents if one.kind == document.kind]
        if document.kind in kinds or twice or any(one != document for one in elsewhere):
            yield wrong(f"documents[{document.kind}]", "catalogue.kind_taken")
    for kind in institution.without_documents:
        if kind not in kinds:
            yield wrong("without_documents", "catalogue.no_kind", id=kind)
    for rule, values in institution.rules.items():
        known = rules[rule].values if rule in rules else {}
        for name, value in values.items():
            if name not in known:
                yield wrong(f"rules.{rule}.{name}", "catalogue.no_value", id=f"{rule}.{name}")
            elif type(value) is not type(known[name]):
                yield wrong(f"rules.{rule}.{name}", "catalogue.another_kind")


def _of_one(
    document: DocumentPolicy, steps: Mapping[str, StepPolicy], rules: Mapping[str, Rule], forms: Sequence[str]
) -> Told:
    key = f"documents[{document.kind}]"
    if document.rule not in rules:
        yield wrong(f"{key}.rule", "catalogue.no_rule", id=document.rule)
    step = steps.get(document.step)
    if step is not None and not _collects(step):
        yield wrong(f"{key}.step", "catalogue.collects_nothing", id=document.step)
    elif step is not None and step.side is not document.provided_by:
        yield wrong(f"{key}.provided_by", "catalogue.step_of_side", id=document.step, side=step.side)
    elif step is not None and document.purpose is Purpose.HEALTH and not step.health:
        yield wrong(f"{key}.purpose", "catalogue.health_unsaid", id=document.step)
    if "purpose" not in document.model_fields_set:
        yield wrong(f"{key}.purpose", "catalogue.purpose_missing", choices=tuple(Purpose))
    if not document.directions:
        yield wrong(f"{key}.directions", "catalogue.names_none")
    if document.min_pages > document.max_pages:
        yield wrong(f"{key}.max_pages", "catalogue.pages", least=document.min_pages)
    for form in sorted(set(document.visa_forms) - set(forms)):
        yield wrong(f"{key}.visa_forms", "catalogue.none_of", id=form, choices=forms)


def _collects(step: StepPolicy) -> bool:
    return any(answer.given_by is GivenBy.DOCUMENTS for answer in step.answers.values())
