"""Files that channels write: safe names, a whole file or none, errors that a person can act on."""

import errno
import glob
import hashlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from bordereau.contract.capabilities import Context
from bordereau.contract.errors import ActionRequired, ChannelError, Retryable

NAME_BYTES = 120  # leaves room for endings below the 255 bytes of the usual file systems
DISK_FULL_WAIT = timedelta(minutes=15)

# Separators and wildcards of all systems; the tilde is ours, it marks a changed name.
_UNSAFE = re.compile(r'[<>:"/\\|?*~]+')
_ENDING = re.compile(r"(?<=.)\.[A-Za-z0-9]{1,5}\Z")
_DEVICES = frozenset(  # names that Windows keeps for devices, with any ending
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_UNUSABLE = frozenset(
    {errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOENT, errno.ENAMETOOLONG, errno.ELOOP}
)


def safe_name(text: str) -> str:
    """Return the text as one path component: no separator, nothing invisible, never `..`.

    A text that had to change gets `~` and a hash of it, before its ending if it has one, so that
    two texts never share a name.
    """
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(char if char.isprintable() else " " for char in composed)
    name = _UNSAFE.sub("-", seen).strip(" .").encode()[:NAME_BYTES].decode(errors="ignore")
    name = name.rstrip(" .")
    if name.partition(".")[0].lower() in _DEVICES:
        name = f"_{name}"
    if name and name == text:
        return name
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
    ending = _ENDING.search(name)
    at = ending.start() if ending else len(name)
    return f"{name[:at] or '_'}~{digest}{name[at:]}"


def own_folder(folder: Path, context: Context) -> Path:
    """Return the folder of a connection's settings as an absolute path, inside `context.root`.

    Raises:
        ActionRequired: it lies outside the root, or it is relative and there is no root.

    """
    if context.root is None:
        if not folder.is_absolute():
            raise ActionRequired(f"The folder {folder} must be an absolute path.")
        return folder
    root = context.root.resolve()
    chosen = (root / folder).resolve()
    if not chosen.is_relative_to(root):
        raise ActionRequired(f"The folder {folder} lies outside {root}. Choose one inside it.")
    return chosen


def check_folder(folder: Path) -> None:
    """See that files can be written below this folder, without making it.

    Raises:
        ActionRequired: it is no folder, or the process may not write there.

    """
    try:
        there = next(place for place in (folder, *folder.parents) if place.exists())
    except OSError as error:
        raise file_error(error, folder) from error
    if not there.is_dir():
        raise file_error(NotADirectoryError(errno.ENOTDIR, "Not a folder"), there)
    if not os.access(there, os.W_OK | os.X_OK):
        raise file_error(PermissionError(errno.EACCES, "Permission denied"), there)


def write_file(path: Path, chunks: Iterable[bytes], *, retry: bool = False) -> None:
    """Write a whole file or none: under a temporary name, then fsync, then rename.

    Folders are made as needed. A process killed in between leaves only a hidden `.part` file;
    with `retry` what earlier attempts at this path left so is removed.

    Raises:
        Retryable: the disk is full or failed; nothing lies under the name.
        ActionRequired: the folder cannot be used or may not be written.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_and_rename(path, chunks)
        _sync_folder(path.parent)
        if retry:
            for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
                left.unlink(missing_ok=True)
    except OSError as error:
        raise file_error(error, path) from error


def read_file(path: Path) -> bytes | None:
    """Return what lies under this path, or None if nothing does.

    Raises:
        Retryable: the disk failed.
        ActionRequired: the process may not read there.

    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise file_error(error, path) from error


def file_error(error: OSError, path: Path) -> ChannelError:
    """Say what a failure of the file system means for a delivery."""
    reason = error.strerror or type(error).__name__
    if error.errno in _FULL:
        return Retryable(f"The disk of {path.parent} is full.", after=DISK_FULL_WAIT)
    if error.errno in _FORBIDDEN:
        return ActionRequired(f"No permission for {path}: {reason}. Let the service write there.")
    if error.errno in _UNUSABLE:
        return ActionRequired(f"{path} cannot be used: {reason}. Choose another folder.")
    return Retryable(f"{path} could not be written or read: {reason}.")


def _write_and_rename(path: Path, chunks: Iterable[bytes]) -> None:
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with partial.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut; only POSIX can open a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
