package import Primitives

/// An operating system and a processor, normalised: Go's names, and no variant where it is the architecture's default
/// (`amd64/v1`, `arm64/v8`); `arm` always has one. Spec: image-spec, image-index.md, "platform".
package struct Platform: Hashable, Sendable, CustomStringConvertible {
    package let os: String
    package let architecture: String
    package let variant: String?
    /// Windows' build number; kept, never compared.
    package let osVersion: String?

    package init(os: String, architecture: String, variant: String? = nil, osVersion: String? = nil) {
        let system = os.lowercased()
        self.os = system == "macos" ? "darwin" : system
        (self.architecture, self.variant) = Self.normalise(architecture.lowercased(), variant?.lowercased() ?? "")
        self.osVersion = osVersion
    }

    init(_ json: JSON) throws(Failure) {
        let fields = try Fields(json, "platform")
        self.init(
            os: try fields.string("os") ?? "", architecture: try fields.string("architecture") ?? "",
            variant: try fields.string("variant"), osVersion: try fields.string("os.version"))
    }

    var json: JSON {
        var object = JSONObject()
        object["architecture"] = .string(architecture)
        object["os"] = .string(os)
        if let osVersion { object["os.version"] = .string(osVersion) }
        if let variant { object["variant"] = .string(variant) }
        return .object(object)
    }

    /// As docker prints it: `linux/amd64`, `linux/arm/v7`; `arm64` is shown with its default variant.
    package var description: String {
        "\(os)/\(architecture)" + (variant ?? (architecture == "arm64" ? "v8" : nil)).map { "/\($0)" }.orEmpty
    }

    private static func normalise(_ architecture: String, _ variant: String) -> (String, String?) {
        switch architecture {
        case "x86_64", "x86-64", "amd64": ("amd64", variant == "v1" || variant.isEmpty ? nil : variant)
        case "i386", "i486", "i586", "i686", "386": ("386", nil)
        case "aarch64", "arm64": ("arm64", ["", "8", "v8", "8.0", "v8.0"].contains(variant) ? nil : variant)
        case "armhf": ("arm", "v7")
        case "armel": ("arm", "v6")
        case "arm":
            switch variant {
            case "", "7": ("arm", "v7")
            case "5", "6", "8": ("arm", "v\(variant)")
            default: ("arm", variant)
            }
        default: (architecture, variant.isEmpty ? nil : variant)
        }
    }
}

extension Optional where Wrapped == String {
    fileprivate var orEmpty: String { self ?? "" }
}

extension Platform {
    /// Systems and processors that a text of one word may name.
    private static let systems: Set<String> = [
        "linux", "windows", "darwin", "macos", "freebsd", "netbsd", "openbsd", "solaris", "illumos", "android", "wasip1", "plan9", "aix",
    ]
    private static let processors: Set<String> = [
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x", "wasm",
    ]

    /// Parses `os/arch[/variant]`, `os` or `arch`; what is missing is the host's.
    /// - Throws: `.invalid` naming the text.
    package static func parse(_ text: String, host: Platform) throws(Failure) -> Platform {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { $0.lowercased() }
        let wellFormed = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.count <= 64
                && part.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E }
        }
        guard wellFormed, parts.count <= 3 else {
            throw Failure(.invalid, "\(Fields.quoted(text)) is an invalid platform: expected os/arch[/variant]")
        }
        if parts.count > 1 { return Platform(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil) }
        if systems.contains(parts[0]) { return Platform(os: parts[0], architecture: host.architecture, variant: host.variant) }
        let guess = Platform(os: host.os, architecture: parts[0])
        guard processors.contains(guess.architecture) else {
            throw Failure(.invalid, "\(Fields.quoted(text)): unknown operating system or architecture")
        }
        return guess
    }

    /// Platforms whose programs run on this one, best first: itself; for amd64/vN the lower levels and 386; for arm and
    /// arm64 the lower arm variants down to v5.
    package var compatible: [Platform] {
        func arm(from top: Int) -> [Platform] {
            stride(from: top, through: 5, by: -1).map { Platform(os: os, architecture: "arm", variant: "v\($0)") }
        }
        let level = variant.flatMap { $0.first == "v" ? Int($0.dropFirst()) : nil }
        switch architecture {
        case "amd64":
            let lower = stride(from: min(level ?? 1, 16) - 1, through: 1, by: -1).map {
                Platform(os: os, architecture: "amd64", variant: "v\($0)")
            }
            return [self] + lower + [Platform(os: os, architecture: "386")]
        case "arm": return [self] + arm(from: min(level ?? 5, 8) - 1)
        case "arm64":
            let base = Platform(os: os, architecture: "arm64")
            return (self == base ? [self] : [self, base]) + arm(from: 8)
        default: return [self]
        }
    }

    /// How well an image of `other` suits this platform: 0 is exact, `nil` not at all.
    package func rank(of other: Platform) -> Int? {
        compatible.firstIndex { $0.os == other.os && $0.architecture == other.architecture && $0.variant == other.variant }
    }
}
