"""deploy.py and the template on MiniStack, and Abzug on what they made."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from tests.support import endpoints, pictures
from tests.support.aws_template import FILE
from tests.support.endpoints import REGION, Ministack
from tests.support.service import RunningService

from abzug.backends import connect_fleet
from abzug.client import Client
from abzug.settings import Settings

IMAGE = "/test/image"
STACK = "abzug"


@pytest.fixture(scope="module")
def deploy() -> ModuleType:
    spec = importlib.util.spec_from_file_location("deploy", FILE.with_name("deploy.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def without_metric_math(template: str) -> str:
    """MiniStack refuses an alarm of an expression: this one gets a plain metric instead."""
    begin = template.index("      Metrics:\n", template.index("  WorkWithoutWorkers:"))
    end = template.index("  AddWorkers:")
    plain = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Statistic": "Maximum",
        "Period": 60,
    }
    lines = "".join(f"      {name}: {value}\n" for name, value in plain.items())
    return template[:begin] + lines + template[end:]


def network(session: boto3.session.Session) -> dict[str, str]:
    """What an account has before Abzug comes: a network, an image."""
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24")["Subnet"]["SubnetId"]
        for i in (1, 2)
    ]
    session.client("ssm").put_parameter(Name=IMAGE, Value="ami-12345678", Type="String")
    return {
        "Vpc": vpc,
        "PublicSubnets": ",".join(subnets),
        "PrivateSubnets": ",".join(subnets),
        "PrivateRouteTables": ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"],
        "Domain": "photos.example",
        "Certificate": f"arn:aws:acm:{REGION}:000000000000:certificate/1",
        "AllowedCidr": "10.0.0.0/8",
        "Image": IMAGE,
        "WheelhouseBucket": "software",
        "Version": "v1",
    }


@pytest.fixture(scope="module")
def session(ministack: endpoints.Ministack) -> Iterator[boto3.session.Session]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", ministack.url)
        yield boto3.session.Session(region_name=REGION)


@pytest.fixture(scope="module")
def parameters(session: boto3.session.Session) -> dict[str, str]:
    return network(session)


@pytest.fixture(scope="module")
def stack(
    deploy: ModuleType, session: boto3.session.Session, parameters: dict[str, str]
) -> dict[str, str]:
    """Its outputs."""
    template = without_metric_math(FILE.read_text(encoding="utf-8"))
    return deploy.deploy(session, STACK, template, parameters)


def at(url: str, ministack: Ministack) -> str:
    """The same place, at the endpoint of the tests."""
    return f"{url}{'&' if '?' in url else '?'}endpoint={ministack.url}"


def test_photos_are_edited_on_the_queues_and_in_the_bucket_of_the_stack(
    stack: dict[str, str], ministack: endpoints.Ministack, tmp_path: Path
) -> None:
    urls: dict[str, Any] = {
        "queue_url": at(stack["QueueUrl"], ministack),
        "store_url": at(stack["StoreUrl"], ministack),
    }
    with RunningService(tmp_path / "home", **urls) as service, Client(service.url) as client:
        photo = client.upload(pictures.jpeg(1), "beach.jpg")
        job = client.submit([photo], edits={"exposure": 0.5})
        done = client.wait(job["id"], timeout=120)
        [task] = client.tasks(job["id"])
        file = client.download(task["results"][0], tmp_path / "beach.jpg")

    assert done["state"] == "succeeded"
    assert file.read_bytes()[:3] == b"\xff\xd8\xff"


def test_the_fleet_of_the_stack_is_set_within_its_bounds(
    stack: dict[str, str], ministack: endpoints.Ministack
) -> None:
    fleet = connect_fleet(Settings(fleet_url=at(stack["FleetUrl"], ministack)))
    assert fleet.state().desired == 0

    assert fleet.set_desired(3) == 3
    assert fleet.set_desired(1) == 1

    state = fleet.state()
    assert (state.desired, state.draining) == (1, 2)
    assert fleet.set_desired(1000) == 10


def test_deploying_again_updates_and_replaces_the_servers(
    stack: dict[str, str],
    deploy: ModuleType,
    session: boto3.session.Session,
    parameters: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    replaced = []
    monkeypatch.setattr(deploy, "replace_servers", lambda _, name: replaced.append(name))
    template = without_metric_math(FILE.read_text(encoding="utf-8"))

    again = deploy.deploy(session, STACK, template, parameters | {"MaxWorkers": "12"})

    assert again["QueueUrl"] == stack["QueueUrl"]
    assert replaced == [STACK]
    groups = session.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert {one["AutoScalingGroupName"]: one["MaxSize"] for one in groups}["abzug-workers"] == 12


def test_the_web_servers_are_replaced_before_the_workers(deploy: ModuleType) -> None:
    asked = []

    class Scaling:
        def start_instance_refresh(self, **order: Any) -> None:
            asked.append(("begins", order["AutoScalingGroupName"]))

        def describe_instance_refreshes(self, **order: Any) -> dict[str, Any]:
            asked.append(("ended", order["AutoScalingGroupName"]))
            return {"InstanceRefreshes": [{"Status": "Successful"}]}

    class Session:
        def client(self, _service: str) -> Scaling:
            return Scaling()

    deploy.replace_servers(Session(), STACK)

    assert asked == [
        ("begins", "abzug-webs"), ("ended", "abzug-webs"),
        ("begins", "abzug-workers"), ("ended", "abzug-workers"),
    ]  # fmt: skip


def test_software_is_uploaded_once(
    deploy: ModuleType, ministack: endpoints.Ministack, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = ministack.s3()
    s3.create_bucket(Bucket="software")
    built = []

    def build(file: Path, release: str) -> None:
        built.append(release)
        file.write_bytes(b"wheels")

    monkeypatch.setattr(deploy, "build", build)

    release = deploy.publish(s3, "software")
    assert deploy.publish(s3, "software") == release

    assert built == [release]
    stored = s3.get_object(Bucket="software", Key=f"wheelhouse/{release}.tar")["Body"].read()
    assert stored == b"wheels"


def test_wheels_are_built_for_the_servers_python_only(
    deploy: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0, "final", 0))

    with pytest.raises(SystemExit, match="as on the servers"):
        deploy.build(tmp_path / "wheelhouse.tar", "v1")
