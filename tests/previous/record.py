"""Record what the release before this one keeps of a programme in full swing: database, files and Temporal's file.

    python -m tests.previous.record COMMIT

checks that release out, plays twenty-four exchanges with its code and people, stops everything, and packs what is left
into this folder. Record again after a release: its commit then is the previous one.
"""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STATE = HERE / "state.tar.xz"
LENT = ("tests/journey/midway.py", "tests/previous/record.py")
"""What that release's tests do not have: people in the middle of everything."""
DATABASES, FILES = ("sojourn.db", "temporal.db"), "files"


def record(commit: str) -> None:
    """Check a release out, have it play, and keep what it leaves."""
    with tempfile.TemporaryDirectory() as folder:
        release, state = Path(folder, "release"), Path(folder, "state")
        subprocess.run(["git", "clone", "-q", ROOT, release], check=True)
        subprocess.run(["git", "checkout", "-q", commit], cwd=release, check=True)
        state.mkdir()
        for name in LENT:
            (release / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, release / name)
        subprocess.run(["make", ".venv/.installed-dev"], cwd=release, check=True)
        python = release / ".venv/bin/python"
        subprocess.run([python, "-m", "tests.previous.record", "--play", state], cwd=release, check=True)
        for name in DATABASES:
            with closing(sqlite3.connect(state / name)) as opened:
                opened.execute("PRAGMA journal_mode=DELETE")  # one file each, without what was deleted
                opened.execute("VACUUM")
        with tarfile.open(STATE, "w:xz", preset=9) as packed:
            for name in (*DATABASES, FILES):
                packed.add(state / name, name, filter=_anonymous)
    (HERE / "commit").write_text(f"{commit}\n", encoding="utf-8")


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A file without its owner on the machine that recorded it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


async def play(folder: Path) -> None:
    """Be that release: play everybody to where they stand, deliver all mail, and stop."""
    # Of that release, whose tests have no packages of their own until they are lent one.
    from models.messages.suspensions import Coverage  # noqa: PLC0415
    from models.vocabulary import Scope  # noqa: PLC0415
    from tests.journey.journey import open_journey, stack_in  # noqa: PLC0415
    from tests.journey.mail import until_delivered  # noqa: PLC0415
    from tests.journey.midway import FEW, Midway  # noqa: PLC0415

    async with stack_in(folder) as stack, open_journey(stack) as journey:
        # All are suspended at the end, so that no due time passes however long the recording is kept.
        await Midway(journey, FEW).play(Coverage(scope=Scope.PROGRAMME))
        await until_delivered(journey)


if __name__ == "__main__":
    if sys.argv[1] == "--play":
        asyncio.run(play(Path(sys.argv[2])))
    else:
        record(sys.argv[1])
