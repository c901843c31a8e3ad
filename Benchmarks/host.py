"""What a run needs around it: a registry, and for root an ordinary user and a dockerd, all removed afterwards."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def wait_for(what, is_ready, seconds=30):
    end = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not come up")
        time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quiet(*words, **options):
    return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **options).returncode


class Host:
    """Starts the servers; `close` ends exactly what was started."""

    def __init__(self):
        self.scratch = tempfile.mkdtemp(prefix="proa-bench-", dir="/var/tmp")
        os.chmod(self.scratch, 0o755)
        self.servers, self.user, self.docker_socket, self.docker = [], None, None, None

    def serve(self, *words):
        log = open(os.path.join(self.scratch, f"log-{len(self.servers)}"), "wb")  # pylint: disable=consider-using-with
        server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.servers.append(server)
        return server

    def start_docker(self, group):
        """A daemon in a network namespace of its own, with a bridge where iptables works; its mounts vanish with its mount namespace."""
        self.docker_socket = os.path.join(self.scratch, "docker.sock")
        folder = os.path.join(self.scratch, "docker")

        def is_ready():
            return self.docker.poll() is not None or quiet("docker", "-H", "unix://" + self.docker_socket, "version") == 0

        for bridge in ([], ["--bridge=none", "--iptables=false", "--ip6tables=false"]):
            self.docker = self.serve(
                "unshare", "--net", "--mount", "sh", "-c", 'ip link set lo up; exec dockerd "$@"', "sh",
                f"--data-root={folder}/data", f"--exec-root={folder}/exec", f"--pidfile={folder}/pid", f"--group={group}",
                "-H", "unix://" + self.docker_socket, *bridge)
            wait_for("dockerd", is_ready)
            if self.docker.poll() is None:
                return
        raise RuntimeError("dockerd did not start")

    def start_registry(self, name):
        """A registry on loopback that forgets on demand; a second one in the daemon's namespace serves the same files on the same port."""
        port = free_port()
        config = os.path.join(self.scratch, f"{name}.yml")
        with open(config, "w", encoding="ascii") as file:
            json.dump({"version": 0.1, "log": {"level": "error"}, "http": {"addr": f"127.0.0.1:{port}"},
                       "storage": {"filesystem": {"rootdirectory": os.path.join(self.scratch, name)},
                                   "delete": {"enabled": True}}}, file)
        words = ("docker-registry", "serve", config)
        self.serve(*words)
        if self.docker:
            self.serve("nsenter", f"--net=/proc/{self.docker.pid}/ns/net", *words)

        def answers():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        wait_for("docker-registry", answers)
        return f"127.0.0.1:{port}"

    def make_user(self):
        """An ordinary user with subordinate ids."""
        self.user = f"proa-bench-{os.getpid()}"
        for file in ("/etc/subuid", "/etc/subgid"):
            open(file, "a", encoding="ascii").close()  # pylint: disable=consider-using-with
        subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", self.user], check=True)
        return pwd.getpwnam(self.user)

    def open_tun(self):
        """Most hosts let everybody make TUN devices; where this one does not, the worker sees a node that does."""
        if not os.path.exists("/dev/net/tun") or os.stat("/dev/net/tun").st_mode & 0o006 == 0o006:
            return 'exec "$@"'
        node = os.path.join(self.scratch, "tun")
        os.mknod(node, 0o020666, os.stat("/dev/net/tun").st_rdev)
        os.chmod(node, 0o666)
        return f'mount --bind {node} /dev/net/tun && exec "$@"'

    def worker(self, user, binary, registry, memory):
        """The measuring part as the user: its words and environment. Its process namespace ends with it."""
        shutil.copytree(os.path.dirname(os.path.abspath(__file__)), os.path.join(self.scratch, "Benchmarks"))
        shutil.copy(binary, os.path.join(self.scratch, "proa"))
        work = os.path.join(self.scratch, "user")
        os.mkdir(work, 0o700)
        os.chown(work, user.pw_uid, user.pw_gid)
        environment = {"HOME": user.pw_dir, "USER": self.user, "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                       "LANG": "C.UTF-8", "PROA_BENCH_WORK": work, "PROA_BENCH_DOCKER": self.docker_socket,
                       "PROA_BENCH_REGISTRY": registry, "PROA_BENCH_TARGET": os.environ["PROA_BENCH_TARGET"], "PROA_BENCH_MEMORY": str(memory),
                       "PROA_BENCH_PULL_MIB": os.environ.get("PROA_BENCH_PULL_MIB", ""), "PROA_BINARY": os.path.join(self.scratch, "proa")}
        words = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "bash", "-c", '"$@"; exit $?', "init",
                 "sh", "-c", self.open_tun(), "sh", "runuser", "-u", self.user, "--", "python3", os.path.join(self.scratch, "Benchmarks", "run")]
        return words, environment

    def close(self):
        for server in reversed(self.servers):
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        if self.user:
            quiet("userdel", "-r", self.user)
        # Files under subordinate ids: root removes them, a user only in a user namespace of the same ids.
        if quiet("rm", "-rf", self.scratch) != 0:
            quiet("unshare", "--map-root-user", "--map-auto", "rm", "-rf", self.scratch)
