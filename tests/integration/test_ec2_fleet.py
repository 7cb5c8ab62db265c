"""The EC2 fleet on moto's Auto Scaling, and a member with metadata of our own making."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from tests.support.scaling_group import GROUP, REGION, URL, amazon, make_group
from types_boto3_autoscaling import AutoScalingClient
from types_boto3_autoscaling.type_defs import AutoScalingGroupTypeDef

from abzug import cli
from abzug.errors import ConfigError, FleetError, NotFound
from abzug.fleets import ec2, ec2_member
from abzug.fleets.base import FleetState
from abzug.fleets.ec2 import Ec2Fleet
from abzug.fleets.ec2_member import Ec2Member
from abzug.fleets.ec2_metadata import Ending, Metadata
from abzug.fleets.ec2_service import DRAIN_TAG, place_of


@pytest.fixture(autouse=True)
def in_amazon() -> Iterator[None]:
    with amazon():
        yield


@pytest.fixture
def scaling() -> AutoScalingClient:
    return make_group()


@pytest.fixture
def fleet(scaling: AutoScalingClient) -> Ec2Fleet:
    return Ec2Fleet(place_of(URL))


def group(scaling: AutoScalingClient) -> AutoScalingGroupTypeDef:
    return scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"][
        0
    ]


def ids(scaling: AutoScalingClient) -> list[str]:
    return [one["InstanceId"] for one in group(scaling)["Instances"]]


def marked() -> list[str]:
    tags = boto3.client("ec2", REGION).describe_tags(
        Filters=[{"Name": "key", "Values": [DRAIN_TAG]}]
    )
    return [tag["ResourceId"] for tag in tags["Tags"]]


@pytest.mark.parametrize(("asked", "given"), [(3, 3), (99, 5), (-1, 0)])
def test_the_fleet_grows_to_what_is_asked_within_the_group_s_bounds(
    fleet: Ec2Fleet, scaling: AutoScalingClient, asked: int, given: int
) -> None:
    assert fleet.set_desired(asked) == given

    assert group(scaling)["DesiredCapacity"] == given
    assert fleet.state() == FleetState(desired=given, ready=given, pending=0, draining=0)


def test_a_smaller_fleet_marks_what_is_too_much_and_takes_nothing_away(
    fleet: Ec2Fleet, scaling: AutoScalingClient
) -> None:
    fleet.set_desired(3)

    assert fleet.set_desired(1) == 1

    assert len(ids(scaling)) == 3
    assert len(marked()) == 2
    state = fleet.state()
    assert (state.desired, state.ready, state.draining) == (1, 1, 2)


def test_asking_twice_marks_no_more(fleet: Ec2Fleet) -> None:
    fleet.set_desired(3)
    fleet.set_desired(2)
    fleet.set_desired(2)

    assert len(marked()) == 1


def test_draining_ones_are_no_capacity_and_are_made_up_for(
    fleet: Ec2Fleet, scaling: AutoScalingClient
) -> None:
    fleet.set_desired(2)
    fleet.set_desired(0)

    assert fleet.set_desired(2) == 2

    assert group(scaling)["DesiredCapacity"] == 4
    state = fleet.state()
    assert (state.ready, state.draining) == (2, 2)


def test_every_instance_that_stays_is_protected_from_the_group_s_own_scale_in(
    fleet: Ec2Fleet, scaling: AutoScalingClient
) -> None:
    fleet.set_desired(2)
    fleet.set_desired(2)  # a group protects new ones itself, if it is told to: this one is not

    assert [one["ProtectedFromScaleIn"] for one in group(scaling)["Instances"]] == [True, True]


def test_a_chosen_instance_can_be_drained(fleet: Ec2Fleet, scaling: AutoScalingClient) -> None:
    fleet.set_desired(2)
    chosen = ids(scaling)[0]

    fleet.drain(chosen)

    assert marked() == [chosen]
    with pytest.raises(NotFound):
        fleet.drain("i-00000000000000000")


def test_instances_that_are_not_there_yet_are_pending_with_their_expected_time(
    fleet: Ec2Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        fleet, "_group", lambda: ec2.Group(desired=2, least=0, most=5, instances=())
    )

    state = fleet.state()

    assert (state.ready, state.pending) == (0, 2)
    assert state.ready_in == pytest.approx(ec2.STARTING, abs=1)


def test_a_group_that_is_not_there_says_so() -> None:
    with pytest.raises(NotFound, match="group"):
        Ec2Fleet(place_of(URL)).state()


def test_what_amazon_refuses_is_an_error_of_ours_without_its_address(fleet: Ec2Fleet) -> None:
    with Stubber(fleet._scaling) as stub:
        stub.add_client_error("describe_auto_scaling_groups", "AccessDenied", "arn:aws:secret")

        with pytest.raises(FleetError) as refused:
            fleet.state()
    assert "AccessDenied" in refused.value.message
    assert "arn" not in refused.value.message


@pytest.mark.parametrize("url", ["ec2://eu-central-1", "ec2:", "ec2://r/group?colour=red"])
def test_a_url_that_names_no_group_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="ec2://REGION/GROUP"):
        place_of(url)


class Imds:
    """Instance metadata on loopback; `answers` may be changed meanwhile."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.token = "one"
        imds = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                self._answer(imds.token)

            def do_GET(self) -> None:
                if self.headers["X-aws-ec2-metadata-token"] != imds.token:
                    self._answer("", 401)
                    return
                text = imds.answers.get(self.path.removeprefix("/latest/meta-data/"))
                self._answer(text or "", 200 if text else 404)

            def _answer(self, text: str, status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()


@pytest.fixture
def imds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Imds]:
    monkeypatch.setattr(ec2_member, "INTERVAL", 0.01)
    metadata = Imds()
    yield metadata
    metadata.server.shutdown()
    metadata.server.server_close()


def member_of(imds: Imds) -> Ec2Member:
    return Ec2Member(place_of(f"{URL}?metadata={imds.url}"))


def drained(member: Ec2Member) -> bool:
    told = threading.Event()
    member.watch(told.set)
    return told.wait(10)


NOTICES = {
    "spot/instance-action": ('{"action": "terminate"}', Ending.interrupted),
    "autoscaling/target-lifecycle-state": ("Terminated", Ending.terminating),
    f"tags/instance/{DRAIN_TAG}": ("1", Ending.draining),
}


@pytest.mark.parametrize(("path", "told"), NOTICES.items())
def test_every_notice_is_read(imds: Imds, path: str, told: tuple[str, Ending]) -> None:
    assert Metadata(imds.url).ending() is None
    imds.answers[path], ending = told

    assert Metadata(imds.url).ending() is ending


def test_an_instance_in_service_need_not_go(imds: Imds) -> None:
    imds.answers["autoscaling/target-lifecycle-state"] = "InService"

    assert Metadata(imds.url).ending() is None


def test_a_token_that_has_run_out_is_renewed(imds: Imds) -> None:
    metadata = Metadata(imds.url)
    metadata.ending()
    imds.token = "two"
    imds.answers["instance-id"] = "i-1"

    assert metadata.instance_id() == "i-1"


def test_metadata_that_do_not_answer_are_an_error_of_ours(imds: Imds) -> None:
    imds.server.shutdown()
    imds.server.server_close()

    with pytest.raises(FleetError, match="do not answer"):
        Metadata(imds.url).ending()


def test_a_marked_instance_drains_and_takes_its_place_with_it(
    fleet: Ec2Fleet, scaling: AutoScalingClient, imds: Imds
) -> None:
    fleet.set_desired(2)
    imds.answers["instance-id"] = chosen = ids(scaling)[0]
    member = member_of(imds)
    imds.answers[f"tags/instance/{DRAIN_TAG}"] = "1"
    assert drained(member)

    member.leave()

    assert chosen not in ids(scaling)
    assert group(scaling)["DesiredCapacity"] == 1


def test_at_the_group_s_least_size_another_takes_the_place(
    fleet: Ec2Fleet, scaling: AutoScalingClient, imds: Imds
) -> None:
    fleet.set_desired(1)
    scaling.update_auto_scaling_group(AutoScalingGroupName=GROUP, MinSize=1)
    imds.answers["instance-id"] = chosen = ids(scaling)[0]
    member = member_of(imds)
    imds.answers[f"tags/instance/{DRAIN_TAG}"] = "1"
    assert drained(member)
    with Stubber(member._scaling) as stub:
        expected = {"InstanceId": chosen, "ShouldDecrementDesiredCapacity": True}
        stub.add_client_error(
            "terminate_instance_in_auto_scaling_group",
            "ValidationError",
            "Currently, desiredSize equals minSize (1). Terminating instance without replacement "
            "will violate group's min size constraint.",
            expected_params=expected,
        )
        stub.add_response(
            "terminate_instance_in_auto_scaling_group",
            {},
            {**expected, "ShouldDecrementDesiredCapacity": False},
        )
        stub.add_response("describe_lifecycle_hooks", {"LifecycleHooks": []})

        member.leave()

        stub.assert_no_pending_responses()


def hook() -> dict[str, Any]:
    return {
        "LifecycleHookName": "drain",
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
    }


def completion() -> dict[str, Any]:
    return {
        "AutoScalingGroupName": GROUP,
        "LifecycleHookName": "drain",
        "LifecycleActionResult": "CONTINUE",
        "InstanceId": "i-1",
    }


def test_an_instance_the_group_takes_away_completes_the_hook_as_soon_as_it_has_begun(
    imds: Imds,
) -> None:
    imds.answers |= {"instance-id": "i-1", "autoscaling/target-lifecycle-state": "Terminated"}
    member = member_of(imds)
    assert drained(member)
    with Stubber(member._scaling) as stub:
        stub.add_response("describe_lifecycle_hooks", {"LifecycleHooks": [hook()]})
        stub.add_client_error("complete_lifecycle_action", "ValidationError", "No active action")
        stub.add_response("complete_lifecycle_action", {}, completion())

        member.leave()

        stub.assert_no_pending_responses()


def test_a_plain_stop_leaves_the_instance_where_it_is(
    fleet: Ec2Fleet, scaling: AutoScalingClient, imds: Imds
) -> None:
    fleet.set_desired(1)

    member_of(imds).leave()

    assert len(ids(scaling)) == 1


def test_metadata_that_fail_for_a_while_do_not_end_the_watch(
    imds: Imds, monkeypatch: pytest.MonkeyPatch
) -> None:
    imds.answers["autoscaling/target-lifecycle-state"] = "Terminated"
    member = member_of(imds)
    answers, broken = member._metadata.ending, iter([True, True])

    def ending() -> Ending | None:
        if next(broken, False):
            raise FleetError("Instance metadata do not answer.")
        return answers()

    monkeypatch.setattr(member._metadata, "ending", ending)

    assert drained(member)


def abzug(monkeypatch: pytest.MonkeyPatch, *arguments: str, url: str = URL) -> str | int | None:
    monkeypatch.setenv("ABZUG_FLEET_URL", url)
    monkeypatch.setattr("sys.argv", ["abzug", "fleet", *arguments])
    try:
        cli.main()
    except SystemExit as exit_:
        return exit_.code
    return None


def test_an_operator_sets_and_sees_the_fleet_on_the_command_line(
    scaling: AutoScalingClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not abzug(monkeypatch, "scale", "2")
    assert not abzug(monkeypatch, "drain", ids(scaling)[0])
    assert not abzug(monkeypatch, "state")

    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "desired 2"
    assert shown[-1] == "desired 1  ready 1  pending 0  draining 1"


def test_the_fleet_of_abzug_up_is_not_set_from_outside(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert abzug(monkeypatch, "scale", "2", url="process:") == 78
    assert "--workers" in capsys.readouterr().err
