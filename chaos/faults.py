"""What goes wrong, and when: drawn from a seed, every kind in turn before any comes again."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaos.driver import Driver
from chaos.ledger import Ledger
from chaos.site import EARLIER, MAIL_HOST, PORTAL, TEMPORAL, WORKER, Site

REFUSED_ADDRESS = "coordinator@bench00.example"
"""Whose mail the host never takes while it is in that mood."""
REFUSED_PERSON = "bench00.coordinator"
APART = 0.1
"""Seconds between the ends of two machines in one power cut, at most: power supplies hold on for about so long."""
RUSHES = 0.6
"""Seconds from everybody's asking at the same time to a power cut, at most: acts are in every state then."""
BOTH = 0.15
"""Share of the faults that come two at a time."""


Tell = Callable[[str], object]


@dataclass
class Scene:
    """What a fault may touch."""

    site: Site
    driver: Driver
    chance: random.Random
    earlier: Path | None
    """Code of an earlier version, where there is one."""
    tell: Tell


Strike = Callable[[Scene], Awaitable[None]]


async def kill_worker(scene: Scene) -> None:
    """The worker dies."""
    scene.site.parts[WORKER].kill()


async def kill_temporal(scene: Scene) -> None:
    """Temporal dies, and stays away a little."""
    await _down(scene, TEMPORAL, 2.0)


async def kill_portal(scene: Scene) -> None:
    """The portal dies with whatever it was asked."""
    await _down(scene, PORTAL, 1.0)


async def kill_mail_host(scene: Scene) -> None:
    """The mail host dies."""
    await _down(scene, MAIL_HOST, 3.0)


async def kill_database(scene: Scene) -> None:
    """PostgreSQL dies; a SQLite file dies with its processes only."""
    await asyncio.to_thread(scene.site.database.kill)
    await asyncio.sleep(scene.chance.uniform(0, 2))
    await scene.site.database.revive()


async def power_cut(scene: Scene) -> None:
    """Everything ends at once, and whoever waited for an answer is gone."""
    site, chance = scene.site, scene.chance
    names = [TEMPORAL, WORKER, PORTAL]
    chance.shuffle(names)
    scene.driver.rush()
    await asyncio.sleep(chance.uniform(0.05, RUSHES))
    database_first = chance.random() < 0.5
    if database_first:
        await asyncio.to_thread(site.database.kill)
    for name in names:
        site.parts[name].kill(hold=True)
        await asyncio.sleep(chance.uniform(0, APART))
    if not database_first:
        await asyncio.to_thread(site.database.kill)
    scene.driver.leave()
    await asyncio.sleep(chance.uniform(0.1, 1.5))
    await site.database.revive()
    for name in names:
        site.parts[name].release()


async def callers_vanish(scene: Scene) -> None:
    """Everybody who waits for an answer is gone."""
    scene.driver.leave()


async def mail_is_dropped(scene: Scene) -> None:
    """The mail host takes mails and hangs up before it says so."""
    await _mood(scene, "drops")


async def mail_is_put_off(scene: Scene) -> None:
    """The mail host says 4xx."""
    await _mood(scene, "later")


async def mail_is_refused(scene: Scene) -> None:
    """The mail host says 5xx for one address."""
    await _mood(scene, f"never {REFUSED_ADDRESS}")


async def mail_hangs(scene: Scene) -> None:
    """The mail host says nothing."""
    await _mood(scene, "hangs")


async def disk_is_full(scene: Scene) -> None:
    """There is no room for the database."""
    if not scene.site.disk.small:
        return
    await asyncio.to_thread(scene.site.disk.fill)
    await asyncio.sleep(scene.chance.uniform(1, 4))
    scene.site.disk.free()


async def two_versions(scene: Scene) -> None:
    """A worker of an earlier version takes tasks beside this one's; there already, it dies."""
    if EARLIER in scene.site.parts:
        scene.site.parts[EARLIER].kill()
    elif scene.earlier is not None:
        await scene.site.start_earlier(scene.earlier)


KILLS: tuple[Strike, ...] = (kill_worker, kill_temporal, kill_portal, kill_mail_host, kill_database)
OF_ALL_KINDS: tuple[Strike, ...] = (
    *((power_cut,) * 8),
    *KILLS,
    *(kill_worker, callers_vanish, mail_is_dropped, mail_is_put_off, mail_is_refused, mail_hangs),
    *(disk_is_full, two_versions),
)
"""Power cuts come most often: they are the worst, and one alone often meets no act at the wrong moment."""


def drawn(faults: Sequence[Strike], chance: random.Random, database: str) -> Iterator[list[Strike]]:
    """Faults without end, all of a bag before it is filled again, some of them two at a time."""
    faults = [fault for fault in faults if database != "sqlite" or fault is not kill_database]
    while True:
        bag = list(faults)
        chance.shuffle(bag)
        while bag:
            together = [bag.pop()]
            if bag and bag[-1] is not together[0] and chance.random() < BOTH:
                together.append(bag.pop())
            yield together


async def trouble(
    scene: Scene,
    ledger: Ledger,
    faults: Sequence[Strike],
    *,
    until: float,
    most: int | None = None,
    pause: tuple[float, float] = (0.5, 3.0),
) -> int:
    """Let faults strike until a moment (monotonic), or so many of them; each when all is back from the one before.

    Raises:
        TimeoutError: something does not come back.
    """
    struck = 0
    for together in drawn(faults, scene.chance, scene.site.database.kind):
        await asyncio.sleep(scene.chance.uniform(*pause))
        if time.monotonic() >= until or (most is not None and struck >= most):
            return struck
        began = time.time()
        names = [fault.__name__ for fault in together]
        scene.tell(", ".join(name.replace("_", " ") for name in names))
        await asyncio.gather(*(fault(scene) for fault in together))
        struck += len(together)
        ledger.note("fault", began, names=names)
        await scene.site.all_back()
        ledger.note("back", began, names=names)
    return struck


async def _down(scene: Scene, name: str, longest: float) -> None:
    part = scene.site.parts[name]
    part.kill(hold=True)
    await asyncio.sleep(scene.chance.uniform(0, longest))
    part.release()


async def _mood(scene: Scene, mood: str) -> None:
    scene.site.mood(mood)
    await asyncio.sleep(scene.chance.uniform(2, 5))
    scene.site.mood()
