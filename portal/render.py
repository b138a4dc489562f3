"""A page from its template: texts, words and the visitor are at hand in every template."""

import json
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.operations import new_id
from models.vocabulary import LANGUAGES
from portal.assets import address_of
from portal.context import RequestContext, context_of
from portal.looks import logo_of, looks_address
from portal.menu import may_go, menu_of
from portal.presenter import Presenter
from portal.visitor import BROWSER, YEAR, Visitor, cookie_name, drop_cookie, nobody, set_cookie, visitor_of
from texts.i18n import TAGS, translations

TEMPLATES = Path(__file__).parent / "templates"
FLASH = "sojourn-said"


@cache
def environment(language: str) -> Environment:
    """The templates in a language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals["asset"] = address_of
    made.policies["ext.i18n.trimmed"] = True
    return made


async def page(request: Request, template: str, *, status: int = 200, **content: Any) -> HTMLResponse:
    """A page for whoever looks."""
    return render(request, await visitor_of(request), template, status=status, **content)


def plain_page(request: Request, template: str, *, status: int, **content: Any) -> HTMLResponse:
    """A page that asks no records, for when they are away or nobody may know who looks."""
    return render(
        request, getattr(request.state, "visitor", None) or nobody(request), template, status=status, **content
    )


def render(request: Request, visitor: Visitor, template: str, *, status: int, **content: Any) -> HTMLResponse:
    """A page for a visitor."""
    context = context_of(request)
    say = Presenter(context.services.programme, visitor.language, visitor, context.now())
    flash = _flash(request, context)
    html = (
        environment(visitor.language)
        .get_template(template)
        .render(
            say=say,
            visitor=visitor,
            me=visitor.identity,
            menu=menu_of(visitor, request.url.path, mailbox=context.settings.mailbox_dir is not None),
            looks=looks_address(context.services.programme, visitor.actor.institution) if visitor.signed_in else "",
            logo=logo_of(context.services.programme, visitor.actor.institution) if visitor.signed_in else None,
            may_go=partial(may_go, visitor),
            languages=LANGUAGES,
            tags=TAGS,
            path=_path(request),
            flash=flash,
            temporal_away_since=context.temporal_away_since,
            new_key=new_id,
            **content,
        )
    )
    response = HTMLResponse(html, status_code=status)
    if visitor.fresh:
        set_cookie(context, response, BROWSER, visitor.browser, seconds=YEAR)
    if flash is not None:
        drop_cookie(context, response, FLASH)
    response.headers["Content-Language"] = visitor.language
    return response


def tell(context: RequestContext, response: Any, kind: str, **about: str) -> None:
    """Have the next page say once what was done: `kind` names a text of `said.html`, `about` are ids and outcomes."""
    set_cookie(
        context, response, FLASH, json.dumps({"kind": kind, **about}, ensure_ascii=True).encode().hex(), seconds=60
    )


def _flash(request: Request, context: RequestContext) -> dict[str, str] | None:
    try:
        said = json.loads(bytes.fromhex(request.cookies.get(cookie_name(context, FLASH), "")))
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    # Every key that a text may use is there; what somebody put into the cookie themself is escaped text, at worst.
    return {"kind": "", "step": "", "outcome": "", "exchange": "", "count": "", "text": ""} | {
        str(key): str(value)[:200] for key, value in said.items()
    }


def _path(request: Request) -> str:
    """Where the page is, with its filters."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
