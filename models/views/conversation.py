"""What was written about an exchange, as one person reads it."""

from models.messages.conversation import PostAudience
from models.people.authorization import Owner
from models.vocabulary import Role
from models.wire import Id, Moment, Wire


class OpenQuestion(Wire):
    """A question that nobody has answered yet."""

    post_id: Id
    at: Moment
    asked: Owner
    """For whom it waits."""


class PostView(Wire):
    """One thing that somebody wrote."""

    post_id: Id
    at: Moment
    by: str
    """The name of whoever wrote it."""
    role: Role
    institution: str
    audience: PostAudience
    step_id: str = ""
    kind: str = ""
    """The kind of the step."""
    text: str = ""
    erased: bool = False
    """Whether nobody can read it any more."""
    by_mail: bool = False
    asked: Owner | None = None
    """Who was asked, where it is a question."""
    is_open: bool = False
    """Whether it waits for an answer still."""
    answers: str = ""
    """What it replies to."""
    mentions: tuple[str, ...] = ()
    """Names."""


class ReaderChoice(Wire):
    """Somebody who may be mentioned."""

    person: Id
    name: str
    role: Role
    institution: str
    unit: str = ""


class ThreadView(Wire):
    """What was written about an exchange, as far as its reader may see it, the newest last."""

    exchange_id: Id
    posts: tuple[PostView, ...] = ()
    more: int = 0
    """How many earlier ones there are."""
    may_write: bool = False


class PostForm(Wire):
    """What somebody may choose from who writes."""

    audiences: tuple[PostAudience, ...] = ()
    askable: tuple[Owner, ...] = ()
    """Who may be asked, who is asked most likely first."""
    people: tuple[ReaderChoice, ...] = ()


class QuestionLine(Wire):
    """A question to somebody, in a list of theirs."""

    post_id: Id
    exchange_id: Id
    student: str
    step_id: str = ""
    kind: str = ""
    at: Moment
    by: str
    institution: str
