"""Put Abzug on Amazon, or bring it up to date: wheelhouse → S3 → CloudFormation → new servers.

usage: .venv/bin/python deploy/aws/deploy.py --region REGION --bucket BUCKET PARAMETERS.json
       .venv/bin/python deploy/aws/deploy.py --build-only FILE.tar

BUCKET holds the software and is yours to make. PARAMETERS.json has the template's parameters that
have no default: {"Vpc": "vpc-…", "PublicSubnets": "subnet-…,subnet-…", …}. Servers are replaced
one after another, new ones first, and workers finish their photos: nobody notices.
"""

import argparse
import hashlib
import json
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError
from rich.progress import Progress

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SERVER = ("Linux", "x86_64", (3, 11))
"""System, machine and Python of the template's image, Debian 12."""
GROUPS = ("webs", "workers")
"""In the order in which they are replaced: who reads reports before who writes them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parameters", type=Path, nargs="?")
    parser.add_argument("--region")
    parser.add_argument("--bucket")
    parser.add_argument("--stack", default="abzug")
    parser.add_argument("--build-only", type=Path, metavar="FILE")
    asked = parser.parse_args()
    if asked.build_only:
        build(asked.build_only, version())
        return
    if not (asked.parameters and asked.region and asked.bucket):
        parser.error("--region, --bucket and the parameters are needed")
    given = json.loads(asked.parameters.read_text(encoding="utf-8"))
    session = boto3.session.Session(region_name=asked.region)
    release = publish(session.client("s3"), asked.bucket)
    given |= {"WheelhouseBucket": asked.bucket, "Version": release}
    outputs = deploy(session, asked.stack, (HERE / "abzug.yaml").read_text("utf-8"), given)
    for name, value in outputs.items():
        say(f"{name:20} {value}")


def version() -> str:
    """Of what lies in the work tree: equal files have equal versions."""
    digest = hashlib.sha256()
    for folder in ("src", "requirements", "deploy/aws"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def build(file: Path, release: str) -> None:
    """A tar of all a server needs: wheels of exactly what is locked, units, the installer."""
    here = (platform.system(), platform.machine(), sys.version_info[:2])
    if here != SERVER:
        sys.exit(f"deploy: wheels have to be built as on the servers, {SERVER}; this is {here}")
    with tempfile.TemporaryDirectory() as tmp:
        wheels = Path(tmp) / "wheels"
        # the host's pip, as in tools/setup.py: .venv has none, but has the build backends
        pip = [f"{sys.base_prefix}/bin/python3", "-m", "pip", "--python", sys.executable, "wheel"]
        pip += ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels)]
        locked = ["--require-hashes", "-r", str(ROOT / "requirements/run.txt")]
        for what in (locked, ["pip"], [str(ROOT)]):
            subprocess.run([*pip, *what], check=True)
        shutil.copytree(HERE / "units", Path(tmp) / "units")
        for name in ("install.sh", "database_url.py"):
            shutil.copy(HERE / name, tmp)
        file.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(file, "w") as tar:
            tar.add(tmp, release, filter=for_everyone)


def for_everyone(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """A temporary folder is its owner's only, and the services are not root."""
    info.mode |= 0o755 if info.isdir() else 0o644
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    return info


def publish(s3: "S3Client", bucket: str) -> str:
    """Build and upload this version, unless it is there; gives its name."""
    release = version()
    key = f"wheelhouse/{release}.tar"
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
    else:
        say(f"{key} is there already")
        return release
    with tempfile.TemporaryDirectory() as tmp, Progress() as progress:
        building = progress.add_task("building the wheelhouse", total=None)
        build(file := Path(tmp) / "wheelhouse.tar", release)
        progress.update(building, total=1, completed=1)
        sending = progress.add_task("uploading it", total=file.stat().st_size)
        s3.upload_file(str(file), bucket, key, Callback=lambda n: progress.advance(sending, n))
    return release


def deploy(
    session: boto3.session.Session, stack: str, template: str, parameters: dict[str, str]
) -> dict[str, str]:
    """Create or update the stack, replace its servers; gives the stack's outputs."""
    cloud: Any = session.client("cloudformation")
    order = {
        "StackName": stack,
        "TemplateBody": template,
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": str(value)}
            for name, value in parameters.items()
        ],
        "Capabilities": ["CAPABILITY_IAM"],
    }
    if is_new := not exists(cloud, stack):
        cloud.create_stack(**order)
    else:
        try:
            cloud.update_stack(**order)
        except ClientError as error:
            if "No updates" not in str(error):
                raise
    kind = "stack_create_complete" if is_new else "stack_update_complete"
    say("the stack is being made: a quarter of an hour" if is_new else "the stack is being updated")
    cloud.get_waiter(kind).wait(StackName=stack)
    if not is_new:
        replace_servers(session, stack)
    [found] = cloud.describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}


def exists(cloud: Any, stack: str) -> bool:
    try:
        [found] = cloud.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return False
    return bool(found["StackStatus"] != "DELETE_COMPLETE")


def replace_servers(session: boto3.session.Session, stack: str) -> None:
    """New servers first, then the old ones drain: the webs at the balancer, the workers themselves.

    Those that have this version already are left alone.
    """
    scaling: Any = session.client("autoscaling")
    for group in (f"{stack}-{each}" for each in GROUPS):
        scaling.start_instance_refresh(
            AutoScalingGroupName=group,
            Preferences={
                "MinHealthyPercentage": 100,
                "MaxHealthyPercentage": 200,
                "SkipMatching": True,
                "ScaleInProtectedInstances": "Refresh",
            },
        )
        while not is_refreshed(scaling, group):
            time.sleep(10)
        say(f"{group} are up to date")


def is_refreshed(scaling: Any, group: str) -> bool:
    """Whether the last refresh has ended. Ends the program if it failed."""
    found = scaling.describe_instance_refreshes(AutoScalingGroupName=group, MaxRecords=1)
    [last] = found["InstanceRefreshes"]
    if last["Status"] in {"Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful"}:
        sys.exit(f"deploy: {group} was not replaced: {last.get('StatusReason', last['Status'])}")
    return bool(last["Status"] == "Successful")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
