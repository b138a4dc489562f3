"""The pages, one module for each thing people come to do."""

from portal.pages import action, acts, door, exchange, oidc, public, reports, start, steps, worklist

ALL = (
    start.pages,
    door.pages,
    oidc.pages,
    action.pages,
    public.pages,
    worklist.pages,
    exchange.pages,
    steps.pages,
    reports.pages,
    acts.pages,
)
