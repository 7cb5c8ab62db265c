"""A fleet of EC2 instances in an Auto Scaling group: `ec2://REGION/GROUP?endpoint=URL`.

Only one actor makes the fleet smaller, and it takes no instance away: it marks some as draining
with a tag. Such an instance sees its tag in its own metadata, finishes its photos and ends itself,
and the group's size goes down with it (ec2_member.py). So all instances are protected from the
group's own scale-in, and one that drains counts as no capacity.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abzug.errors import NotFound
from abzug.fleets.base import FleetState
from abzug.fleets.ec2_member import Ec2Member
from abzug.fleets.ec2_service import DRAIN_TAG, Place, client, fleet_errors, place_of
from abzug.settings import Settings

if TYPE_CHECKING:
    from types_boto3_autoscaling.client import AutoScalingClient
    from types_boto3_ec2.client import EC2Client

STARTING = 120.0
"""Seconds from an instance's launch to its first photo: boot, install, start."""
MAX_IDS = 50
"""Most instances of one SetInstanceProtection."""


@dataclass(frozen=True, slots=True)
class Instance:
    """launched: Unix seconds; infinite while EC2 does not know it yet."""

    id: str
    in_service: bool
    leaving: bool
    protected: bool
    launched: float


@dataclass(frozen=True, slots=True)
class Group:
    """An Auto Scaling group as it is now."""

    desired: int
    least: int
    most: int
    instances: tuple[Instance, ...]

    @property
    def staying(self) -> list[Instance]:
        """Those that count as capacity, oldest first."""
        found = [one for one in self.instances if not one.leaving]
        return sorted(found, key=lambda one: (one.launched, one.id))

    @property
    def leaving(self) -> int:
        return len(self.instances) - len(self.staying)

    @property
    def capacity(self) -> int:
        """Workers there are or will be, without those that leave."""
        return max(len(self.staying), self.desired - self.leaving)


class Ec2Fleet:
    """See Fleet. Safe with several controllers: every call says an absolute number."""

    def __init__(self, place: Place) -> None:
        self._name = place.group
        self._scaling: AutoScalingClient = client(place, "autoscaling")
        self._ec2: EC2Client = client(place, "ec2")

    def set_desired(self, workers: int) -> int:
        group = self._group()
        wanted = max(group.least, min(workers, group.most))
        self._protect(group.staying)
        surplus = group.staying[wanted:]  # the newest: they have the least in their caches
        self._mark([one.id for one in surplus])
        # those that leave are still the group's until they end, and are not to be replaced
        size = min(wanted + group.leaving + len(surplus), group.most)
        if size != group.desired:
            with fleet_errors():
                self._scaling.set_desired_capacity(
                    AutoScalingGroupName=self._name, DesiredCapacity=size, HonorCooldown=False
                )
        return wanted

    def drain(self, worker: str) -> None:
        """By its instance id; the group is one smaller afterwards, if it may be."""
        if worker not in {one.id for one in self._group().staying}:
            raise NotFound("No such worker.")
        self._mark([worker])

    def state(self) -> FleetState:
        group = self._group()
        ready = sum(one.in_service for one in group.staying)
        pending = group.capacity - ready
        return FleetState(
            desired=group.capacity,
            ready=ready,
            pending=pending,
            draining=group.leaving,
            ready_in=_ready_in(group) if pending else 0.0,
        )

    def close(self) -> None:
        """Nothing: these workers live on when the process that counts them ends."""

    def _group(self) -> Group:
        with fleet_errors():
            answer = self._scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self._name])
            if not answer["AutoScalingGroups"]:
                raise NotFound("The Auto Scaling group does not exist.")
            group: Any = answer["AutoScalingGroups"][0]
            launched = self._launched()
            marked = self._marked()
        return Group(
            desired=group["DesiredCapacity"],
            least=group["MinSize"],
            most=group["MaxSize"],
            instances=tuple(
                Instance(
                    id=one["InstanceId"],
                    in_service=one["LifecycleState"] == "InService",
                    leaving=one["InstanceId"] in marked
                    or one["LifecycleState"].startswith(("Terminat", "Detach")),
                    protected=one["ProtectedFromScaleIn"],
                    launched=launched.get(one["InstanceId"], math.inf),
                )
                for one in group["Instances"]
            ),
        )

    def _launched(self) -> dict[str, float]:
        """When each was launched. By a filter: an id that is gone would fail the whole call."""
        pages = self._ec2.get_paginator("describe_instances").paginate(
            Filters=[{"Name": "tag:aws:autoscaling:groupName", "Values": [self._name]}]
        )
        return {
            one["InstanceId"]: one["LaunchTime"].timestamp()
            for page in pages
            for reservation in page["Reservations"]
            for one in reservation["Instances"]
        }

    def _marked(self) -> set[str]:
        pages = self._ec2.get_paginator("describe_tags").paginate(
            Filters=[{"Name": "key", "Values": [DRAIN_TAG]}]
        )
        return {tag["ResourceId"] for page in pages for tag in page["Tags"]}

    def _protect(self, instances: Sequence[Instance]) -> None:
        """A group made by hand may not protect its new instances."""
        open_ones = [one.id for one in instances if one.in_service and not one.protected]
        for i in range(0, len(open_ones), MAX_IDS):
            with fleet_errors():
                self._scaling.set_instance_protection(
                    AutoScalingGroupName=self._name,
                    InstanceIds=open_ones[i : i + MAX_IDS],
                    ProtectedFromScaleIn=True,
                )

    def _mark(self, ids: Sequence[str]) -> None:
        if ids:
            with fleet_errors():
                self._ec2.create_tags(Resources=list(ids), Tags=[{"Key": DRAIN_TAG, "Value": "1"}])


def _ready_in(group: Group) -> float:
    """By the youngest of the pending; those that are not launched yet need the whole time."""
    now = time.time()
    starting = [one.launched for one in group.staying if not one.in_service]
    unborn = len(group.staying) < group.capacity
    latest = max([now if math.isinf(at) or unborn else at for at in starting], default=now)
    return max(0.0, latest + STARTING - now)


def connect(url: str, settings: Settings) -> Ec2Fleet:  # noqa: ARG001  all of it is in the URL
    return Ec2Fleet(place_of(url))


def join(url: str, settings: Settings) -> Ec2Member:  # noqa: ARG001
    return Ec2Member(place_of(url))
