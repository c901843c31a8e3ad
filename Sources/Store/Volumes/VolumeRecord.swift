package import Primitives

/// What is known of a volume beside its content: `volume.json`.
package struct VolumeRecord: Equatable, Sendable {
    package var name: String
    /// RFC 3339, in seconds.
    package var created: String
    /// Texts, in the order of their keys.
    package var labels: JSONObject
    /// Of the driver `local`: `type`, `o` and `device`, in the order of their keys.
    package var options: JSONObject

    /// docker's label of a volume that nobody named: `prune` removes these alone unless told otherwise.
    package static let anonymousLabel = "com.docker.volume.anonymous"
    package static let driver = "local"

    package init(name: String, created: String, labels: JSONObject = [:], options: JSONObject = [:]) {
        (self.name, self.created) = (name, created)
        self.labels = Self.sorted(labels)
        self.options = Self.sorted(options)
    }

    private static func sorted(_ object: JSONObject) -> JSONObject {
        JSONObject(object.members.map { (key: $0.key, value: $0.value.string ?? "") }.sorted { $0.key < $1.key })
    }

    package var isAnonymous: Bool { labels[Self.anonymousLabel] != nil }
    package var labelPairs: [(key: String, value: String)] { labels.members.map { ($0.key, $0.value.string ?? "") } }
    package func option(_ key: String) -> String { options[key]?.string ?? "" }

    var json: JSON {
        ["name": .string(name), "created": .string(created), "labels": .object(labels), "options": .object(options)]
    }

    /// - Parameter name: of the directory, which counts.
    init(_ json: JSON, name: String) throws(Failure) {
        guard let created = json["created"]?.string, let labels = json["labels"]?.object, let options = json["options"]?.object,
            (labels.members + options.members).allSatisfy({ $0.value.string != nil })
        else { throw Failure(.corrupt, "its record is damaged") }
        self.init(name: name, created: created, labels: labels, options: options)
    }

    /// docker's inspect document (Engine API, `Volume`).
    package func document(mountpoint: String) -> JSON {
        [
            "CreatedAt": .string(created), "Driver": .string(Self.driver), "Labels": labels.isEmpty ? .null : .object(labels),
            "Mountpoint": .string(mountpoint), "Name": .string(name), "Options": options.isEmpty ? .null : .object(options),
            "Scope": "local",
        ]
    }
}
