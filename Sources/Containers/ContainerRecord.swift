package import Primitives

/// A container as it was created: one JSON document in docker's words (`Config`, `HostConfig`), with what only
/// we need under `Proa`. Never changed after creation, but for the name.
package struct ContainerRecord: Equatable, Sendable {
    package var json: JSONObject

    package init(json: JSONObject) { self.json = json }

    package init(parsing bytes: [UInt8]) throws(Failure) {
        guard let object = try JSON.parse(bytes).object, object["Id"]?.string?.utf8.count == 64 else {
            throw Failure(.corrupt, "the container's record is damaged")
        }
        json = object
    }

    package var id: String { json["Id"]?.string ?? "" }
    package var shortID: String { String(id.prefix(12)) }
    /// Without docker's leading slash.
    package var name: String {
        get { String((json["Name"]?.string ?? "").drop(while: { $0 == "/" })) }
        set { json["Name"] = .string("/" + newValue) }
    }
    package var created: String { json["Created"]?.string ?? "" }
    package var imageID: Digest? { json["Image"]?.string.flatMap { Digest($0) } }
    package var config: JSON { json["Config"] ?? [:] }
    package var hostConfig: JSON { json["HostConfig"] ?? [:] }
    package var proa: JSON { json["Proa"] ?? [:] }

    /// As the user typed it.
    package var imageName: String { config["Image"]?.string ?? "" }
    package var arguments: [String] { [json["Path"]?.string ?? ""] + (json["Args"]?.strings ?? []) }
    package var labels: [(key: String, value: String)] {
        (config["Labels"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }
    }
    package var tty: Bool { config["Tty"]?.bool ?? false }
    package var openStdin: Bool { config["OpenStdin"]?.bool ?? false }
    package var autoRemove: Bool { hostConfig["AutoRemove"]?.bool ?? false }
    /// Whether files of the host are mounted into it.
    package var bindsHostFiles: Bool { (proa["Mounts"]?.array ?? []).contains { $0["Source"] != nil && $0["Volume"] == nil } }
    /// Volumes that were made for it and that nobody named; they go with it.
    package var unnamedVolumes: [String] { proa["UnnamedVolumes"]?.strings ?? [] }
    package var layers: [Digest] { (proa["Layers"]?.strings ?? []).compactMap { Digest($0) } }

    /// Listing reads this small part instead of the whole document.
    package var summary: JSON {
        [
            "Id": .string(id), "Name": .string(name), "Image": .string(imageName), "ImageID": json["Image"] ?? "",
            "Created": .string(created),
            "Command": .strings(arguments), "Labels": config["Labels"] ?? [:],
            "Mounts": .strings(
                (json["Mounts"]?.array ?? []).map {
                    $0["Name"]?.string ?? $0["Source"]?.string ?? ""
                }),
            "LocalVolumes": .int(Int64((json["Mounts"]?.array ?? []).count { $0["Type"]?.string == "volume" })),
            "MountTargets": .strings((json["Mounts"]?.array ?? []).compactMap { $0["Destination"]?.string }),
            "Network": hostConfig["NetworkMode"] ?? "none", "Networks": .strings(attachments.map(\.network)),
            "AutoRemove": .bool(autoRemove),
            "ExposedPorts": .strings(config["ExposedPorts"]?.object?.keys ?? []),
        ]
    }
}
