"""Rows of images: pull, push, save and load."""

import json
import os
import shutil
import time
import urllib.error
import urllib.request

from tools import Tool

HERE = os.path.dirname(os.path.abspath(__file__))
MANIFESTS = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"


def request(method, registry, path):
    headers = {"Accept": MANIFESTS}
    return urllib.request.urlopen(urllib.request.Request(f"http://{registry}/v2/{path}", method=method, headers=headers), timeout=30)


class ImageRows:
    """Every engine's command for the same thing; `source` serves the images, `target` takes what is pushed."""

    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.source, self.target = bench.registry, os.environ["PROA_BENCH_TARGET"]
        os.environ["PROA_BENCH_LAYOUT"] = os.path.join(bench.work, "layout")
        self.skopeo = Tool("skopeo+umoci", [os.path.join(HERE, "skopeo")], None)
        peers = [self.skopeo] if shutil.which("skopeo") and shutil.which("umoci") else []
        self.tools = bench.tools + peers
        self.pipeline = Tool("pipeline", [os.path.join(HERE, "pipeline")], None)
        self.unpacked = os.path.join(bench.work, "pipeline")
        self.runs = self.options.pull_runs or self.options.runs

    def name(self, image):
        return f"{self.source}/{image}:latest"

    def pull(self, tool, name):
        """Removes the image, then the time to fetch it."""
        return tool.seconds("pull", name) if tool is self.skopeo else tool.seconds(*self.bench.pull(tool, name))

    def remove(self, *names):
        """Looking for a free inode among many that were deleted a minute ago takes ext4 seconds, whoever asks for it."""
        shutil.rmtree(self.unpacked, ignore_errors=True)
        for tool in self.tools:
            for name in names:
                tool.run("rmi", name)
        os.sync()
        time.sleep(self.options.pull_pause)

    def row(self, what, measure, prepare=lambda: None, tools=None):
        self.bench.row(what, "s", 1, self.runs, measure, tools or self.tools, prepare)

    def cold(self):
        def measure(tool):
            if tool is self.pipeline:
                return tool.seconds(self.source, "pull", self.unpacked)
            return self.pull(tool, self.name("pull"))

        tools = self.tools + [self.pipeline] * bool(shutil.which("igzip"))
        size, unpacked = os.environ["PROA_BENCH_PULL_MIB"], self.options.pull_megabytes
        self.row(f"pull, 5 layers, {size} MiB, unpacked {unpacked} MiB", measure, lambda: self.remove(self.name("pull")), tools)

    def half(self):
        """Three of five layers are there."""
        def prepare():
            self.remove(self.name("pull"), self.name("half"))
            for tool in self.bench.tools:
                tool.check(*self.bench.pull(tool, self.name("half")))

        self.row("pull, 3 of the 5 layers are there", lambda tool: self.pull(tool, self.name("pull")), prepare, self.bench.tools)

    def many(self):
        self.row("pull, 60 layers of 1 MiB", lambda tool: self.pull(tool, self.name("many")), lambda: self.remove(self.name("many")))

    def have(self):
        """Every engine has the image."""
        for tool in self.tools:
            if tool is self.skopeo and os.path.isdir(os.environ["PROA_BENCH_LAYOUT"]):
                continue
            self.pull(tool, self.name("pull"))

    def push(self, tool, repository):
        name = f"{self.target}/{repository}:latest"
        if tool is not self.skopeo:
            tool.check("tag", self.name("pull"), name)
        insecure = ["--tls-verify=false"] if tool.name == "podman" else []
        return tool.seconds("push", *insecure, name)

    def forget(self, repository):
        """Takes a repository's blobs back, so that the next push has to bring them."""
        try:
            with request("GET", self.target, f"{repository}/manifests/latest") as answer:
                digest, manifest = answer.headers["Docker-Content-Digest"], json.load(answer)
            for one in [manifest["config"], *manifest["layers"]]:
                request("DELETE", self.target, f"{repository}/blobs/{one['digest']}").close()
            request("DELETE", self.target, f"{repository}/manifests/{digest}").close()
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise RuntimeError(f"the registry does not forget {repository}: {error}") from error

    def pushes(self):
        self.have()

        def cold(tool):
            self.forget("push")
            return self.push(tool, "push")

        self.row("push, nothing is there", cold)
        self.row("push, everything is there", lambda tool: self.push(tool, "push"))

    def archives(self):
        self.have()
        archive = os.path.join(self.bench.work, "archive.tar")
        name = self.name("pull")

        def save(tool):
            if os.path.exists(archive):
                os.unlink(archive)
            return tool.seconds("save", archive, name) if tool is self.skopeo else tool.seconds("save", "-o", archive, name)

        self.row("save", save)
        save(self.bench.tools[0])

        def load(tool):
            return tool.seconds("load", archive) if tool is self.skopeo else tool.seconds("load", "-q", "-i", archive)

        self.row("load", load, lambda: self.remove(name, f"{self.target}/push:latest"))
        os.unlink(archive)
