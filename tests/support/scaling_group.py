"""A group of instances on moto, which pretends to be Amazon in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
import moto
import pytest

if TYPE_CHECKING:
    from types_boto3_autoscaling import AutoScalingClient

REGION, GROUP = "eu-central-1", "abzug-workers"
URL = f"ec2://{REGION}/{GROUP}"


@contextmanager
def amazon() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, moto.mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        yield


def make_group() -> AutoScalingClient:
    """From 0 to 5 instances, none yet; new ones are not protected. Gives Amazon's client for it."""
    found = boto3.client("ec2", REGION)
    image = found.describe_images()["Images"][0]["ImageId"]
    found.create_launch_template(
        LaunchTemplateName="worker",
        LaunchTemplateData={"ImageId": image, "InstanceType": "c7a.large"},
    )
    client = boto3.client("autoscaling", REGION)
    client.create_auto_scaling_group(
        AutoScalingGroupName=GROUP,
        LaunchTemplate={"LaunchTemplateName": "worker", "Version": "$Latest"},
        MinSize=0,
        MaxSize=5,
        DesiredCapacity=0,
        AvailabilityZones=[f"{REGION}a"],
    )
    return client
