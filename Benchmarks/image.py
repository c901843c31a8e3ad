"""Images for the rows of images: OCI layouts of gzip layers with files of many sizes, a third of it incompressible."""

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import tarfile

LAYERS = 5


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Hashed:
    """A file that is hashed while it is written."""

    def __init__(self, file):
        self.file, self.hash, self.size = file, hashlib.sha256(), 0

    def write(self, data):
        self.hash.update(data)
        self.size += len(data)
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def content(source, size):
    """Random bytes and more than twice as many of text in turns: gzip leaves about a third."""
    random_bytes, text_bytes = 3648, 8640
    text = b"the quick brown fox jumps over the lazy dog; " * 192
    parts = []
    for _ in range(0, size, random_bytes + text_bytes):
        parts += [source.randbytes(random_bytes), text[:text_bytes]]
    return b"".join(parts)[:size]


def write_layer(folder, number, size):
    """One layer; returns its descriptor and diff id. Same arguments, same bytes."""
    source = random.Random(number)
    partial = os.path.join(folder, f"layer-{number}")
    with open(partial, "wb") as raw:
        compressed = Hashed(raw)
        with gzip.GzipFile("", "wb", 1, compressed, mtime=0) as zipped:
            plain = Hashed(zipped)
            with tarfile.open(fileobj=plain, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                written, index = 0, 0
                while written < size:
                    length = min(size - written, int(source.lognormvariate(9.5, 1.6)) + 1)
                    entry = tarfile.TarInfo(f"data/{number}/{index % 97}/{index}")
                    entry.size, entry.mode, entry.mtime = length, 0o644, 1704067200
                    tar.addfile(entry, io.BytesIO(content(source, length)))
                    written, index = written + length, index + 1
    name = compressed.hash.hexdigest()
    os.rename(partial, os.path.join(folder, "blobs", "sha256", name))
    kind = "application/vnd.oci.image.layer.v1.tar+gzip"
    return {"mediaType": kind, "digest": "sha256:" + name, "size": compressed.size}, "sha256:" + plain.hash.hexdigest()


def write_blob(folder, document, kind):
    data = json.dumps(document).encode()
    with open(os.path.join(folder, "blobs", "sha256", digest(data)[7:]), "wb") as file:
        file.write(data)
    return {"mediaType": kind, "digest": digest(data), "size": len(data)}


def finish(folder, layers, command):
    """Config, manifest and index; layers are (descriptor, diff id)."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    config = {"architecture": machine, "os": "linux", "config": {"Cmd": command},
              "rootfs": {"type": "layers", "diff_ids": [diff_id for _, diff_id in layers]}}
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": write_blob(folder, config, "application/vnd.oci.image.config.v1+json"),
                "layers": [descriptor for descriptor, _ in layers]}
    entry = write_blob(folder, manifest, manifest["mediaType"])
    entry["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    for name, document in (("oci-layout", {"imageLayoutVersion": "1.0.0"}), ("index.json", {"schemaVersion": 2, "manifests": [entry]})):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            json.dump(document, file)


def write_single(folder, archive):
    """An image of one tar archive, in a folder that has blobs/sha256."""
    data = gzip.compress(archive, 1, mtime=0)
    with open(os.path.join(folder, "blobs", "sha256", digest(data)[7:]), "wb") as file:
        file.write(data)
    kind = "application/vnd.oci.image.layer.v1.tar+gzip"
    finish(folder, [({"mediaType": kind, "digest": digest(data), "size": len(data)}, digest(archive))], ["/bin/sh"])


def layout(cache, megabytes):
    """Path of the layout with the tag `latest`, made when it is not in the cache."""
    path = os.path.join(cache, f"pull-{megabytes}-4")
    if os.path.exists(path):
        return path
    partial = path + ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    os.makedirs(os.path.join(partial, "blobs", "sha256"))
    write_image(partial, LAYERS, megabytes * (1 << 20) // LAYERS)
    os.rename(partial, path)
    return path


def write_image(folder, count, size):
    """An image of `count` layers of `size` bytes. What finish() needs of them is kept beside the layout."""
    layers = [write_layer(folder, number, size) for number in range(count)]
    with open(os.path.join(folder, "layers.json"), "w", encoding="ascii") as file:
        json.dump(layers, file)
    finish(folder, layers, ["/true"])


def part(whole, count):
    """Path of a layout of the lowest layers of another one."""
    path = f"{whole}-{count}"
    if not os.path.exists(path):
        partial = path + ".partial"
        shutil.rmtree(partial, ignore_errors=True)
        os.makedirs(os.path.join(partial, "blobs", "sha256"))
        with open(os.path.join(whole, "layers.json"), encoding="ascii") as file:
            layers = json.load(file)[:count]
        for descriptor, _ in layers:
            blob = os.path.join("blobs", "sha256", descriptor["digest"][7:])
            os.link(os.path.join(whole, blob), os.path.join(partial, blob))
        finish(partial, layers, ["/true"])
        os.rename(partial, path)
    return path


def many(cache, count):
    """Path of the layout of an image of many layers of 1 MiB."""
    path = os.path.join(cache, f"many-{count}")
    if not os.path.exists(path):
        partial = path + ".partial"
        shutil.rmtree(partial, ignore_errors=True)
        os.makedirs(os.path.join(partial, "blobs", "sha256"))
        write_image(partial, count, 1 << 20)
        os.rename(partial, path)
    return path
