internal import LinuxSys
internal import Primitives

/// One side of a copy: everything below a root directory that is held open. Paths start there, links and `..` cannot lead
/// out of it, whoever changes them meanwhile.
struct CopyPlace: ~Copyable {
    let root: Directory

    init(root: consuming Directory) { self.root = root }

    private static let linksMax = 255

    func relative(_ path: SlashPath) throws(Failure) -> RawPath {
        guard let raw = RawPath(path.cleaned.bytes.dropFirst()) else { throw Failure(.invalid, "a path contains a NUL") }
        return raw
    }

    /// The directory at `path`, links followed.
    func directory(_ path: SlashPath) throws(Failure) -> Directory { try root.place(try relative(path), .inRoot) }

    /// What `path` names, a link itself unless a slash or `/.` stands behind it.
    /// - Throws: `lstat PATH: …`
    func status(_ path: SlashPath) throws(Failure) -> NodeStatus {
        do throws(Failure) {
            if path.assertsDirectory || path.components.isEmpty { return try directory(path).descriptor.status() }
            let parent = try directory(path.parent)
            guard let status = try parent.status(of: try name(path)) else { throw Failure.kernel("", 2) }
            return status
        } catch { throw CopyError.at("lstat", path, error) }
    }

    func name(_ path: SlashPath) throws(Failure) -> RawPath {
        guard let name = RawPath(path.base) else { throw Failure(.invalid, "a path contains a NUL") }
        return name
    }

    /// `path` with every link followed, read one by one: for names and messages; what is opened is opened in the root.
    /// - Parameter complete: something missing, or a file in place of a directory, is a failure.
    func resolved(_ path: SlashPath, complete: Bool) throws(Failure) -> SlashPath {
        var done: [[UInt8]] = []
        var waiting = Array(path.components.reversed())
        var links = 0
        func shown() -> SlashPath { SlashPath([0x2F] + Array(done.joined(separator: [0x2F]))) }
        while let component = waiting.popLast() {
            if component == [0x2E] { continue }
            if component == [0x2E, 0x2E] {
                _ = done.popLast()
                continue
            }
            done.append(component)
            let status: NodeStatus
            do throws(Failure) { status = try self.status(shown()) } catch {
                if complete { throw error }
                continue
            }
            let isLast = waiting.isEmpty && !path.endsInSlash
            if status.kind != .symbolicLink {
                if complete, status.kind != .directory, !isLast { throw Failure(.invalid, "not a directory") }
                continue
            }
            links += 1
            if links > Self.linksMax { throw Failure(.invalid, "too many links in \(path.text)") }
            let here = shown()
            done.removeLast()
            guard let text = try directory(here.parent).linkText(of: try name(here)) else { continue }
            let target = SlashPath(text.bytes)
            if target.isAbsolute { done = [] }
            waiting += target.components.reversed()
        }
        return shown()
    }
}
