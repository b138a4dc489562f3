"""Who is told that an exchange stands still, and that it goes on."""

from collections.abc import Iterable

from models.events import ExchangeResumed, ExchangeSuspended
from models.notifications.addressing import Setting, inform, office, student_of
from models.notifications.notices import Notice, NoticeKind, SuspensionFacts
from models.vocabulary import Role


def news_of_suspension(event: ExchangeSuspended | ExchangeResumed, setting: Setting) -> Iterable[Notice]:
    """The people of the exchange, once for the whole suspension: a coordinator of many students gets one mail."""
    resumed = isinstance(event, ExchangeResumed)
    kind = NoticeKind.RESUMED if resumed else NoticeKind.SUSPENDED
    facts = SuspensionFacts(
        suspension_id=event.suspension_id,
        reason="" if isinstance(event, ExchangeResumed) else event.reason,
        since=event.since,
        until=event.until if isinstance(event, ExchangeResumed) else None,
    )
    offices = (
        office(setting.sending),
        office(setting.host),
        office(setting.host, Role.HOUSING_OFFICER),
        office(setting.host, Role.OCCUPATIONAL_HEALTH),
        office(setting.sending, Role.PARTNER_OFFICE),
    )
    told = inform(kind, facts, student_of(setting), *offices)
    return tuple(notice.model_copy(update={"once": f"{event.suspension_id}:{kind}"}) for notice in told)
