internal import Layers
package import LinuxSys
package import Primitives
package import Sandbox

/// What `cp` was asked for.
package struct CopyRequest: Sendable {
    /// As the user named it, for messages.
    package var container: String
    /// In the container.
    package var path: SlashPath
    /// On the host; `nil`: an archive on a standard stream.
    package var hostPath: SlashPath?
    package var keepsOwners = false
    package var followsLink = false

    package init(container: String, path: SlashPath, hostPath: SlashPath?) {
        (self.container, self.path, self.hostPath) = (container, path, hostPath)
    }
}

/// What was copied, for one line to the user.
package struct CopyResult: Sendable {
    /// Of an archive of it all.
    package var bytes: UInt64
    /// As docker names the destination.
    package var destination: String
    package var skippedDevices = 0
}

/// A copy into a container or out of it, in the order and the words of docker's client and engine.
package final class ContainerCopy {
    /// The container, found and with its root opened when it is needed.
    package struct Target: ~Copyable {
        let record: ContainerRecord
        let files: Files
        /// Ids that files in it can be given to; `false`: there is one.
        let hasOwners: Bool
        /// Files are looked at as root of a user namespace.
        let isMapped: Bool
        /// Whom files copied in with their owners belong to, where the container has a user.
        let user: (user: UInt32, group: UInt32)?
        /// The container's own ids, where it has other ones than this process.
        let idMap: IdMap?

        enum Files: ~Copyable {
            case running(Directory)
            case mounted(MountedFiles)
        }
        var isRunning: Bool {
            switch files {
            case .running: true
            case .mounted: false
            }
        }
        func place() throws(Failure) -> CopyPlace {
            switch files {
            case .running(let root): CopyPlace(root: try root.duplicate())
            case .mounted(let files): CopyPlace(root: try files.root.duplicate())
            }
        }
    }

    private let request: CopyRequest
    /// Whether a failure was found on the caller's side, which docker's client tells without introduction.
    package private(set) var isLocalFailure = true

    package init(_ request: CopyRequest) { self.request = request }

    private func engine<T: ~Copyable>(_ body: () throws(Failure) -> T) throws(Failure) -> T {
        isLocalFailure = false
        let value = try body()
        isLocalFailure = true
        return value
    }

    // MARK: out of a container

    /// What is looked at before the container is.
    package func checkOutput() throws(Failure) {
        guard let path = request.hostPath else { return }
        let parent = path.parent
        guard HostFile.exists(parent.text) else {
            throw Failure(.invalid, "invalid output path: directory \(CopyError.quoted(parent)) does not exist")
        }
        guard let status = HostFile.status(path.text), status.kind == .characterDevice || status.kind == .blockDevice else { return }
        throw Failure(.invalid, "invalid output path: \(CopyError.quoted(path)) must be a directory or a regular file: got a device")
    }

    package func out(_ open: () throws(Failure) -> Target) throws(Failure) -> CopyResult {
        let target = try engine(open)
        let place = try target.place()
        var (path, name): (SlashPath, [UInt8]?) = (request.path, nil)
        if request.followsLink { (path, name) = try followed(path, place) }
        let (source, status) = try engine { () throws(Failure) in try found(path, place) }
        let isDirectory = status.kind == .directory
        let item = CopyItem(source, isDirectory: isDirectory, name: name)
        let dev = Self.device(of: "/dev", place)
        var tree = TreeSource { directory, name in
            if let dev, let status = try? directory.status(of: name), status.device == dev { return false }
            return !directory.isKernelState(name)
        }
        if let map = target.idMap { tree.owner = { map.seenOwner(user: $0, group: $1) } }
        guard let hostPath = request.hostPath else {
            let sink = ArchiveSink { (bytes) throws(Failure) in try StandardStream.output.write(bytes) }
            try engine { () throws(Failure) in try Self.give(item, status, place, tree, as: CopyPlan.top(of: item), to: sink) }
            return CopyResult(bytes: 0, destination: "")
        }
        let host = CopyPlace(root: try Directory.root())
        let plan = try CopyPlan(from: CopyItem(path, isDirectory: isDirectory, name: name), to: try Self.destination(hostPath, host))
        var rules = TreeSink.Rules(owners: .caller, keepsPower: false, followsLinks: false)
        if request.keepsOwners, target.hasOwners { (rules.owners, rules.keepsPower) = (.archive, true) }
        let anchor: Directory
        do throws(Failure) { anchor = try host.directory(plan.directory) } catch { throw CopyError.at("stat", plan.directory, error) }
        let sink = try TreeSink(anchor: anchor, prefix: [], shown: plan.directory, rules)
        let counting = CountingSink(sink)
        try Self.give(item, status, place, tree, as: plan.top, to: counting)
        return CopyResult(bytes: counting.bytes, destination: hostPath.text, skippedDevices: sink.skippedDevices)
    }

    private func followed(_ path: SlashPath, _ place: borrowing CopyPlace) throws(Failure) -> (SlashPath, [UInt8]?) {
        let whole = path.absolute(from: SlashPath("/"))
        // What is missing is told when it is asked for.
        guard let status = try? place.status(whole), status.kind == .symbolicLink else { return (path, nil) }
        let (target, name) = try place.resolved(whole, complete: false).renamed(as: path)
        return (target, name)
    }

    private func found(_ path: SlashPath, _ place: borrowing CopyPlace) throws(Failure) -> (SlashPath, NodeStatus) {
        if path.bytes.isEmpty { throw Failure(.invalid, "bad parameter: pathcannot be empty") }
        let whole = path.absolute(from: SlashPath("/"))
        do throws(Failure) { return (whole, try place.status(whole)) } catch {
            if error.kind == .notFound { throw missing(path) }
            throw error
        }
    }

    private func missing(_ path: SlashPath) -> Failure {
        Failure(.notFound, "Could not find the file \(path.text) in container \(request.container)")
    }

    private static func device(of path: String, _ place: borrowing CopyPlace) -> UInt64? {
        guard let status = try? place.status(SlashPath(path)), let root = try? place.root.descriptor.status() else { return nil }
        return status.kind == .directory && status.device != root.device ? status.device : nil
    }

    private static func give(
        _ item: CopyItem, _ status: NodeStatus, _ place: borrowing CopyPlace, _ tree: TreeSource, as top: [UInt8], to sink: any CopySink
    ) throws(Failure) {
        if item.isDirectory {
            let directory: Directory
            do throws(Failure) { directory = try place.directory(item.path).opened() } catch {
                throw CopyError.at("open", item.path, error)
            }
            return try tree.give(directory, as: top, to: sink)
        }
        let parent = try place.directory(item.path.parent)
        try tree.give(try place.name(item.path), status, in: parent, as: top, to: sink)
    }

    /// What is at a destination on the host, links at its end followed even into nothing.
    private static func destination(_ path: SlashPath, _ host: borrowing CopyPlace) throws(Failure) -> CopyItem {
        do throws(Failure) {
            let status = try host.status(path)
            if status.kind != .symbolicLink { return CopyItem(path, isDirectory: status.kind == .directory) }
        } catch { if error.kind != .notFound { throw error } }
        let end = try host.resolved(path, complete: false).keepingEnd(of: path)
        do throws(Failure) {
            let status = try host.status(end)
            return CopyItem(end, isDirectory: status.kind == .directory)
        } catch { if error.kind != .notFound { throw error } }
        let parent = path == end ? path.split.directory : end.split.directory
        guard let status = HostFile.status(parent.text) else {
            throw Failure(.notFound, "stat \(parent.text): no such file or directory")
        }
        if status.kind != .directory { throw Failure(.invalid, "not a directory") }
        return CopyItem(end, exists: false)
    }

    // MARK: into a container

    package func into(_ open: () throws(Failure) -> Target) throws(Failure) -> CopyResult {
        var found: Target?
        var absence: Failure?
        do throws(Failure) { found = try open() } catch { absence = error }
        var destination = CopyItem(request.path, exists: false)
        switch found {
        case .none: break
        case .some(let found): destination = try self.destination(try found.place())
        }
        let shown = "\(request.container):\(request.path.text)"
        guard let hostPath = request.hostPath else {
            if !destination.isDirectory { throw Failure(.invalid, "destination \"\(shown)\" must be a directory") }
            return try put(found.take(), absence, destination.path, destination.path) { (sink) throws(Failure) in
                try ArchiveSource(StandardStream.input).give(to: sink)
            }
        }
        let host = CopyPlace(root: try Directory.root())
        let source = try self.source(hostPath, host)
        let status = try host.status(source.path)
        let plan = try CopyPlan(from: source, to: destination)
        let tree = TreeSource { _, _ in true }
        return try put(found.take(), absence, plan.directory, destination.path) { (sink) throws(Failure) in
            try Self.give(source, status, host, tree, as: plan.top, to: sink)
        }
    }

    private func destination(_ place: borrowing CopyPlace) throws(Failure) -> CopyItem {
        var item = CopyItem(request.path, exists: false)
        if request.path.bytes.isEmpty { return item }
        let whole = request.path.absolute(from: SlashPath("/"))
        guard var status = try? place.status(whole) else { return item }
        if status.kind == .symbolicLink {
            item.path = try place.resolved(whole, complete: false)
            guard let target = try? place.status(item.path) else { return item }
            status = target
        }
        if status.kind == .characterDevice || status.kind == .blockDevice {
            throw Failure(
                .invalid, "destination \"\(request.container):\(request.path.text)\" must be a directory or a regular file: got a device")
        }
        (item.exists, item.isDirectory) = (true, status.kind == .directory)
        return item
    }

    private func source(_ path: SlashPath, _ host: borrowing CopyPlace) throws(Failure) -> CopyItem {
        var end: (path: SlashPath, name: [UInt8]?)
        if request.followsLink {
            end = try host.resolved(path, complete: true).renamed(as: path)
        } else if path.endsInSlash {
            // The last link, too, is on the way to what is asked for.
            let target = try host.resolved(path, complete: true).keepingEnd(of: path)
            end = (target, target.base == path.base ? nil : path.base)
        } else {
            let parent = SlashPath(Array(path.bytes[...(path.bytes.lastIndex(of: 0x2F) ?? 0)]))
            let resolved = try host.resolved(parent, complete: true)
            let slash: [UInt8] = resolved.components.isEmpty ? [] : [0x2F]
            end = (SlashPath(resolved.bytes + slash + path.bytes[(path.bytes.lastIndex(of: 0x2F) ?? 0)...].dropFirst()), nil)
        }
        let status = try host.status(end.path)
        return CopyItem(end.path, isDirectory: status.kind == .directory, name: end.name)
    }

    private func put(
        _ target: consuming Target?, _ absence: Failure?, _ directory: SlashPath, _ shown: SlashPath,
        _ give: (any CopySink) throws(Failure) -> Void
    ) throws(Failure) -> CopyResult {
        guard let target else {
            isLocalFailure = false
            throw absence ?? missing(directory)
        }
        let place = try target.place()
        let (sink, counting) = try engine { () throws(Failure) in
            let sink = try self.sink(target, place, directory)
            return (sink, CountingSink(sink))
        }
        isLocalFailure = false
        try give(counting)
        return CopyResult(
            bytes: counting.bytes, destination: "\(request.container):\(shown.text)", skippedDevices: sink.skippedDevices)
    }

    private func sink(
        _ target: borrowing Target, _ place: borrowing CopyPlace, _ directory: SlashPath
    ) throws(Failure) -> TreeSink {
        let resolved: SlashPath
        do throws(Failure) {
            resolved = try place.resolved(directory.absolute(from: SlashPath("/")), complete: true)
            if try place.status(resolved).kind != .directory { throw Failure(.invalid, "extraction point is not a directory") }
        } catch {
            if error.kind == .notFound { throw missing(directory) }
            throw error
        }
        try checkWritable(resolved, target.record, isRunning: target.isRunning)
        var rules = TreeSink.Rules(
            owners: .archive, unmappedIsRoot: target.isMapped && request.hostPath != nil, keepsPower: true, followsLinks: true)
        if let map = target.idMap { rules.own = { (IdMap.own($0, in: map.users), IdMap.own($1, in: map.groups)) } }
        if !target.hasOwners {
            rules.owners = .caller
        } else if request.keepsOwners, let user = target.user {
            rules.owners = .fixed(user: user.user, group: user.group)
        }
        return try TreeSink(anchor: try place.root.duplicate(), prefix: Array(resolved.bytes.dropFirst()), shown: resolved, rules)
    }

    /// In docker's words, before the kernel says it.
    private func checkWritable(_ path: SlashPath, _ record: ContainerRecord, isRunning: Bool) throws(Failure) {
        var deepest: MountRecord?
        for entry in record.proa["Mounts"]?.array ?? [] {
            let mount = try MountRecord(entry)
            let target = SlashPath(mount.mount.target).cleaned
            guard path == target || path.bytes.starts(with: target.bytes + [0x2F]) else { continue }
            if case .tmpfs = mount.mount.kind, !isRunning { continue }
            if (deepest?.mount.target.utf8.count ?? 0) < target.bytes.count { deepest = mount }
        }
        if let deepest {
            if deepest.mount.flags.contains(.readOnly) { throw Failure(.invalid, "mounted volume is marked read-only") }
        } else if record.hostConfig["ReadonlyRootfs"]?.bool == true {
            throw Failure(.invalid, "container rootfs is marked read-only")
        }
    }
}

extension ContainerStore {
    /// The container of a copy, its root opened.
    /// - Parameters:
    ///   - root: of the running container, or `nil`.
    ///   - isMapped: this process is root of a user namespace.
    package func copyTarget(
        _ id: String, root: consuming Directory?, idMap: IdMapPlan, isMapped: Bool, singleOwner: Bool
    ) throws(Failure) -> ContainerCopy.Target {
        let record = try record(id)
        var user: (user: UInt32, group: UInt32)?
        if let name = record.config["User"]?.string, !name.isEmpty, !singleOwner {
            let resolved = try ContainerUser.resolve(record, containers: self, idMap: idMap)
            user = (resolved.uid, resolved.gid)
        }
        let files: ContainerCopy.Target.Files
        if let root {
            files = .running(root)
        } else {
            files = .mounted(try mountedRoot(id, idMap: idMap, ownNamespace: isMapped))
        }
        return ContainerCopy.Target(
            record: record, files: files, hasOwners: !singleOwner, isMapped: isMapped, user: user, idMap: try record.idMap)
    }
}
