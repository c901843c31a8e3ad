internal import OCI
package import Primitives
internal import Store

extension ImageStore {
    /// docker's inspect document of an image (Engine API, `ImageInspect`).
    package func document(_ id: Digest) throws(Failure) -> JSON {
        let image = try image(id)
        let config = image.config
        let raw = config.raw["config"] ?? [:]
        var document = JSONObject()
        document["Id"] = .string(id.description)
        document["RepoTags"] = .strings(image.names.map(\.familiar))
        document["RepoDigests"] = .strings(image.record.repositoryDigests.map { (try? ImageReference($0).familiar) ?? $0 })
        document["Parent"] = ""
        document["Comment"] = .string(config.history.last?.comment ?? "")
        document["Created"] = .string(config.created ?? "")
        document["DockerVersion"] = config.raw["docker_version"] ?? ""
        document["Author"] = .string(config.author ?? "")
        document["Config"] = .object(Self.configDocument(raw))
        document["Architecture"] = .string(config.platform.architecture)
        if let variant = config.platform.variant { document["Variant"] = .string(variant) }
        document["Os"] = .string(config.platform.os)
        document["Size"] = .int(image.record.sizeBytes)
        var paths: [String] = []
        for diffID in config.diffIDs.reversed() { paths.append(try LayerStore.shownPath(diffID, in: root)) }
        var data: JSONObject = [:]
        if paths.count > 1 { data["LowerDir"] = .string(paths.dropFirst().joined(separator: ":")) }
        if let top = paths.first { data["UpperDir"] = .string(top) }
        // An image is never mounted by itself; what reads the document finds the keys that docker's has.
        data["MergedDir"] = data["UpperDir"] ?? ""
        data["WorkDir"] = ""
        document["GraphDriver"] = ["Data": .object(data), "Name": "overlay2"]
        document["RootFS"] = ["Type": "layers", "Layers": .strings(config.diffIDs.map(\.description))]
        document["Metadata"] = ["LastTagTime": .string(image.record.storedAt)]
        return .object(document)
    }

    /// docker shows every field of its Config, set or not.
    private static func configDocument(_ raw: JSON) -> JSONObject {
        var config = JSONObject()
        for key in ["Hostname", "Domainname", "User"] { config[key] = raw[key] ?? "" }
        for key in ["AttachStdin", "AttachStdout", "AttachStderr"] { config[key] = raw[key] ?? false }
        if let ports = raw["ExposedPorts"], !ports.isNull { config["ExposedPorts"] = ports }
        for key in ["Tty", "OpenStdin", "StdinOnce"] { config[key] = raw[key] ?? false }
        for key in ["Env", "Cmd"] { config[key] = raw[key] ?? .null }
        if let health = raw["Healthcheck"], !health.isNull { config["Healthcheck"] = health }
        config["Image"] = raw["Image"] ?? ""
        config["Volumes"] = raw["Volumes"] ?? .null
        config["WorkingDir"] = raw["WorkingDir"] ?? ""
        for key in ["Entrypoint", "OnBuild", "Labels"] { config[key] = raw[key] ?? .null }
        for key in ["StopSignal", "StopTimeout", "Shell"] { if let value = raw[key], !value.isNull { config[key] = value } }
        return config
    }
}
