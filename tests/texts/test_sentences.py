"""What a person reads is said through the catalogue of texts: no sentence is written down in code or in a template.

Every text of several words in the rooms that people look at is wrapped in `_` or `_p`, or is an exception below.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import ROOT

ROOMS = ("cli", "portal", "mail", "demo", "dev", "certificates", "documents", "webhooks", "texts", "gateway", "records")
DOORS = ("starter.py", "worker.py", "settings.py")
SEVERAL_WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? [A-Za-z]{2,}")
MARKS = {"_", "_p", "gettext", "ngettext"}
SHOWN_BY = {"say", "warn", "print", "echo", "confirmed", "confirm", "status", "add_task", "tell", "table", "show_list"}
SHOWN_BY |= {"BadParameter", "UsageError", "HTTPException", "add_column", "HttpRefusal"}
"""Calls whose words reach a person, whatever the number of words."""
LOGGED = {"debug", "info", "warning", "error", "exception"}
"""Log lines are for operators, and in English."""
HELP = {"help", "metavar", "epilog"}
"""`--help` is in English, as what typer says around it; see docs/development.md."""
FOR_DEVELOPERS = {
    "portal/api/": "the description of the API, in OpenAPI",
    "demo/expectations.py": "what the demo found wrong with the product, like a test",
    "demo/letters.py": "what the demo found wrong with the product, like a test",
    "demo/people.py": "the demo itself is at fault; and notes that its people write",
    "demo/script.py": "notes that the demo's people write",
    "demo/cohort.py": "names of the demo's students",
    "portal/looks.py": "a stylesheet",
    "dev/guard.py": "runs before every part, without the service's packages; into its log",
    "dev/mailsink.py": "a mail host answers in the words of SMTP",
    "texts/charts/drawing.py": "SVG",
    "texts/charts/levels.py": "SVG and its styles",
}
"""Files whose words nobody reads in a product, and why."""
NO_SENTENCES = {
    *("bold red", "bold magenta", "bold reverse", "not bold"),
    *("day without year", "date without year", "long date"),
    *("address not allowed", "no answer in time"),  # as it is on record; `TRIED` says it
    *("openid email", "known browser", "oidc choose", "(no route)", "Mac OS", "watch events"),
    *("signed in", "offices and officers", "nominating offices", "programme office", "API token"),  # names of policies
    *("no such folder", " was refused", "; whether the host took it is not known"),  # logged
    *("Hi. This is the qmail-send program", "could not be displayed"),  # what others say, to be recognised
    *("after connection", "client connect", "h2 protocol error", "no poller"),  # likewise, of gRPC
    "Fatal error in workflow machines",  # likewise, of the SDK
    *("authentication failed", "no pg_hba.conf entry", "does not exist", "invalid response"),  # likewise, of PostgreSQL
    *(
        "sojourn act",
        "sojourn sign-in",
        "sojourn undo",
        "sojourn rhythm",
        "sojourn return path",
        "sojourn reply",
        "sojourn code",
        "sojourn session",
        "too old",
    ),  # of itsdangerous
    *("caller and address", "sojourn nominate "),
    *("University of ", "Alternative holiday for "),  # left out of names
    *(
        "sends what the outbox holds",
        "delivers events to ",
        "seats of ",
        "recovered from the records",
        "begun again from the records",
    ),  # Temporal's pages
    *(" by the records", "no connection"),
    "It was received; what it means is being done.",  # as an earlier version kept it
    "Sojourn exchange office <exchange@sojourn.example>",
}
"""Texts of several words that are no sentences, or none that a person reads."""
MARKUP = re.compile(r"\[/?[a-z ]*\]")
"""How rich is told to set a word."""
CODE = re.compile(
    r"max-age=|; filename=|ExecutionStatus = |charset=|SELECT |BEGIN IMMEDIATE|REPEATABLE READ|import sys|default-src"
    r"|sojourn (nominate|worklist|list) |^\s*<"
)


def _words_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts of several words that are not marked, and all that are handed to who shows them."""
    left_out: set[int] = set()
    shown: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(id(node.value))  # a docstring
        elif isinstance(node, ast.Assert):
            left_out |= {id(part) for part in ast.walk(node)}
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            of = node.func.value if isinstance(node.func, ast.Attribute) else None
            logged = name in LOGGED and isinstance(of, ast.Name) and of.id in ("logger", "logging")
            if name in MARKS or logged or name in ("compile", "text"):
                left_out |= {id(part) for part in ast.walk(node)}
            if name in SHOWN_BY:
                shown += node.args[:1]
            for keyword in node.keywords:
                if keyword.arg in HELP:
                    left_out |= {id(part) for part in ast.walk(keyword.value)}
    for part in (part for one in shown for part in ([one] if isinstance(one, ast.Constant) else [])):
        if (
            isinstance(part.value, str)
            and re.search("[A-Za-z]{2}", MARKUP.sub("", part.value))
            and id(part) not in left_out
        ):
            yield part.lineno, part.value
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in left_out:
            continue
        if SEVERAL_WORDS.search(node.value):
            yield node.lineno, node.value


def _unsaid(file: str, source: str) -> list[str]:
    return [
        f"{file}:{line}: {words!r}"
        for line, words in _words_of(ast.parse(source))
        if words not in NO_SENTENCES and not CODE.search(words) and MARKUP.sub("", words).strip()
    ]


def _sources() -> Iterator[tuple[str, str]]:
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    for path in (*files, *(ROOT / door for door in DOORS)):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_no_sentence_is_written_down_in_code() -> None:
    found = [
        fault
        for file, source in _sources()
        if not file.startswith(tuple(FOR_DEVELOPERS))
        for fault in _unsaid(file, source)
    ]
    assert not found, "Say it through the catalogue of texts:\n" + "\n".join(found)


def test_every_exception_is_of_use() -> None:
    sources = dict(_sources())
    assert all(any(file.startswith(one) for file in sources) for one in FOR_DEVELOPERS)
    written = {words for source in sources.values() for _, words in _words_of(ast.parse(source))}
    assert not NO_SENTENCES - written


@pytest.mark.parametrize(
    "line",
    [
        'say("Nobody is away.")',
        'say(f"The arrival of {exchange} is recorded.")',
        'raise typer.BadParameter("write COLUMN=TEXT, like this.", param_hint="X")',
        'raise BadParameter(f"{text} is not a day.")',
        'show(table("Seats", columns, rows))',
        'console.print("Done.")',
        'raise HTTPException(412, "It has changed since.")',
        'none = "Nothing waits for you."',
        'WORDS = {"a": "the first day of the stay"}',
        'confirmed("Suspend them?", yes)',
    ],
)
def test_a_new_sentence_is_found(line: str) -> None:
    assert _unsaid("cli/new.py", line)


@pytest.mark.parametrize(
    "line",
    [
        'say(phrase(_("Nobody is away.")))',
        '"""A docstring of several words."""',
        'logger.warning("the host does not answer")',
        'typer.Option("--id", help="Id of this act.")',
        'say(phrase(_p("seat", "held and waiting")))',
        'raise BadInput("file.not_found", file=name)',
    ],
)
def test_what_is_said_through_the_catalogue_is_not(line: str) -> None:
    assert not _unsaid("cli/new.py", line)


def test_no_sentence_stands_in_a_template_of_a_document() -> None:
    """What Typst prints comes as data: between brackets stand no words, and strings are names of things."""
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.typ")]
    assert files
    for path in files:
        text = "\n".join(line.split("//")[0] for line in path.read_text(encoding="utf-8").splitlines())
        printed = re.findall(r"\[([^\[\]]*)\]", text)
        assert not [one for one in printed if re.search(r"[A-Za-z]{2,}", re.sub(r"#[\w.]+(\([^)]*\))*", "", one))], path
        strings = set(re.findall(r'"([^"]*)"', text))
        assert {one for one in strings if SEVERAL_WORDS.search(one)} <= {"Libertinus Serif", "Noto Serif SC"}


def test_no_sentence_stands_in_a_page_outside_a_translation() -> None:
    """Text of a page that is in no `trans` block is a name or a sign."""
    found = []
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("templates/*.html")):
        source = path.read_text(encoding="utf-8")
        for unread in (r"{% trans.*?{% endtrans %}", r"{#.*?#}", r"{%.*?%}", r"{{.*?}}", r"<(style|script)\b.*?</\1>"):
            source = re.sub(f"(?s){unread}", "", source)
        for seen in re.split(r"<[^>]*>", source):
            if SEVERAL_WORDS.search(seen):
                found.append(f"{path.relative_to(ROOT)}: {' '.join(seen.split())[:80]}")
    assert not found


COMPARED = re.compile(r"""[!=]=\s*["'](en|zh)["']|["'](en|zh)["']\s*[!=]=""")
MAY_COMPARE = {
    "mail/directory.py": "in which script a student is greeted is a matter of their name, not of words",
}
"""Files that ask for the language itself, and why."""


def test_no_word_is_chosen_by_comparing_a_language() -> None:
    """The catalogue decides what is said in a language; a third one is one more catalogue."""
    files = [
        path for room in (*ROOMS, "models", "workflows", "activities", "failures") for path in _spoken(ROOT / room)
    ]
    found = {path.relative_to(ROOT).as_posix() for path in files if COMPARED.search(path.read_text(encoding="utf-8"))}
    assert found == set(MAY_COMPARE)


def _spoken(room: Path) -> Iterator[Path]:
    return (path for path in room.rglob("*") if path.suffix in {".py", ".html", ".typ", ".txt"})
