"""What an event file would change, asked of a copy: the data folder stays as it is, or unmade."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from parvis.core.errors import Refused
from parvis.core.ports import Clock
from parvis.engine.embedded.engine import FILE
from parvis.engine.open import open_engine
from parvis.engine.store import wall_clock
from parvis.run.declaring import declare_all
from parvis.run.event_file import read_event
from parvis.run.settings import Settings
from parvis.run.wire_up import known
from parvis.web.room import Applied


async def dry_run(settings: Settings, text: str, where: str, clock: Clock = wall_clock) -> Applied:
    """Raises `Refused` where applying the file would."""
    has = known()
    declared = read_event(text, has, where)
    with TemporaryDirectory(prefix="parvis-dry-run-") as name:
        folder = Path(name)
        if not settings.engine:
            _copy(settings.folder, folder)
        engine = await open_engine(
            settings.engine or folder, clock=clock, blobs_dir=folder / "blobs"
        )
        try:
            said = await declare_all(engine, declared, has, clock, dry=True)
        finally:
            await engine.close()
    return Applied(tuple(each.wall.id for each in declared), said, dry=True)


def _copy(source: Path, target: Path) -> None:
    """The store as it lies there, with what is not yet folded into it; media stay behind."""
    try:
        for path in source.glob(f"{FILE}*"):
            if not path.name.endswith("-shm"):  # made anew from the log
                shutil.copyfile(path, target / path.name)
    except OSError as error:
        raise Refused(
            f"The store in {source} cannot be read ({error.strerror}); check its rights, or give"
            " another folder with --data."
        ) from error
