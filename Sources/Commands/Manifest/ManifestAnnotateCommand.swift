import CommandLine
import Images
import Primitives

struct ManifestAnnotateCommand {
    let access: ManifestAccess

    func run(_ operands: [String]) -> Int32 {
        access.run { () throws(Failure) in
            let (name, image) = (try ImageReference(operands[0]), try ImageReference(operands[1]))
            let lists = try access.lists([])
            var list = try lists.read(name) ?? ManifestList(name: name)
            guard let index = list.entries.firstIndex(where: { $0.reference == image }) else {
                throw Failure(.notFound, "manifest for image \(image.familiar) does not exist in \(name.familiar)")
            }
            list.entries[index] = annotated(list.entries[index])
            let entry = list.entries[index]
            guard Self.isKnown(entry.os, entry.architecture) else {
                let (os, architecture) = (access.options.string(.annotateOS), access.options.string(.annotateArchitecture))
                throw Failure(.invalid, "manifest entry for image has unsupported os/arch combination: \(os)/\(architecture)")
            }
            try lists.write(list)
        }
    }

    private func annotated(_ entry: ManifestList.Entry) -> ManifestList.Entry {
        var entry = entry
        let options = access.options
        if let text = options.stringIfSet(.annotateOS) { entry.os = text }
        if let text = options.stringIfSet(.annotateArchitecture) { entry.architecture = text }
        if let text = options.stringIfSet(.annotateVariant) { entry.variant = text }
        if let text = options.stringIfSet(.annotateOSVersion) { entry.osVersion = text }
        for feature in options.strings(.annotateOSFeatures) where !entry.osFeatures.contains(feature) { entry.osFeatures.append(feature) }
        return entry
    }

    /// What docker takes: processors by system.
    private static let processors: [String: Set<String>] = [
        "darwin": ["386", "amd64", "arm", "arm64"], "dragonfly": ["amd64"], "freebsd": ["386", "amd64", "arm"],
        "linux": ["386", "amd64", "arm", "arm64", "ppc64le", "mips64", "mips64le", "riscv64", "s390x"],
        "netbsd": ["386", "amd64", "arm"], "openbsd": ["386", "amd64", "arm"], "plan9": ["386", "amd64"], "solaris": ["amd64"],
        "windows": ["386", "amd64", "arm", "arm64"],
    ]

    private static func isKnown(_ os: String, _ architecture: String) -> Bool { processors[os]?.contains(architecture) ?? false }
}
