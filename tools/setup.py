"""Make .venv hold exactly what requirements/GROUP.txt locks, and Abzug itself.

usage: setup.py run|dev, with nothing but the standard library

The host's own pip installs into .venv, so that the user's index, certificates and proxy count,
and .venv needs no pip. A stamp in .venv holds the fingerprint of all that the result depends on:
while it matches, a call costs a few hundredths of a second.
"""

import fcntl
import hashlib
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV, CACHE = ROOT / ".venv", ROOT / ".cache"
PYTHON = VENV / "bin" / "python"
UNWANTED = {
    "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV",
    "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV",
}  # fmt: skip


def fingerprint(group: str) -> str:
    digest = hashlib.sha256(repr((str(ROOT), platform.machine(), sys.version)).encode())
    lock_files = ("requirements/build.txt", f"requirements/{group}.txt")
    for name in ("pyproject.toml", "tools/setup.py", *lock_files):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_current(group: str) -> bool:
    """The set is there; the dev set holds the run set, so it is enough for both."""
    stamps = {name: VENV / f".abzug-{name}" for name in (group, "dev")}
    return any(s.is_file() and s.read_text() == fingerprint(n) for n, s in stamps.items())


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(group: str) -> set[str]:
    text = (ROOT / f"requirements/{group}.txt").read_text()
    return {canonical(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}


def installed() -> set[str]:
    site = [str(path) for path in VENV.glob("lib/python3*/site-packages")]
    return {canonical(d.metadata["Name"]) for d in importlib.metadata.distributions(path=site)}


def fail(text: str) -> None:
    sys.exit(f"\nsetup: {text}")


def environment() -> dict[str, str]:
    """PKG_CONFIG=false: pyvips would else build against a system libvips instead of its wheel's."""
    tmp = CACHE / "tmp"
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir()
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return kept | {
        "PIP_CACHE_DIR": str(CACHE / "pip"),
        "TMPDIR": str(tmp),
        "PKG_CONFIG": "false",
        "PIP_USER": "0",
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def make_venv(host: str, env: dict[str, str]) -> None:
    marker, made_by = VENV / ".made-by", f"{ROOT} {sys.version}"
    if PYTHON.exists() and marker.is_file() and marker.read_text() == made_by:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([host, "-m", "venv", "--without-pip", VENV], env=env).returncode:
        fail(
            f"{host} -m venv failed (see above). On Debian or Ubuntu: apt install python3-venv. "
            "Then run make again."
        )
    marker.write_text(made_by)


def find_pip(host: str) -> list[str]:
    """The host's pip, else a pip of .venv's own."""

    def works(*command: str | Path) -> bool:
        return subprocess.run(command, capture_output=True).returncode == 0

    if works(host, "-m", "pip", "--version"):
        return [host, "-m", "pip", "--python", str(PYTHON)]
    if works(PYTHON, "-m", "pip", "--version") or works(PYTHON, "-m", "ensurepip"):
        return [str(PYTHON), "-m", "pip"]
    fail(
        f"{host} has neither pip nor ensurepip. On Debian or Ubuntu: apt install python3-venv. "
        "Then run make again."
    )
    raise AssertionError


def install(group: str) -> None:
    print(
        f"setup: installing the {group} set into .venv "
        "(a minute, once; again only when a lock file changes)",
        flush=True,
    )
    for stamp in VENV.glob(".abzug-*"):
        stamp.unlink()
    env = environment()
    host = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    make_venv(host, env)
    pip = find_pip(host)
    command = [*pip, "install", "-qq", "--no-deps", "--no-compile", "--no-build-isolation"]
    hashed = ["--require-hashes", "-r"]
    for what in (
        [*hashed, "requirements/build.txt"],  # the back ends of the two source builds
        [*hashed, f"requirements/{group}.txt"],
        ["-e", "."],
    ):
        if subprocess.run([*command, *what], cwd=ROOT, env=env).returncode:
            fail(
                "pip could not install the locked packages (see above): no network, or no "
                "package index? Run make again once there is one; it goes on from here."
            )
    extra = sorted(installed() - locked("build") - locked(group) - {"abzug", "pip", "setuptools"})
    if extra:  # the lock dropped them
        subprocess.run([*pip, "uninstall", "-qq", "-y", *extra], cwd=ROOT, env=env, check=True)
    shutil.rmtree(CACHE / "tmp", ignore_errors=True)
    (VENV / f".abzug-{group}").write_text(fingerprint(group))


def main(group: str) -> None:
    if is_current(group):
        return
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "setup.lock", "w") as lock:
        # two makes at once: the second waits, then finds nothing to do
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(group):
            # tools that are there already stay: a lock change must not cost them at `make run`
            install("dev" if list(VENV.glob(".abzug-dev")) else group)


if __name__ == "__main__":
    main(sys.argv[1])
