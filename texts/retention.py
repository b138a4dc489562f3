"""Where a document stands with the rules of retention."""

from models.views.retention import RetentionState
from texts.i18n import _p

RETENTION_STATES: dict[str, str] = {
    RetentionState.OPEN: _p("retention", "the exchange goes on"),
    RetentionState.KEPT: _p("retention", "kept"),
    RetentionState.DUE: _p("retention", "goes tonight"),
    RetentionState.HELD: _p("retention", "kept by a legal hold"),
    RetentionState.WITHOUT_RULE: _p("retention", "kept: no rule"),
    RetentionState.ERASED: _p("retention", "erased"),
}
