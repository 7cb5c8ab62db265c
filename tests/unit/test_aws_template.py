"""What the template has to hold, read from it: nothing public, nothing lost, no right too many."""

import json
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from tests.support import ROOT
from tests.support.aws_template import FILE, template

from abzug.settings import Settings


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    return template()


@pytest.fixture(scope="module")
def resources(stack: dict[str, Any]) -> dict[str, Any]:
    return stack["Resources"]


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: one.get("Properties", {}) for name, one in resources.items() if one["Type"] == kind
    }


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in role["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def actions(role: dict[str, Any]) -> Iterator[str]:
    for one in statements(role):
        yield from [one["Action"]] if isinstance(one["Action"], str) else one["Action"]


def test_cfn_lint_finds_nothing() -> None:
    found = lint(FILE.read_text(encoding="utf-8"), config=ManualArgs(regions=["eu-central-1"]))

    assert [str(one) for one in found] == []


def test_what_holds_state_outlives_the_stack(resources: dict[str, Any]) -> None:
    kept = {"AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"}
    for name, one in resources.items():
        if one["Type"] in kept:
            assert (one["DeletionPolicy"], one["UpdateReplacePolicy"]) == ("Retain", "Retain"), name
    database = resources["Database"]
    assert (database["DeletionPolicy"], database["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")
    assert database["Properties"]["DeletionProtection"] is True


def test_queues_are_as_the_settings_have_them(resources: dict[str, Any]) -> None:
    defaults = Settings()
    queues = of_type(resources, "AWS::SQS::Queue")
    assert set(queues) == {"Requests", "RequestsDead", "Status", "StatusDead"}
    for name, queue in queues.items():
        assert queue["SqsManagedSseEnabled"] is True
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        if not name.endswith("Dead"):
            assert queue["VisibilityTimeout"] == defaults.visibility_timeout
            assert queue["RedrivePolicy"]["maxReceiveCount"] == defaults.max_receives
            assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {
                "Fn::GetAtt": f"{name}Dead.Arn"
            }
        else:
            assert queue["RedriveAllowPolicy"]["redrivePermission"] == "byQueue"


def test_nothing_is_public_but_the_balancer_to_whom_it_is_let(resources: dict[str, Any]) -> None:
    bucket = resources["Photos"]["Properties"]
    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert resources["Database"]["Properties"]["PubliclyAccessible"] is False
    groups = of_type(resources, "AWS::EC2::SecurityGroup")
    by_address = {
        name: rule["CidrIp"]
        for name, group in groups.items()
        for rule in group.get("SecurityGroupIngress", ())
        if "CidrIp" in rule
    }
    assert by_address == {"BalancerAccess": {"Ref": "AllowedCidr"}}
    assert "SecurityGroupIngress" not in groups["WorkerAccess"]


def test_whoever_may_come_is_named_by_the_operator(stack: dict[str, Any]) -> None:
    assert "Default" not in stack["Parameters"]["AllowedCidr"]


def test_connections_are_encrypted(resources: dict[str, Any]) -> None:
    [deny] = resources["PhotosPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (deny["Effect"], deny["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    assert resources["Listener"]["Properties"]["Protocol"] == "HTTPS"


def test_a_worker_reaches_two_queues_and_the_photos_and_no_database(
    resources: dict[str, Any],
) -> None:
    worker = resources["WorkerRole"]["Properties"]

    assert set(actions(worker)) == {
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:SendMessage",
        "sqs:GetQueueUrl",
        "sqs:GetQueueAttributes",
        "s3:GetObject",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:ListBucket",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
        "autoscaling:CompleteLifecycleAction",
        "autoscaling:DescribeLifecycleHooks",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:DescribeLogStreams",
    }
    rights = {one["Sid"]: one for one in statements(worker)}
    assert rights["TakeRequests"]["Resource"] == {"Fn::GetAtt": "Requests.Arn"}
    assert rights["ReportStatus"]["Resource"] == {"Fn::GetAtt": "Status.Arn"}
    assert "sqs:SendMessage" not in rights["TakeRequests"]["Action"]
    assert rights["StoreResults"]["Resource"] == {"Fn::Sub": "${Photos.Arn}/results/*"}
    reachable = {
        rule["SourceSecurityGroupId"]["Ref"]
        for rule in resources["DatabaseAccess"]["Properties"]["SecurityGroupIngress"]
    }
    assert reachable == {"WebAccess"}


def test_only_what_amazon_cannot_narrow_is_allowed_on_everything(resources: dict[str, Any]) -> None:
    everything = {
        action
        for role in ("WorkerRole", "WebRole")
        for one in statements(resources[role]["Properties"])
        if one["Resource"] == "*"
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }

    assert everything == {"autoscaling:DescribeLifecycleHooks"}
    scaler = resources["ScalerPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert [one["Action"] for one in scaler if one["Resource"] == "*"] == [
        ["autoscaling:DescribeAutoScalingGroups", "ec2:DescribeInstances", "ec2:DescribeTags"]
    ]


def test_the_scaler_marks_instances_of_this_fleet_only_and_with_its_tag_only(
    resources: dict[str, Any],
) -> None:
    statements_ = resources["ScalerPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    [mark] = [one for one in statements_ if one["Action"] == "ec2:CreateTags"]

    assert mark["Condition"] == {
        "StringEquals": {
            "aws:ResourceTag/aws:autoscaling:groupName": {"Fn::Sub": "${AWS::StackName}-workers"}
        },
        "ForAllValues:StringEquals": {"aws:TagKeys": ["abzug-drain"]},
    }


def test_workers_come_from_zero_and_go_only_by_themselves(resources: dict[str, Any]) -> None:
    workers = resources["Workers"]["Properties"]

    assert workers["MinSize"] == "0"
    assert workers["NewInstancesProtectedFromScaleIn"] is True
    assert workers["CapacityRebalance"] is True
    [hook] = workers["LifecycleHookSpecificationList"]
    assert hook["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_TERMINATING"
    assert hook["HeartbeatTimeout"] > Settings().drain_timeout + Settings().time_limit
    tracking = resources["AddWorkers"]["Properties"]["TargetTrackingConfiguration"]
    assert tracking["DisableScaleIn"] is True


def test_there_are_two_web_servers_at_least(stack: dict[str, Any]) -> None:
    assert stack["Parameters"]["WebServers"]["MinValue"] == 2


def test_servers_ask_about_themselves_with_a_token_and_see_their_tags(
    resources: dict[str, Any],
) -> None:
    for name, one in of_type(resources, "AWS::EC2::LaunchTemplate").items():
        options = one["LaunchTemplateData"]["MetadataOptions"]
        assert (options["HttpTokens"], options["InstanceMetadataTags"]) == (
            "required",
            "enabled",
        ), name


def test_every_alarm_tells_somebody_or_adds_a_worker(resources: dict[str, Any]) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")

    assert {name for name, one in alarms.items() if one["AlarmActions"] == [{"Ref": "Alerts"}]} == {
        "OldRequests",
        "DeadRequests",
        "DeadStatus",
        "WebErrors",
        "FleetAtItsLimit",
    }
    assert alarms["WorkWithoutWorkers"]["AlarmActions"] == [{"Ref": "WakeFleet"}]


@pytest.mark.parametrize("name", ["WorkerTemplate", "WebTemplate"])
def test_what_a_server_is_told_are_settings_of_ours(resources: dict[str, Any], name: str) -> None:
    data = resources[name]["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]
    script, _ = data["Fn::Sub"]
    told = [line.split("=")[0] for line in script.splitlines() if line.startswith("ABZUG_")]

    known = {f"ABZUG_{field.upper()}" for field in Settings.model_fields}
    assert set(told) <= known
    assert {"ABZUG_QUEUE_URL", "ABZUG_STORE_URL", "ABZUG_FLEET_URL"} <= set(told)


KEY, SECRET, TOKEN = "AKIDEXAMPLE", "a-secret", "a-token"


class Amazon(BaseHTTPRequestHandler):
    """Instance metadata and S3 at once. A request that is not rightly signed gets nothing."""

    tar = b""

    def do_PUT(self) -> None:
        self._answer(b"imds-token")

    def do_GET(self) -> None:
        path = self.path.removeprefix("/latest/meta-data/")
        if path == self.path:
            self._answer(self.tar if self._is_signed() else b"", 200)
        elif self.headers["X-aws-ec2-metadata-token"] != "imds-token":
            self._answer(b"", 401)
        elif path == "iam/security-credentials/":
            self._answer(b"worker-role")
        else:
            assert path == "iam/security-credentials/worker-role"
            names = {"AccessKeyId": KEY, "SecretAccessKey": SECRET, "Token": TOKEN}
            self._answer(json.dumps(names).encode())

    def _is_signed(self) -> bool:
        """As botocore would have signed it at that time."""
        asked = AWSRequest("GET", f"http://{self.headers['Host']}{self.path}")
        asked.headers["X-Amz-Content-SHA256"] = self.headers["X-Amz-Content-SHA256"]
        auth = S3SigV4Auth(Credentials(KEY, SECRET, TOKEN), "s3", "eu-central-1")
        at = datetime.strptime(self.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("botocore.auth.get_current_datetime", lambda *_, **__: at)
            auth.add_auth(asked)
        theirs, ours = (
            dict(part.strip().split("=", 1) for part in proof.split(" ", 1)[1].split(","))
            for proof in (self.headers["Authorization"], asked.headers["Authorization"])
        )
        return theirs == ours

    def _answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_new_server_gets_the_software_with_its_own_credentials(
    stack: dict[str, Any], tmp_path: Path
) -> None:
    """The program of the template itself, run as it stands there."""
    file = BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        info = tarfile.TarInfo("v1/install.sh")
        info.size = 4
        tar.addfile(info, BytesIO(b"true"))
    handler = type("Handler", (Amazon,), {"tar": file.getvalue()})
    program = stack["Mappings"]["Boot"]["Fetch"]["Python"].replace("/opt/abzug", str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-", "software", "wheelhouse/v1.tar", "eu-central-1"],
            input=program,
            env=os.environ | {"ABZUG_METADATA": url, "ABZUG_S3": url},
            text=True,
            capture_output=True,
            check=False,
        )
    finally:
        server.shutdown()
        server.server_close()

    assert done.stderr == ""
    assert (tmp_path / "v1" / "install.sh").read_bytes() == b"true"


def test_the_guide_s_costs_are_those_of_the_prices() -> None:
    program = FILE.with_name("costs.py")
    told = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    guide = ROOT / "docs" / "how-to" / "deploy-on-aws.md"

    assert told.stdout in guide.read_text(encoding="utf-8")
