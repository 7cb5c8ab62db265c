"""Run the template's user data to a working worker in a container of Debian 12, and drain it.

usage: .venv/bin/python deploy/aws/try_server.py            (as root; `make deploy-test`)

The container boots systemd in a network of its own, where a stand-in answers as instance metadata
at their real address, and MiniStack as SQS and S3. The user data is the template's, word for word
but for the endpoints. Exit code 77, with the reason, where the machine cannot do it.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import deploy  # noqa: E402  it lies beside this program

DEBIAN = ROOT / ".cache" / "debian12"
PACKAGES = "python3,python3-venv,systemd,systemd-sysv,dbus,ca-certificates"
NAMESPACE = "abzug-try"
METADATA = "169.254.169.254"
REGION, STACK, BUCKET, SOFTWARE = "us-east-1", "abzug", "photos-of-abzug", "software"
QUEUES, STORE = f"sqs://{REGION}/{STACK}", f"s3://{BUCKET}?region={REGION}"
FLEET = f"ec2://{REGION}/{STACK}-workers"
HOOK = """<member><LifecycleHookName>drain</LifecycleHookName>
<LifecycleTransition>autoscaling:EC2_INSTANCE_TERMINATING</LifecycleTransition></member>"""
PATIENCE = 300.0
"""Seconds for any one step: a busy machine is slow."""


def main() -> None:
    if sys.argv[1:] == ["amazon"]:
        amazon()
        return
    if sys.argv[1:2] == ["photos"]:
        photos(sys.argv[2], 3)
        return
    if reason := why_not():
        sys.stdout.write(f"deploy-test: skipped: {reason}\n")
        sys.exit(77)
    with (
        tempfile.TemporaryDirectory(prefix="abzug-try-") as folder,
        contextlib.ExitStack() as stack,
    ):
        system = debian()
        say("building the wheelhouse")
        deploy.build(Path(folder) / "wheels.tar", "v1")
        stack.enter_context(network())
        tmp = Path(folder)
        stack.enter_context(inside([sys.executable, __file__, "amazon"], env={"FOLDER": folder}))
        wait_until((tmp / "ready").exists, "the stand-ins answer")
        endpoint = (tmp / "ready").read_text(encoding="ascii")
        prepare(system, tmp, endpoint)
        server = stack.enter_context(container(system, tmp))
        wait_until(lambda: state(server) == "active", "the worker is at work")
        run_inside([sys.executable, __file__, "photos", endpoint])
        began = time.monotonic()
        in_container(server, "systemctl", "stop", "abzug-worker")
        result = in_container(server, "systemctl", "show", "-P", "Result", "abzug-worker")
        assert result == "success", f"the stopped worker's result: {result}"
        say(f"SIGTERM: drained in {time.monotonic() - began:.1f} s")
        in_container(server, "systemctl", "start", "abzug-worker")
        wait_until(lambda: state(server) == "active", "the worker is at work again")
        (tmp / "drain").touch()
        wait_until(
            lambda: state(server) in {"inactive", "failed"}, "marked as draining, the worker ends"
        )
        for action in ("TerminateInstanceInAutoScalingGroup", "CompleteLifecycleAction"):
            assert (tmp / action).exists(), f"it did not ask for {action}"
        say("it has ended its instance and completed the group's hook")
        result = in_container(server, "systemctl", "show", "-P", "Result", "abzug-worker")
        assert result == "success", f"the drained worker's result: {result}"


def why_not() -> str:
    """Why this machine cannot; empty if it can."""
    if os.geteuid() != 0:
        return "only root may boot a container"
    for program in ("systemd-nspawn", "debootstrap", "ip", "nsenter"):
        if not shutil.which(program):
            return f"{program} is not installed"
    made = subprocess.run(["ip", "netns", "add", NAMESPACE], capture_output=True, text=True)
    if made.returncode and "exists" not in made.stderr:
        return f"no network of its own can be made ({made.stderr.strip()})"
    return ""


def debian() -> Path:
    """A bare Debian 12, made once."""
    if not (DEBIAN / "made").exists():
        shutil.rmtree(DEBIAN, ignore_errors=True)
        say("making a Debian 12: a minute or two")
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm"]
        subprocess.run([*command, str(DEBIAN)], check=True, stdout=subprocess.DEVNULL)
        (DEBIAN / "made").touch()
    return DEBIAN


@contextlib.contextmanager
def network() -> Iterator[None]:
    ip = ["ip", "-n", NAMESPACE]
    subprocess.run([*ip, "link", "set", "lo", "up"], check=True)
    subprocess.run([*ip, "address", "replace", f"{METADATA}/32", "dev", "lo"], check=True)
    try:
        yield
    finally:
        subprocess.run(["ip", "netns", "delete", NAMESPACE], check=True)


@contextlib.contextmanager
def inside(command: list[str], env: dict[str, str]) -> Iterator[None]:
    """A program in the network, until the block ends."""
    command = ["ip", "netns", "exec", NAMESPACE, *command]
    process = subprocess.Popen(command, env=os.environ | env, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def run_inside(command: list[str]) -> None:
    subprocess.run(["ip", "netns", "exec", NAMESPACE, *command], check=True, timeout=PATIENCE)


def urls(endpoint: str) -> dict[str, str]:
    """Where the queues, the store and the fleet are on Amazon → and here."""
    return {
        QUEUES: f"{QUEUES}?endpoint={endpoint}&wait=2",
        STORE: f"{STORE}&endpoint={endpoint}&style=path",
        FLEET: f"{FLEET}?endpoint=http://{METADATA}",
    }


def prepare(system: Path, tmp: Path, endpoint: str) -> None:
    """The user data in the container, run once at boot as cloud-init would."""
    data = user_data()
    for amazons, ours in urls(endpoint).items():
        data = data.replace(f"={amazons}\n", f"={ours}\n")
    script = tmp / "user-data"
    script.write_text(data, encoding="utf-8")
    script.chmod(0o755)
    unit = f"""[Unit]
Description=What cloud-init would run

[Service]
Type=oneshot
Environment=ABZUG_S3={endpoint}
ExecStart=/try/user-data

[Install]
WantedBy=multi-user.target
"""
    (system / "etc/systemd/system/user-data.service").write_text(unit, encoding="utf-8")
    wanted = system / "etc/systemd/system/multi-user.target.wants/user-data.service"
    wanted.parent.mkdir(exist_ok=True)
    if not wanted.is_symlink():
        wanted.symlink_to("../user-data.service")


def user_data() -> str:
    """Of the template's workers, with its parameters put in as CloudFormation would."""
    from tests.support.aws_template import template

    found = template()
    launch = found["Resources"]["WorkerTemplate"]["Properties"]["LaunchTemplateData"]
    text, own = launch["UserData"]["Fn::Base64"]["Fn::Sub"]
    [(name, where)] = own.items()
    names = {
        "AWS::Region": REGION,
        "AWS::StackName": STACK,
        "Photos": BUCKET,
        "WheelhouseBucket": SOFTWARE,
        "Version": "v1",
    }
    for key, value in names.items():
        text = text.replace(f"${{{key}}}", value)
    boot, fetch, python = where["Fn::FindInMap"]
    return str(text.replace(f"${{{name}}}", found["Mappings"][boot][fetch][python]))


@contextlib.contextmanager
def container(system: Path, tmp: Path) -> Iterator[int]:
    """Boot it on a copy of nothing but what it writes; gives the process id of its systemd."""
    log = (tmp / "console.log").open("wb")
    command = ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit"]
    command += ["--volatile=overlay", f"--directory={system}", f"--bind={tmp}:/try"]
    command += [f"--network-namespace-path=/run/netns/{NAMESPACE}", "--console=pipe"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_until(lambda: child_of(process.pid) is not None, "the server boots")
        pid = child_of(process.pid)
        assert pid is not None
        try:
            yield pid
        except BaseException:
            sys.stderr.write(in_container(pid, "journalctl", "--no-pager", "--lines=60"))
            raise
    finally:
        process.terminate()
        process.wait()
        log.close()


def child_of(pid: int) -> int | None:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(found[0]) if found else None


def in_container(pid: int, *command: str) -> str:
    """What a command says there."""
    done = subprocess.run(
        ["nsenter", "--target", str(pid), "--all", *command],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done.stdout.strip()


def state(pid: int) -> str:
    """Of the worker's unit."""
    return in_container(pid, "systemctl", "is-active", "abzug-worker")


def wait_until(holds: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(f"deploy-test: FAILED: not in {PATIENCE:.0f} s: {what}")
        time.sleep(0.5)
    say(what)


def say(text: str) -> None:
    sys.stdout.write(f"deploy-test: {text}\n")
    sys.stdout.flush()


# what runs in the network


def amazon() -> None:
    """MiniStack with queues, bucket and software; instance metadata; the group's one call."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from tests.support.endpoints import ENVIRONMENT, Ministack

    from abzug.backends import create_queues
    from abzug.settings import Settings

    # being told to end is an orderly way out: MiniStack has to end as well
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    folder = Path(os.environ["FOLDER"])
    os.environ.update(ENVIRONMENT)

    class Metadata(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.answer("token")

        def do_GET(self) -> None:
            keys = {"AccessKeyId": "test", "SecretAccessKey": "test", "Token": "test"}
            keys |= {"Code": "Success", "Expiration": "2099-01-01T00:00:00Z"}
            answers = {
                "instance-id": "i-0000000000000000f",
                "placement/region": REGION,
                "iam/security-credentials/": "worker",
                "iam/security-credentials/worker": json.dumps(keys),
                "autoscaling/target-lifecycle-state": "InService",
            }
            if (folder / "drain").exists():
                answers["tags/instance/abzug-drain"] = "1"
            self.answer(answers.get(self.path.removeprefix("/latest/meta-data/")))

        def do_POST(self) -> None:
            """Auto Scaling."""
            asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            [action] = asked["Action"]
            said = {"DescribeLifecycleHooks": f"<LifecycleHooks>{HOOK}</LifecycleHooks>"}
            (folder / action).touch()
            result = f"<{action}Result>{said.get(action, '')}</{action}Result>"
            self.answer(f"<{action}Response>{result}</{action}Response>")

        def answer(self, text: str | None) -> None:
            body = (text or "").encode()
            self.send_response(404 if text is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with Ministack(folder / "ministack") as ministack:
        for bucket in (BUCKET, SOFTWARE):
            ministack.s3().create_bucket(Bucket=bucket)
        ministack.s3().upload_file(str(folder / "wheels.tar"), SOFTWARE, "wheelhouse/v1.tar")
        settings = Settings(home=folder, queue_url=urls(ministack.url)[QUEUES])
        create_queues(settings, ["requests", "status"])
        server = ThreadingHTTPServer((METADATA, 80), Metadata)
        (folder / "writing").write_text(ministack.url, encoding="ascii")
        (folder / "writing").rename(folder / "ready")
        server.serve_forever()


def photos(endpoint: str, count: int) -> None:
    """Order that many photos, and wait until the server has edited them."""
    from tests.support import pictures
    from tests.support.endpoints import ENVIRONMENT

    from abzug.service.orders import JobRequest
    from abzug.service.service import Service
    from abzug.settings import Settings
    from abzug.tracker import Tracker

    os.environ.update(ENVIRONMENT)
    here = urls(endpoint)
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), queue_url=here[QUEUES], store_url=here[STORE])
        with Service.open(settings) as service:
            stop = threading.Event()
            tracking = threading.Thread(target=Tracker(service).run, args=[stop])
            tracking.start()
            uploaded = []
            for seed in range(count):
                with service.upload("local", f"{seed}.jpg") as upload:
                    upload.write(pictures.jpeg(seed))
                    uploaded.append(upload.finish().id)
            order = JobRequest(photos=tuple(uploaded), edits={"exposure": 1})
            job, _ = service.submit("local", order)
            wait_until(
                lambda: service.jobs.job("local", job.id).state == "succeeded",
                f"{count} photos are edited by the server",
            )
            stop.set()
            tracking.join()


if __name__ == "__main__":
    main()
