import LinuxSys
package import Primitives

/// What overlayfs marks in layers, made as the file system of the tests allows it.
package enum OverlayMarks {
    /// A device 0:0, which the kernel lets everybody make; on an overlay an empty file with an attribute.
    package static func whiteout(_ path: String) throws(Failure) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = try Directory.open(String(path[..<slash]))
        guard let name = RawPath(path[slash...].utf8.dropFirst()) else { throw Failure(.invalid, "no name: \(path)") }
        do throws(Failure) { try directory.createSpecial(name, .whiteout) } catch {
            guard Errno(error.errno ?? 0) == .notPermitted else { throw error }
            let file = try directory.createFile(name)
            try file.setAttribute(RawPath(OverlayAttribute.whiteout.utf8)!, [UInt8(ascii: "y")])
        }
    }
}
