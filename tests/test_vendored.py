"""Every file that others made is listed with its version, licence and checksum, and is what it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static" / "vendor" / "manifest.json"
FOLDERS = (ROOT / "static" / "vendor", ROOT / "tests" / "browser" / "vendor")


def listed() -> dict[str, str]:
    return {path: digest for asset in json.loads(MANIFEST.read_text()) for path, digest in asset["files"].items()}


def test_every_asset_says_what_it_is() -> None:
    for asset in json.loads(MANIFEST.read_text()):
        assert asset.keys() == {"name", "version", "licence", "source", "files"}
        assert all(asset.values())


def test_what_lies_there_is_what_is_listed() -> None:
    files = [path for folder in FOLDERS for path in folder.rglob("*") if path.is_file() and path != MANIFEST]
    found = {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert found == listed()
