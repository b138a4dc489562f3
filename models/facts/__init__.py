"""What a document says, typed with its file: immunizations, cover, examinations, courses. By kind of document."""

from collections.abc import Mapping

from models.facts.conduct import BackgroundFacts, DrugScreenFacts, TrainingFacts
from models.facts.cover import CoverFacts, LiabilityFacts
from models.facts.health import ExaminationFacts, ImmunizationFacts, TuberculosisFacts
from models.facts.identity import PassportFacts, StatusFacts, VisaFacts

StatedFacts = (
    PassportFacts
    | VisaFacts
    | StatusFacts
    | CoverFacts
    | LiabilityFacts
    | ExaminationFacts
    | ImmunizationFacts
    | TuberculosisFacts
    | BackgroundFacts
    | DrugScreenFacts
    | TrainingFacts
)
"""The facts of one document."""
FACTS_OF: Mapping[str, type[StatedFacts]] = {
    "passport": PassportFacts,
    "visa": VisaFacts,
    "ds2019_form": StatusFacts,
    "insurance": CoverFacts,
    "liability_insurance": LiabilityFacts,
    "physical_exam": ExaminationFacts,
    "immunization_record": ImmunizationFacts,
    "tb_test": TuberculosisFacts,
    "background_check": BackgroundFacts,
    "drug_screen": DrugScreenFacts,
    "osha_training": TrainingFacts,
    "hipaa_training": TrainingFacts,
}
"""What may be stated of a kind of document; of other kinds nothing is."""
