"""`make bench`: the whole measurement in one run, printed and kept in var/bench/latest.json."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench.histories import HistoryCount, count_histories
from bench.report import Settings, Summary, render, summarize
from bench.rounds import EMPTY, NONE, SERVICE, SIDES, Bare, Path as Acts, Round, lifecycles, service_lifecycle
from bench.samples import Latencies
from bench.stack import Bench, open_bench

FOLDER = Path("var/bench")
