"""podman with all of its own in one folder, and the images that the tests run.

No registry is asked: the bases are made of Debian's packages.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
BASE = "localhost/debian-python"
IMAGE = "localhost/events-tracker"
DATABASE = "localhost/mariadb"
_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_OF_MARIADB = (
    "/usr/bin/mariadb-install-db",
    "/usr/bin/my_print_defaults",
    "/usr/bin/resolveip",
    "/usr/sbin/mariadbd",
    "/usr/share/mysql",
)


class Engine:
    """The podman of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {
            **os.environ,
            "CONTAINERS_CONF": self._write("containers.conf", self._containers()),
            "CONTAINERS_STORAGE_CONF": self._write("storage.conf", self._storage()),
            "PODMAN_COMPOSE_WARNING_LOGS": "false",
        }

    def _write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def _containers(self) -> str:
        # What holds on any machine, with systemd or without, and inside of another container.
        return f"""
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "{self.folder}/networks"
"""

    def _storage(self) -> str:
        return f"""
[storage]
driver = "overlay"
graphroot = "{self.folder}/images"
runroot = "{self.folder}/run"
"""

    def run(
        self, *words: str, fails: bool = False, cwd: Path = ROOT
    ) -> "subprocess.CompletedProcess[str]":
        """Run one command with this podman; unless it ``fails`` it must end well."""
        done = subprocess.run(
            words, env=self.environ, cwd=cwd, capture_output=True, text=True, timeout=240
        )
        assert (done.returncode != 0) is fails, f"{words}\n{done.stdout}\n{done.stderr}"
        return done

    def podman(self, *words: str, fails: bool = False) -> "subprocess.CompletedProcess[str]":
        """Run one command of podman."""
        return self.run("podman", *words, fails=fails)

    def size(self, image: str) -> int:
        return int(self.podman("image", "inspect", "--format", "{{.Size}}", image).stdout)

    def has(self, image: str) -> bool:
        exists = subprocess.run(["podman", "image", "exists", image], env=self.environ)
        return exists.returncode == 0

    def make_base(self) -> None:
        """Make an image of Debian's Python, in place of the official one."""
        if self.has(BASE):
            return
        sources = Path("/etc/apt/sources.list.d/debian.sources")
        made = self.folder / "base.tar"
        with sources.open("rb") as given:
            subprocess.run(
                ["mmdebstrap", "--quiet", "--variant=minbase",
                 "--include=python3-venv,ca-certificates", "bookworm", str(made), "-"],
                stdin=given, check=True,
            )  # fmt: skip
        self.podman("import", "--quiet", str(made), BASE)
        made.unlink()

    def make_image(self) -> None:
        """Make the image of this checkout.

        A machine may have certificates of its own: they are lent to the steps of the build.
        """
        settings = self._write("pip.conf", f"[global]\ncert = {_CERTIFICATES}\n")
        self.podman(
            *("build", "--quiet", "--format", "docker", "--network=host", "--tag", IMAGE),
            *("--build-arg", f"BASE={BASE}"),
            *("--volume", f"{_CERTIFICATES}:{_CERTIFICATES}:ro"),
            *("--volume", f"{settings}:/etc/pip.conf:ro"),
            str(ROOT),
        )

    def make_database(self) -> None:
        """Make an image of this machine's MariaDB, in place of the official one."""
        if self.has(DATABASE):
            return
        subprocess.run([ROOT / "tests/servers/mariadb-server", "install"], check=True)
        context = self.folder / "mariadb"
        for path in (*_OF_MARIADB, *_libraries("/usr/sbin/mariadbd")):
            _copy(Path(path), context / "root")
        shutil.copy(HERE / "mariadb", context)
        (context / "Dockerfile").write_text(
            f'FROM {BASE}\nCOPY root /\nCOPY mariadb /\nENTRYPOINT ["/mariadb"]\n'
        )
        self.podman("build", "--quiet", "--tag", DATABASE, str(context))
        shutil.rmtree(context)

    def end(self) -> None:
        """Remove all that there is, and let go of the folder."""
        self.podman("rm", "--force", "--all", "--time", "0")
        subprocess.run(["umount", str(self.folder / "images/overlay")], capture_output=True)
        shutil.rmtree(self.folder)


def _libraries(program: str) -> Sequence[str]:
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return [word for word in listed.split() if word.startswith("/lib/")]


def _copy(path: Path, root: Path) -> None:
    """Copy a file or a folder; what is in /lib is in /usr/lib, which the other is a link to."""
    place = str(path).removeprefix("/")
    to = root / (f"usr/{place}" if place.startswith("lib/") else place)
    to.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.copytree(path, to)
    else:
        shutil.copy(path, to)
