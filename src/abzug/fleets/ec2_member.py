"""A worker on an EC2 instance: it looks out for its own end, and ends the instance itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import ClientError

from abzug.errors import FleetError
from abzug.fleets.ec2_metadata import Ending, Metadata
from abzug.fleets.ec2_service import Place, client, fleet_errors

if TYPE_CHECKING:
    from types_boto3_autoscaling.client import AutoScalingClient

INTERVAL = 5.0
"""Seconds between two looks. Amazon advises 5 for Spot, whose notice is two minutes long."""
ATTEMPTS = 12
"""So often a lifecycle hook is tried to be completed."""
TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING"
log = structlog.get_logger()


class Ec2Member:
    """See Member."""

    def __init__(self, place: Place) -> None:
        self._group = place.group
        self._scaling: AutoScalingClient = client(place, "autoscaling")
        self._metadata = Metadata(place.metadata)
        self._ending: Ending | None = None
        self._pause = threading.Event()

    def watch(self, drain: Callable[[], object]) -> None:
        threading.Thread(target=self._watch, args=[drain], name="fleet", daemon=True).start()

    def _watch(self, drain: Callable[[], object]) -> None:
        while self._ending is None:
            try:
                self._ending = self._metadata.ending()
            except FleetError as error:
                log.warning("not known whether this server has to go", error=error.message)
            if self._ending is None:
                self._pause.wait(INTERVAL)
        log.info("this server has to go: draining", why=self._ending.value)
        drain()

    def leave(self) -> None:
        """End the instance if it was told to go, and let the group's hook go on.

        Without a notice (a plain stop, as for an update) the instance stays.
        """
        if self._ending is None:
            return
        instance = self._metadata.instance_id()
        if self._ending is Ending.draining:
            self._terminate(instance)
        self._complete(instance)

    def _terminate(self, instance: str) -> None:
        """With it goes its place in the group; at the group's least size another replaces it."""
        try:
            with fleet_errors():
                self._scaling.terminate_instance_in_auto_scaling_group(
                    InstanceId=instance, ShouldDecrementDesiredCapacity=True
                )
        except FleetError as error:
            if not _is_at_least_size(error):
                raise
            with fleet_errors():
                self._scaling.terminate_instance_in_auto_scaling_group(
                    InstanceId=instance, ShouldDecrementDesiredCapacity=False
                )

    def _complete(self, instance: str) -> None:
        """Or the group would keep the idle instance until its hooks' time is up."""
        with fleet_errors():
            hooks = self._scaling.describe_lifecycle_hooks(AutoScalingGroupName=self._group)
        for hook in hooks["LifecycleHooks"]:
            if hook.get("LifecycleTransition") == TERMINATING:
                self._let_go_on(hook["LifecycleHookName"], instance)

    def _let_go_on(self, hook: str, instance: str) -> None:
        """A termination that was just asked for takes a while to come to its hook."""
        for attempt in range(ATTEMPTS):
            try:
                self._scaling.complete_lifecycle_action(
                    AutoScalingGroupName=self._group,
                    LifecycleHookName=hook,
                    LifecycleActionResult="CONTINUE",
                    InstanceId=instance,
                )
            except ClientError as error:
                log.info("the hook has not begun", attempt=attempt, why=str(error))
                self._pause.wait(INTERVAL)
            else:
                return
        # a Spot instance may end without it; else the group goes on when the hook's time is up
        log.warning("the lifecycle hook was not completed", hook=hook)


def _is_at_least_size(error: FleetError) -> bool:
    return "min size" in str(error.__cause__).lower()
