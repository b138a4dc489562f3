"""What the law of a country, read from its file, must say to be gone by."""

from collections.abc import Mapping

from models.catalogue.faults import wrong
from models.catalogue.jurisdiction import Jurisdiction
from models.catalogue.policy import StepPolicy
from models.catalogue.step_checks import Told
from models.rules.countries import COUNTRY_CODES
from models.vocabulary import About, StepKind


def law_faults(law: Jurisdiction, steps: Mapping[str, StepPolicy]) -> Told:
    """Everything that does not fit together in one file."""
    for name in ("name", "name_zh", "source"):
        if not getattr(law, name):
            yield wrong(name, "value.missing")
    free = [(f"visa_free[{number}].nationalities", one) for number, one in enumerate(law.visa_free, start=1)]
    for key, codes in (("exempt", law.exempt), *((key, one.nationalities) for key, one in free)):
        for code in codes:
            if code not in COUNTRY_CODES:
                yield wrong(key, "catalogue.no_country", id=code)
    known = {one.name for one in law.visas}
    for visa in sorted(set(law.permit_visas) - known):
        yield wrong("permit_visas", "catalogue.none_of", id=visa, choices=tuple(known))
    for number, visa_rule in enumerate(law.visas[:-1], start=1):
        if visa_rule.max_days is None:
            yield wrong(f"visas[{number}].max_days", "catalogue.visa_never")
    for kind, cited in law.laws.items():
        if not (cited.law and cited.law_zh):
            yield wrong(f"laws.{kind}", "catalogue.law_missing")
    yield from _duties(law, steps, known)


def _duties(law: Jurisdiction, steps: Mapping[str, StepPolicy], visas: set[str]) -> Told:
    seen: set[tuple[StepKind, str]] = set()
    for number, duty in enumerate(law.duties, start=1):
        key, step = f"duties[{duty.id or number}]", steps.get(duty.step)
        if not duty.on:
            yield wrong(f"{key}.on", "catalogue.names_none")
        if (duty.step, duty.id) in seen:
            yield wrong(key, "catalogue.repeated", times=2)
        seen.add((duty.step, duty.id))
        for visa in sorted(set(duty.visas) - visas):
            yield wrong(f"{key}.visas", "catalogue.none_of", id=visa, choices=tuple(visas))
        if step is None:
            continue
        if not step.legal:
            yield wrong(f"{key}.step", "catalogue.not_of_law", id=duty.step)
        if step.about is About.DUTY:
            for name in ("id", "title", "title_zh", "law", "law_zh", "days"):
                if getattr(duty, name) in ("", None):
                    yield wrong(f"{key}.{name}", "value.missing")
