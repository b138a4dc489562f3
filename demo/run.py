"""The demo: a whole intake, from nomination to certificate, fast-forwarded through six months of virtual time."""

from pathlib import Path

from rich.console import Console

from demo.cohort import write_files
from demo.expectations import unmet_expectations
from demo.play import Play
from demo.screen import Screen, summary
from demo.stage import stage

FOLDER = Path("var/demo")


async def run_demo(console: Console | None = None, folder: Path = FOLDER) -> int:
    """Play the demo and check it; 0 if everything is as expected, 1 otherwise."""
    screen = Screen(console or Console())
    async with stage(folder) as set_stage:
        play = Play(set_stage, screen.show)
        with screen.live():
            await play.nominate(write_files(folder / "nominations", (await set_stage.clock.read()).date()))
            await play.play()
        unmet = await unmet_expectations(play)
        await summary(screen.console, play, unmet)
    return 1 if unmet else 0
