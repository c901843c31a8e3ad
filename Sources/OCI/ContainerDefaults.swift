package import Primitives

/// What an image says about the containers made from it: the `config` member of its configuration. All of it is
/// hostile: it never selects a mount, a device, a log driver or a program of the host.
/// Spec: image-spec, config.md, "config"; docker's additions Healthcheck, OnBuild, Shell, StopTimeout.
package struct ContainerDefaults: Equatable, Sendable {
    /// `NAME=value`, in order.
    package var environment: [String]
    /// `nil` is unset, which differs from empty.
    package var entrypoint: [String]?
    package var command: [String]?
    /// User and group as `user[:group]`, names or numbers, unchecked.
    package var user: String
    package var workingDirectory: String
    /// Paths in the container, in the order of the document.
    package var volumes: [String]
    /// `80/tcp`, unchecked.
    package var exposedPorts: [String]
    /// In the order of the document.
    package var labels: [Label]
    package var stopSignal: String?
    package var stopTimeoutSeconds: Int64?
    package var healthcheck: Healthcheck?
    package var shell: [String]?
    package var onBuild: [String]
    package var hostname: String?
    package var domainname: String?

    package struct Label: Hashable, Sendable {
        package var key: String
        package var value: String
        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// How a container's health is found out. Zero means: not set, take the default.
    package struct Healthcheck: Equatable, Sendable {
        /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`; empty inherits.
        package var test: [String]
        package var intervalNanoseconds: Int64
        package var timeoutNanoseconds: Int64
        package var startPeriodNanoseconds: Int64
        package var startIntervalNanoseconds: Int64
        package var retries: Int64
    }

    package init(_ json: JSON) throws(Failure) {
        let fields = try Fields(json, "image configuration: config")
        environment = try fields.strings("Env") ?? []
        entrypoint = try Self.words(fields, "Entrypoint")
        command = try Self.words(fields, "Cmd")
        user = try fields.string("User") ?? ""
        workingDirectory = try fields.string("WorkingDir") ?? ""
        volumes = try fields.object("Volumes")?.keys ?? []
        exposedPorts = try fields.object("ExposedPorts")?.keys ?? []
        labels = try fields.map("Labels").map { Label(key: $0.key, value: $0.value) }
        stopSignal = try fields.string("StopSignal")
        stopTimeoutSeconds = try fields.int("StopTimeout")
        healthcheck = try fields["Healthcheck"].map { (json) throws(Failure) in try Healthcheck(json) }
        shell = try Self.words(fields, "Shell")
        onBuild = try fields.strings("OnBuild") ?? []
        hostname = try fields.string("Hostname")
        domainname = try fields.string("Domainname")
    }

    /// A list of words; old images have one string instead.
    private static func words(_ fields: Fields, _ key: String) throws(Failure) -> [String]? {
        if let word = fields[key]?.string { return [word] }
        return try fields.strings(key)
    }
}

extension ContainerDefaults.Healthcheck {
    init(_ json: JSON) throws(Failure) {
        let fields = try Fields(json, "image configuration: Healthcheck")
        func number(_ key: String) throws(Failure) -> Int64 {
            let value = try fields.int(key) ?? 0
            guard value >= 0 else { throw fields.failure(key, "is negative") }
            return value
        }
        test = try fields.strings("Test") ?? []
        intervalNanoseconds = try number("Interval")
        timeoutNanoseconds = try number("Timeout")
        startPeriodNanoseconds = try number("StartPeriod")
        startIntervalNanoseconds = try number("StartInterval")
        retries = try number("Retries")
    }
}
