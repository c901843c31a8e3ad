internal import CommandLine
package import Primitives

/// `--log-driver` and `--log-opt`.
package struct LogRequest: Equatable, Sendable {
    package enum Driver: String, Equatable, Sendable {
        case jsonFile = "json-file"
        case none
    }

    package private(set) var driver = Driver.jsonFile
    /// A fuller file is put aside; nil for one file without an end.
    package private(set) var maxSizeBytes: Int64?
    package private(set) var maxFiles = 1
    /// Files put aside are compressed.
    package private(set) var compress = false
    /// Output that the log cannot take at once is dropped instead of stopping the container.
    package private(set) var nonBlocking = false
    package private(set) var maxBufferBytes: Int64 = 1 << 20
    /// Keys of labels that go with every line.
    package private(set) var labels: [String] = []
    /// Names of variables that go with every line.
    package private(set) var variables: [String] = []
    /// As typed, by key, for inspect.
    package private(set) var options: [KeyValue] = []

    /// - Throws: `.invalid` with docker's texts.
    package init(driver: String = "", options texts: [String]) throws(Failure) {
        guard let known = Driver(rawValue: driver.isEmpty ? "json-file" : driver) else {
            throw Failure(.invalid, "logger: no log driver named '\(driver)' is registered")
        }
        self.driver = known
        guard known == .jsonFile || texts.isEmpty else { throw Failure(.invalid, "invalid logging opts for driver none") }
        for text in texts {
            let option = KeyValue(text)
            options.removeAll { $0.key == option.key }
            options.append(option)
        }
        options.sort { $0.key < $1.key }
        for option in options { try set(option.key, option.value) }
        try checkTogether()
    }

    private mutating func set(_ key: String, _ value: String) throws(Failure) {
        switch key {
        case "max-size":
            let size = try size(value)
            guard size > 0 else { throw Failure(.invalid, "max-size must be a positive number") }
            maxSizeBytes = size
        case "max-file": try setMaxFiles(value)
        case "compress":
            guard let flag = parsedBool(value) else {
                throw Failure(.invalid, "strconv.ParseBool: parsing \(value.quoted): invalid syntax")
            }
            compress = flag
        case "mode":
            guard ["", "blocking", "non-blocking"].contains(value) else {
                throw Failure(.invalid, "logger: logging mode not supported: \(value)")
            }
            nonBlocking = value == "non-blocking"
        case "max-buffer-size":
            maxBufferBytes = try doing("error parsing option max-buffer-size") { () throws(Failure) in try size(value, binary: true) }
        case "labels": labels = value.parts(",").filter { !$0.isEmpty }
        case "env": variables = value.parts(",").filter { !$0.isEmpty }
        case "tag": break
        case "labels-regex", "env-regex": throw Failure(.unsupported, "log opt '\(key)' is not there yet")
        default: throw Failure(.invalid, "unknown log opt '\(key)' for json-file log driver")
        }
    }

    private mutating func setMaxFiles(_ value: String) throws(Failure) {
        guard let number = Int(value) else {
            throw Failure(.invalid, "strconv.Atoi: parsing \(value.quoted): invalid syntax")
        }
        guard number >= 1 else { throw Failure(.invalid, "max-file cannot be less than 1") }
        guard number <= 1000 else { throw Failure(.invalid, "max-file cannot be more than 1000") }
        maxFiles = number
    }

    private func checkTogether() throws(Failure) {
        if compress, maxFiles < 2 || maxSizeBytes == nil {
            throw Failure(.invalid, "compress cannot be true when max-file is less than 2 or max-size is not set")
        }
        if !nonBlocking, options.contains(where: { $0.key == "max-buffer-size" }) {
            throw Failure(.invalid, "logger: max-buffer-size option is only supported with 'mode=non-blocking'")
        }
    }

    private func size(_ value: String, binary: Bool = false) throws(Failure) -> Int64 {
        binary ? try ByteSize.parse(value) : try ByteSize.parseDecimal(value)
    }
}
