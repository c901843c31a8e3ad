internal import LinuxSys
package import Primitives
package import Store

/// Makes volumes from what a person typed.
package struct VolumeMaker {
    private let volumes: VolumeStore

    package init(_ volumes: VolumeStore) { self.volumes = volumes }

    /// One that is there already is left as it is, as in docker.
    /// - Parameter name: `nil` for one that nobody names.
    /// - Throws: docker's texts.
    package func make(
        _ name: String?, driver: String, labels: [KeyValue] = [], options: [KeyValue] = [], durable: Bool = true
    ) throws(Failure) -> VolumeRecord {
        let isAnonymous = name == nil
        let name = if let name { name } else { hexadecimal(try RandomBytes.take(32)[...]) }
        try doing("create \(name)") { () throws(Failure) in
            if !["", VolumeRecord.driver].contains(driver) {
                throw Failure(.notFound, "error looking up volume plugin \(driver): plugin \(driver.quoted) not found")
            }
        }
        try VolumeRequest.checkVolumeName(name)
        if let existing = try volumes.find(name) { return existing }
        let labels = isAnonymous ? labels + [KeyValue(VolumeRecord.anonymousLabel, "")] : labels
        try doing("create \(name)") { () throws(Failure) in try LocalVolume.check(options) }
        func object(_ pairs: [KeyValue]) -> JSONObject { JSONObject(pairs.map { (key: $0.key, value: $0.value) }) }
        let created = Timestamp(seconds: Clock.nowNanoseconds() / 1_000_000_000)
        return try volumes.make(
            VolumeRecord(name: name, created: created.rfc3339(), labels: object(labels), options: object(options)),
            durable: durable)
    }
}
