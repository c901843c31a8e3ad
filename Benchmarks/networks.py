"""Rows of networks: a start on a bridge, throughput, requests, names, memory."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time

from host import free_port
from tools import Tool

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORK, SERVER = "bench-net", "bench-server"
# Who serves the networks of containers. dockerd does docker's in itself.
HELPERS = {"proa": ["proa:net", "pasta"], "podman": ["slirp4netns", "pasta", "rootlessport", "aardvark-dns"]}
# The host, as a container sees it.
HOST_NAMES = {"proa": "host.docker.internal", "podman": "host.containers.internal", "docker": "host.docker.internal"}


def make_image(folder):
    """netload alone, static: both ends of every measurement are the same program."""
    os.makedirs(folder + "/root/bin")
    # The linker's warning about getaddrinfo: names come from files and from DNS here, which the static library knows.
    made = subprocess.run(["gcc", "-O2", "-static", "-o", folder + "/root/bin/netload", HERE + "/netload.c"], stderr=subprocess.PIPE)
    if made.returncode != 0:
        raise RuntimeError(made.stderr.decode())
    for name in ("dev", "proc", "sys", "tmp", "etc"):
        os.mkdir(f"{folder}/root/{name}")
    return folder + "/root"


class NetworkRows:
    """Clients and servers are containers of the same engine; the host's end is one with the host's network."""

    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.image = f"{bench.registry}/netload:latest"
        self.tools = []
        for tool in bench.tools:
            try:
                tool.check(*bench.pull(tool, self.image))
                tool.check("run", "--rm", bench.image, "/bin/true")
                self.tools.append(tool)
            except RuntimeError as error:
                print(f"{tool.name} has no network here: {error}", file=sys.stderr)
        self.variants = self.tools + [tool for base in self.tools if base.name == "podman" for tool in self.podman_modes(base)]

    def podman_modes(self, podman):
        """podman without a bridge: what an ordinary user gets, and the other such mode where it works."""
        code, default = podman.text("info", "--format", "{{.Host.RootlessNetworkCmd}}")
        default = default.strip() if code == 0 else "slirp4netns"
        for mode in ("pasta", "slirp4netns"):
            tool = Tool(f"podman+{mode}", podman.prefix, None)
            if mode != default and shutil.which(mode) and tool.run("run", "--rm", f"--network={mode}", self.bench.image, "/bin/true") == 0:
                yield tool

    @staticmethod
    def words(tool):
        """Of `run`, for a container with the engine's default network."""
        mode = tool.name.partition("+")[2]
        return [f"--network={mode}"] if mode else []

    def run(self, tool, words, *arguments):
        """What a client prints."""
        text = tool.check("run", "--rm", *words, self.image, "/bin/netload", *arguments)
        numbers = re.findall(r"^-?(?:nan|[0-9.]+)$", text, re.MULTILINE)
        if not numbers:
            raise RuntimeError(f"{tool.name}: {text[-300:]}")
        return float(numbers[-1])

    @contextlib.contextmanager
    def server(self, tool, words, *arguments):
        try:
            tool.check("run", "-d", "--name", SERVER, *words, self.image, "/bin/netload", *arguments)
            yield
        finally:
            self.bench.remove(tool, [SERVER])

    @contextlib.contextmanager
    def network(self, tool):
        tool.check("network", "create", NETWORK)
        try:
            yield f"--network={NETWORK}"
        finally:
            tool.run("network", "rm", NETWORK)

    def start(self):
        """The second container of a network: what the first one had to set up is there."""
        bench = self.bench
        for tool in self.variants:
            tool.check("run", "-d", "--name", f"first-{tool.name.replace('+', '-')}", *self.words(tool), bench.image, "/bin/sleep", "100000")
        try:
            bench.row("run --rm … true on the default network, second container", "ms", 1e3, self.options.runs,
                      lambda tool: tool.seconds("run", "--rm", *self.words(tool), bench.image, "/bin/true"), self.variants)
        finally:
            for tool in self.variants:
                bench.remove(tool, [f"first-{tool.name.replace('+', '-')}"])

    def rate(self, what, unit, scale, measure, tools):
        self.bench.row(what, unit, scale, self.options.net_runs, measure, tools, is_rate=True)

    def throughput(self):
        seconds = str(self.options.net_seconds)

        def between(tool):
            with self.network(tool) as network, self.server(tool, [network], "sink", "5000"):
                address = self.address(tool)
                return self.run(tool, [network], "pour", address, "5000", seconds)

        def published(tool):
            port = str(free_port())
            with self.server(tool, [*self.words(tool), "-p", f"{port}:5000"], "sink", "5000"):
                return self.run(tool, ["--network=host"], "pour", "127.0.0.1", port, seconds)

        def outwards(tool):
            port, name = str(free_port()), tool.name.partition("+")[0]
            words = self.words(tool) + ["--add-host=host.docker.internal:host-gateway"] * (name == "docker")
            with self.server(tool, ["--network=host"], "sink", port):
                return self.run(tool, words, "pour", HOST_NAMES[name], port, seconds)

        for what, measure, tools in (("container → container", between, self.tools), ("host → published port", published, self.variants),
                                     ("container → host", outwards, self.variants)):
            self.rate(f"throughput, {what}", "MB/s", 1e-6, measure, tools)

    def address(self, tool):
        """Of the server: not every engine here answers names."""
        found = tool.check("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", SERVER)
        if not found:
            raise RuntimeError(f"{tool.name} tells no address of a container")
        return found

    def requests(self):
        for what, mode in (("32 connections that stay", "keep"), ("a connection each, 32 at once", "each")):
            def measure(tool, mode=mode):
                port = str(free_port())
                with self.server(tool, [*self.words(tool), "-p", f"{port}:80"], "http", "80"):
                    return self.run(tool, ["--network=host"], "get", "127.0.0.1", port, "32", str(self.options.net_seconds), mode)

            self.rate(f"HTTP through a published port, {what}", "1/s", 1, measure, self.variants)

    def names(self):
        def measure(tool):
            with self.network(tool) as network, self.server(tool, [network], "sink", "5000"):
                return self.run(tool, [network], "dns", SERVER, str(self.options.net_queries), "64")

        self.rate(f"name server, {self.options.net_queries} queries for a container", "1/s", 1, measure, self.tools)

    def memory(self):
        count = self.options.net_containers
        names = [f"n{number}" for number in range(count)]

        def measure(tool):
            helpers = HELPERS[tool.name]
            before = self.bench.pss(helpers)
            try:
                for name in names:
                    tool.check("run", "-d", "--name", name, self.bench.image, "/bin/sleep", "100000")
                time.sleep(1)
                after = self.bench.pss(helpers)
                if after <= before:
                    raise RuntimeError(f"{tool.name}: no process of its networks could be read")
                return after - before
            finally:
                self.bench.remove(tool, names)

        self.bench.row(f"network processes of {count} containers, PSS", "KiB", 1, 1, measure,
                       [tool for tool in self.tools if tool.name in HELPERS])
