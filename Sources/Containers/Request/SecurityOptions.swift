internal import CommandLine
package import Primitives

/// The values of `--security-opt`.
package struct SecurityOptions: Equatable, Sendable {
    package enum Seccomp: Equatable, Sendable {
        case standard
        case unconfined
        /// A profile of the user; where a relative path starts is for the caller to say.
        case file(String)
    }

    package var seccomp = Seccomp.standard
    package var noNewPrivileges = false
    /// Nothing below /proc and /sys is masked or read-only.
    package var systemPathsUnconfined = false
    /// The name of an AppArmor profile, empty for the default.
    package var apparmor = ""
    /// SELinux: `disable`, `user:…`, `role:…`, `type:…`, `level:…`, `filetype:…`.
    package var labels: [String] = []
    /// Absolute, clean paths to hide besides those that always are.
    package var maskedPaths: [String] = []
    /// Absolute, clean paths to leave as they are.
    package var unmaskedPaths: [String] = []

    package init() {}

    /// `KEY=VALUE` each, or docker's old `KEY:VALUE`, or `no-new-privileges` alone.
    /// - Throws: `.invalid` with docker's texts.
    package static func parse(_ texts: [String]) throws(Failure) -> SecurityOptions {
        var options = SecurityOptions()
        for text in texts {
            var (key, value) = text.cut("=")
            if value == nil { (key, value) = text.cut(":") }
            if key == "no-new-privileges" {
                options.noNewPrivileges = try options.required(parsedBool(value ?? "true"), text)
            } else if let value, !value.isEmpty {
                try options.set(key, value, text)
            } else {
                throw Failure(.invalid, "Invalid --security-opt: \(text.quoted)")
            }
        }
        return options
    }

    private mutating func set(_ key: String, _ value: String, _ text: String) throws(Failure) {
        switch key {
        case "seccomp":
            seccomp = value == "unconfined" ? .unconfined : ["builtin", "default"].contains(value) ? .standard : .file(value)
        case "apparmor": apparmor = value
        case "label": labels.append(try required(isLabel(value) ? value : nil, text))
        case "systempaths": systemPathsUnconfined = try required(value == "unconfined" ? true : nil, text)
        case "mask": maskedPaths += try paths(value, text)
        case "unmask":
            if ["ALL", "all"].contains(value) { systemPathsUnconfined = true } else { unmaskedPaths += try paths(value, text) }
        default: _ = try required(Bool?.none, text)
        }
    }

    private func paths(_ list: String, _ text: String) throws(Failure) -> [String] {
        var result: [String] = []
        for path in list.parts(":") {
            let clean = cleanPath(path)
            result.append(try required(path.isAbsolutePath && clean != "/" && !path.utf8.contains(0) ? clean : nil, text))
        }
        return result
    }

    private func isLabel(_ value: String) -> Bool {
        if value == "disable" { return true }
        let (kind, rest) = value.cut(":")
        return ["user", "role", "type", "level", "filetype"].contains(kind) && rest?.isEmpty == false
    }

    private func required<T>(_ value: T?, _ text: String) throws(Failure) -> T {
        guard let value else { throw Failure(.invalid, "invalid --security-opt 2: \(text.quoted)") }
        return value
    }
}
