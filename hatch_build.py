"""Build the browser part with the Node that PyPI ships, so the user's machine needs only Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# By path, and standard library only: parvis itself is not installed while it is built.
sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))
from parvis.run import frontend_build


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes src/parvis/static/ before a wheel or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Skip what is already built from these very sources; else npm ci and npm run build."""
        if self.target_name != "wheel" or os.environ.get("PARVIS_SKIP_FRONTEND"):
            return
        root = Path(self.root)
        if frontend_build.is_current(root):
            return
        try:
            frontend_build.build(root)
        except ImportError:
            raise SystemExit(
                "parvis: no Node wheel for this platform. Install the published wheel of parvis,"
                " or set PARVIS_SKIP_FRONTEND=1 and build frontend/ elsewhere."
            ) from None
        except subprocess.CalledProcessError as failed:
            raise SystemExit(
                f"parvis: building frontend/ failed ({' '.join(failed.cmd[2:])}). If npm cannot be"
                " reached, install the published wheel of parvis or set PARVIS_SKIP_FRONTEND=1."
            ) from None
