import LinuxSys
package import Primitives

/// One image in an OCI image layout on disk (image-spec, "Image Layout").
package struct LayoutImage: Sendable {
    package let path: String
    package let tag: String

    /// Copies it with skopeo, to be independent of the code under test.
    package func copy(to destination: String, options: [String] = []) throws(Failure) {
        let arguments = ["--insecure-policy", "copy", "--quiet"] + options + ["oci:\(path):\(tag)", destination]
        try Command("skopeo", arguments, timeoutSeconds: 600).check()
    }
}

/// Writes an image layout from uncompressed layer tars.
struct LayoutWriter {
    private let path: String
    private var blobs: String { path + "/blobs/sha256" }
    private var layers: [JSON] = []
    private var diffIDs: [JSON] = []

    init(_ path: String) throws(Failure) {
        self.path = path
        try HostFile.makeDirectories(blobs, mode: 0o755)
        try write("{\"imageLayoutVersion\":\"1.0.0\"}", to: "oci-layout", in: path)
    }

    /// Compresses the tar and takes it as the next layer.
    mutating func add(layer tar: String) throws(Failure) {
        diffIDs.append(.string(try LayoutWriter.digest(tar)))
        try Command("gzip", ["-n", "-1", "-f", tar], timeoutSeconds: 600).check()
        let digest = try LayoutWriter.digest(tar + ".gz")
        let name = String(digest.dropFirst("sha256:".count))
        try Command("mv", [tar + ".gz", "\(blobs)/\(name)"]).check()
        let size = Int64(try Command("stat", ["-c", "%s", "\(blobs)/\(name)"]).check().line) ?? 0
        layers.append(LayoutWriter.descriptor("application/vnd.oci.image.layer.v1.tar+gzip", digest, size))
    }

    /// Writes config, manifest and index.
    /// - Parameter configuration: the `config` member of the image's configuration (`Cmd`, `Env`, …).
    func finish(tag: String, configuration: JSONObject) throws(Failure) {
        let machine = try Command("uname", ["-m"]).check().line
        let config: JSON = [
            "created": "2024-01-01T00:00:00Z", "architecture": .string(machine == "aarch64" ? "arm64" : "amd64"), "os": "linux",
            "config": .object(configuration), "rootfs": ["type": "layers", "diff_ids": .array(diffIDs)],
            "history": .array(diffIDs.indices.map { ["created": "2024-01-01T00:00:00Z", "created_by": .string("layer \($0 + 1)")] }),
        ]
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": try write(config, "application/vnd.oci.image.config.v1+json"), "layers": .array(layers),
        ]
        var entry = try write(manifest, "application/vnd.oci.image.manifest.v1+json").object ?? [:]
        entry["annotations"] = ["org.opencontainers.image.ref.name": .string(tag)]
        let index: JSON = ["schemaVersion": 2, "manifests": [.object(entry)]]
        try write(index.compact(), to: "index.json", in: path)
    }

    private func write(_ document: JSON, _ type: String) throws(Failure) -> JSON {
        let text = document.compact()
        let digest = SHA256.of(text).description
        try write(text, to: String(digest.dropFirst("sha256:".count)), in: blobs)
        return LayoutWriter.descriptor(type, digest, Int64(text.utf8.count))
    }

    private func write(_ text: String, to name: String, in directory: String) throws(Failure) {
        try Directory.open(directory).writeFile(name, Array(text.utf8), mode: 0o644, durable: false)
    }

    private static func descriptor(_ type: String, _ digest: String, _ size: Int64) -> JSON {
        ["mediaType": .string(type), "digest": .string(digest), "size": .int(size)]
    }

    /// Taken by coreutils: the code under test has no say in what is right.
    private static func digest(_ path: String) throws(Failure) -> String {
        "sha256:" + String(try Command("sha256sum", [path]).check().text.prefix(64))
    }
}
