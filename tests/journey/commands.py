"""Commands of `sojourn` as an operator types them, beside a running service."""

import asyncio
import os
import sys
from pathlib import Path

from dev.stack import DevStack
from tests.said import Said

ROOT = Path(__file__).parents[2]


async def said(stack: DevStack, *words: str) -> Said:
    """Run one command to its end."""
    command = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "starter",
        *words,
        cwd=stack.state_dir,
        env={**os.environ, **stack.settings.environment(), "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await command.communicate()
    assert command.returncode is not None
    assert b"Traceback" not in out + err, err.decode()
    return Said(command.returncode, out.decode(), err.decode())
