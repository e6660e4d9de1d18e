"""The container files, as far as they can be judged without a daemon."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp.test_utils import make_mocked_request

from environment import ENVIRONMENT
from office.workbench.receiving import MAX_UPLOAD_BYTES
from server.security import client_address

ROOT = Path(__file__).resolve().parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "huhang"}
# What runs before the copies, and ends.
ONCE = {name: service for name, service in OURS.items() if service["restart"] == "no"}
COPIES = {name: service for name, service in OURS.items() if name not in ONCE}
NGINX = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
KNOWN = {
    "FROM", "ARG", "ENV", "WORKDIR", "RUN", "COPY", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL",
    "HEALTHCHECK", "ENTRYPOINT", "CMD",
}  # fmt: skip


def instructions() -> list[list[tuple[str, str]]]:
    """The instructions of the Dockerfile, a list for each stage."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    stages: list[list[tuple[str, str]]] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, rest.strip()))
    return stages


def of(stage: list[tuple[str, str]], word: str) -> list[str]:
    return [rest for name, rest in stage if name == word]


def example() -> dict[str, str]:
    """What .env.example sets."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def interpolated(text: str, values: Mapping[str, str]) -> str:
    """A value of compose.yml as Compose fills it in: an empty variable is one that is not set."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: values.get(found[1]) or found[2], text)


def test_every_instruction_is_one_that_docker_knows():
    assert {word for stage in instructions() for word, _ in stage} <= KNOWN


def test_image_is_built_in_a_stage_of_its_own_from_pinned_pythons():
    build, final = instructions()
    assert build[0][1].endswith(" AS build")
    for stage in (build, final):
        assert re.match(r"python:3\.10-slim-\w+", stage[0][1])
    assert not any("pip" in rest for rest in of(final, "RUN"))
    (lock,) = (rest for rest in of(build, "ARG") if rest.startswith("LOCK="))
    assert lock == "LOCK=requirements.lock"
    assert of(build, "COPY")[0] == "${LOCK} ./"
    assert any('--require-hashes -r "${LOCK}"' in rest for rest in of(build, "RUN"))


def test_image_runs_as_nobody_special_and_says_whether_it_serves():
    final = instructions()[-1]
    assert of(final, "USER") == ["huhang"]
    after = [word for word, _ in final][[word for word, _ in final].index("USER") :]
    assert "RUN" not in after
    assert "COPY" not in after
    (check,) = of(final, "HEALTHCHECK")
    (port,) = of(final, "EXPOSE")
    assert f"127.0.0.1:{port}/healthz" in check
    assert f"HUHANG_PORT={port}" in " ".join(of(final, "ENV"))


def test_variables_of_the_image_are_settings():
    named = re.findall(r"\b(HUHANG_\w+)=", (ROOT / "Dockerfile").read_text("utf-8"))
    assert named
    assert set(named) <= set(ENVIRONMENT)


def test_commands_of_the_build_are_commands_of_the_program():
    from channels.cli import COMMANDS

    text = (ROOT / "Dockerfile").read_text("utf-8")
    named = set(re.findall(r"bin/huhang (\w+)", text))
    entry = re.search(r'^CMD \["(\w+)"', text, re.M)
    assert entry is not None
    assert {*named, entry[1]} <= set(COMMANDS)


def ignored(path: str) -> bool:
    """Whether .dockerignore leaves a path out; the last line that fits decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.strip().removeprefix("!")
        if not pattern or pattern.startswith("#"):
            continue
        parts = Path(path).parts
        heads = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        if any(fnmatch.fnmatch(head, pattern.removeprefix("**/")) for head in heads):
            out = not line.startswith("!")
    return out


def test_what_the_program_reads_is_not_left_out_of_the_image():
    for name in ("requirements.lock", "pyproject.toml", "config.yml", "settings.py", "README.md"):
        assert not ignored(name), name
    layers = ("channels", "office", "server", "printing", "curation", "bot", "actions", "papers",
              "desk", "indexer", "knowledge")  # fmt: skip
    named = set()
    for path in (p for layer in layers for p in (ROOT / layer).rglob("*.py")):
        named |= {
            "/".join(re.findall(r'"([\w.]+)"', match))
            for match in re.findall(r'ROOT((?: / "[\w.]+")+)', path.read_text("utf-8"))
        }
    assert any(name.startswith("tests/golden") for name in named)
    assert [name for name in named if ignored(name) and not name.startswith("var")
            and (ROOT / name).exists() and not name.startswith("benchmarks")] == []  # fmt: skip
    assert ignored("var/desk.sqlite")
    assert ignored(".env")
    assert ignored(".git/config")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name: str):
    service = SERVICES[name]
    user = str(service["user"]).split(":")[0]
    assert int(user) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert ":" in service["image"] or service["image"] == "huhang"
    assert not service["image"].endswith(":latest")


def test_a_new_image_fills_the_volume_of_an_old_one():
    image = (ROOT / "Dockerfile").read_text("utf-8")
    line = json.loads(re.findall(r"^CMD (\[.*\])$", image, re.M)[-1])
    assert line[0] == "serve"
    seed = line[line.index("--seed") + 1]
    # Outside of the volume, which would hide it.
    (volume,) = re.findall(r"^VOLUME (\S+)", image, re.M)
    assert not seed.startswith(volume)
    assert re.search(rf"^COPY --from=build /seed/models {seed}/models$", image, re.M)
    assert all("command" not in service for service in COPIES.values())


def test_two_copies_share_one_state():
    assert len(COPIES) == 2
    one, two = COPIES.values()
    assert one == two
    variables = one["environment"]
    assert {name for name in variables if name.startswith("HUHANG_")} <= set(ENVIRONMENT)
    assert {"HUHANG_DATABASE_URL", "HUHANG_TRACKER_URL", "HUHANG_SECRET_KEY"} <= set(variables)
    assert one["volumes"] == ["data:/data"]
    assert "data" in COMPOSE["volumes"]


def test_secrets_are_asked_for_and_never_written_down():
    text = (ROOT / "compose.yml").read_text("utf-8")
    for name in ("POSTGRES_PASSWORD", "HUHANG_SECRET_KEY"):
        assert f"{name}: ${{{name}:?}}" in text
    assert len(re.findall(r"huhang:(\$\{POSTGRES_PASSWORD:\?\})@postgres", text)) == 2


def test_addresses_lead_to_services_and_their_databases():
    variables = next(iter(COPIES.values()))["environment"]
    for name, host in (
        ("HUHANG_DATABASE_URL", "postgres"),
        ("HUHANG_TRACKER_URL", "postgres"),
    ):
        assert re.search(rf"[@/]{host}[:/]", variables[name]), name
        assert host in SERVICES
    database = SERVICES["postgres"]
    assert variables["HUHANG_DATABASE_URL"].endswith(f"/{database['environment']['POSTGRES_DB']}")
    made = (ROOT / "deploy" / "trackers.sql").read_text("utf-8")
    assert f"CREATE DATABASE {variables['HUHANG_TRACKER_URL'].rsplit('/', 1)[1]} " in made


def test_only_the_proxy_is_reached_from_outside_and_only_from_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"proxy": ["127.0.0.1:8080:8080"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name, service in SERVICES.items():
        assert ("outside" in service["networks"]) == (name == "proxy")


def test_the_copies_reach_other_services_and_are_told_of_them_by_a_file():
    assert not (COMPOSE["networks"]["out"] or {}).get("internal")
    for name, service in SERVICES.items():
        assert ("out" in service["networks"]) == (name in OURS)
        assert service.get("env_file") == (
            [{"path": ".env", "required": False}] if name in OURS else None
        )
    assert SERVICES["postgres"]["networks"] == ["inside"]
    # A copy of the example changes nothing that the image and the other services rely on.
    image = (ROOT / "Dockerfile").read_text("utf-8")
    for service in COPIES.values():
        given = service["environment"]
        for key in ("HUHANG_DATA_DIR", "HUHANG_HOST", "HUHANG_PORT"):
            assert given[key] == re.findall(rf"^ENV .*{key}=(\S+)", image, re.M)[0]
        # Compose puts the same file into what is asked for here.
        for key, value in given.items():
            if ":-" in value:
                assert interpolated(value, example()) == interpolated(value, {}), key


def test_proxy_leads_to_every_copy_and_passes_websockets():
    (port,) = re.findall(r"^EXPOSE (\d+)", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
    assert set(re.findall(r"server ([\w-]+):(\d+)", NGINX)) == {(name, port) for name in COPIES}
    assert re.search(r"listen (\d+);", NGINX)[1] == SERVICES["proxy"]["ports"][0].split(":")[-1]
    assert "proxy_set_header Upgrade $http_upgrade;" in NGINX
    assert NGINX.count("{") == NGINX.count("}")
    # A message that may have been taken is not sent to the other copy.
    assert "non_idempotent" not in NGINX


def test_proxy_with_certificates_in_front_leaves_people_their_addresses_and_cookies_secure():
    given = next(iter(COPIES.values()))["environment"]["HUHANG_TRUSTED_PROXIES"]
    usual = re.fullmatch(r"\$\{HUHANG_TRUSTED_PROXIES:-(\d)\}", given)
    # The one in front wrote the caller, nginx adds the one in front; the caller wrote something, too.
    headers = {"X-Forwarded-For": "9.9.9.9, 203.0.113.7, 172.18.0.1"}
    request = make_mocked_request("GET", "/", headers=headers)
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in NGINX
    assert client_address(request, int(usual[1])) == "203.0.113.7"
    assert "proxy_set_header X-Forwarded-Proto $forwarded_proto;" in NGINX
    assert re.search(
        r"map \$http_x_forwarded_proto \$forwarded_proto "
        r"\{ default \$http_x_forwarded_proto; '' \$scheme; \}",
        NGINX,
    )


def test_proxy_takes_what_the_application_takes_and_passes_it_on_as_it_comes():
    most = re.search(r"client_max_body_size (\d+)m;", NGINX)
    assert int(most[1]) * 1024 * 1024 > MAX_UPLOAD_BYTES
    assert "proxy_request_buffering off;" in NGINX


def test_proxy_shows_the_figures_of_the_program_to_nobody():
    assert "location = /metrics { return 404; }" in NGINX


def test_what_is_depended_on_has_a_check_of_its_health():
    checked = {name for name, service in SERVICES.items() if "healthcheck" in service} | set(COPIES)
    for service in SERVICES.values():
        for name, condition in service.get("depends_on", {}).items():
            assert name in checked
            ended = "service_completed_successfully"
            assert condition == {"condition": ended if name in ONCE else "service_healthy"}


def test_files_that_are_mounted_exist():
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = str(volume).split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file(), volume


def test_what_a_newer_image_brings_is_made_before_its_copies_serve():
    (name,) = ONCE
    for copy in COPIES.values():
        assert copy["depends_on"][name] == {"condition": "service_completed_successfully"}
    for key in ("environment", "volumes", "env_file", "user", "read_only"):
        assert ONCE[name][key] == next(iter(COPIES.values()))[key]
    assert ONCE[name]["entrypoint"] == ["sh", "-ec"]
    build, train = ONCE[name]["command"][0].split("; ")
    assert build == "huhang kb build --if-stale --publish --without-drafts"
    assert train == "huhang train bot"


def test_an_object_store_can_be_reached_from_an_image_that_was_built_for_it():
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9_.-]+==[^ ]+", (ROOT / name).read_text("utf-8"), re.M))

    for service in OURS.values():
        given = service["build"]["args"]["LOCK"]
        assert interpolated(given, {}) == "requirements.lock"
        assert interpolated(given, {"LOCK": "requirements-store.lock"}) == "requirements-store.lock"
    assert pins("requirements.lock") < pins("requirements-store.lock")
    assert any(pin.startswith("s3fs==") for pin in pins("requirements-store.lock"))
    assert not ignored("requirements-store.lock")


def test_secrets_are_made_once_and_kept_for_their_owner(tmp_path: Path):
    head = (ROOT / "compose.yml").read_text("utf-8").split("name: huhang")[0]
    (line,) = re.findall(r"^#   (\(umask.*\))$", head, re.M)
    assert subprocess.run(["sh", "-c", line], cwd=tmp_path).returncode == 0
    kept = (tmp_path / ".env").read_text()
    assert re.fullmatch(r"HUHANG_SECRET_KEY=[0-9a-f]{64}\nPOSTGRES_PASSWORD=[0-9a-f]{32}\n", kept)
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    again = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True)
    assert again.returncode != 0
    assert (tmp_path / ".env").read_text() == kept
    # No command that follows carries a secret of its own.
    assert not re.search(r"(SECRET_KEY|PASSWORD)=\S+ docker", head)
    assert ignored(".env")
