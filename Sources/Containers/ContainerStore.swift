internal import Images
package import LinuxSys
package import Primitives
package import Store

/// The containers of one store: a directory each, named by id; names are links beside them.
package struct ContainerStore: Sendable {
    package let root: StoreRoot
    package let bootIdentifier: String

    package init(_ root: StoreRoot) {
        self.root = root
        bootIdentifier = Clock.bootIdentifier()
    }

    /// The ids of all containers, in no order. A directory without a record is one being made or removed.
    package func identifiers() throws(Failure) -> [String] {
        guard let area = try root.existing(.containers) else { return [] }
        return try area.names().filter { $0.utf8.count == 64 }
    }

    package func open(_ id: String) throws(Failure) -> Directory {
        guard let area = try root.existing(.containers) else { throw Self.notFound(id) }
        return try area.openDirectory(id)
    }

    package func record(_ id: String) throws(Failure) -> ContainerRecord {
        do throws(Failure) { return try ContainerRecord(parsing: try open(id).readFile("config.json")) } catch {
            guard error.kind == .corrupt else { throw error }
            throw Failure(.corrupt, "container \(id.prefix(12)): its config.json is damaged: remove it with rm -f \(id.prefix(12))")
        }
    }

    package func state(_ id: String) throws(Failure) -> ContainerState {
        try ContainerState.read(try open(id), bootIdentifier: bootIdentifier)
    }

    package static func notFound(_ reference: String) -> Failure { Failure(.notFound, "No such container: \(reference)") }

    /// The id that a name, an id or a unique beginning of an id stands for, in docker's order.
    package func find(_ reference: String) throws(Failure) -> String {
        guard !reference.isEmpty, let area = try root.existing(.containers) else { throw Self.notFound(reference) }
        if reference.utf8.count == 64, Digest(hex: reference) != nil, area.contains(reference) { return reference }
        let name = reference.hasPrefix("/") ? String(reference.dropFirst()) : reference
        if let id = try identifier(named: name) { return id }
        let matches = try identifiers().filter { $0.hasPrefix(reference) }
        if matches.count == 1 { return matches[0] }
        if matches.count > 1 { throw Failure(.conflict, "Multiple IDs found with provided prefix: \(reference)") }
        throw Self.notFound(reference)
    }

    /// The container that holds a name; a link that a crash left behind counts as free.
    func identifier(named name: String) throws(Failure) -> String? {
        guard !name.contains("/"), !name.hasPrefix("."), let names = try root.existing(.containerNames), let id = names.readLink(name),
            let area = try root.existing(.containers), area.contains(id)
        else { return nil }
        return id
    }

    private static let namesLock = ".lock"

    /// Takes a name for an id, whose directory exists: one atomic step, so two at once cannot both have it.
    func claim(_ name: String, for id: String) throws(Failure) {
        let names = try root.area(.containerNames)
        do throws(Failure) { try names.createLink(name, to: id) } catch {
            guard error.kind == .conflict else { throw error }
            if let holder = try identifier(named: name) {
                throw Failure(
                    .conflict,
                    "Conflict. The container name \"/\(name)\" is already in use by container \"\(holder)\". You have to remove (or rename) that container to be able to reuse that name."
                )
            }
            // The holder is gone: a crash between removing a container and its name. Only one may find that out at a time.
            let held = try Lock.take(Self.namesLock, in: names, .exclusive)
            if try identifier(named: name) == nil { try names.remove(name) }
            held.hold()
            return try claim(name, for: id)
        }
    }

    func release(_ name: String, of id: String) throws(Failure) {
        let names = try root.area(.containerNames)
        let held = try Lock.take(Self.namesLock, in: names, .exclusive)
        if names.readLink(name) == id { try names.remove(name) }
        held.hold()
    }

    /// Gives back the names that no container has any more. - Parameter id: those of this one, if given, without a look.
    func releaseStaleNames(of id: String? = nil) throws(Failure) {
        guard let names = try root.existing(.containerNames) else { return }
        for name in try names.names() where !name.hasPrefix(".") {
            let holder = names.readLink(name) ?? ""
            if holder == id {
                try release(name, of: holder)
            } else if try identifier(named: name) == nil {
                try release(name, of: holder)
            }
        }
    }

    /// Makes the directory of a new container, empty: without a record it is nothing yet. The caller holds a lease.
    /// - Returns: its id, a random one unless given.
    package func reserve(_ given: String? = nil) throws(Failure) -> String {
        let id = if let given { given } else { hexadecimal(try RandomBytes.take(32)[...]) }
        do throws(Failure) { try root.area(.containers).createDirectory(id) } catch { throw error.within("creating the container") }
        return id
    }

    /// Gives back what `reserve` made.
    package func discard(_ id: String) throws(Failure) { try root.area(.containers).removeTree(id) }

    /// The directories that make up a container's root file system, topmost first: what it has written and its image's
    /// layers, or the one that holds all of it where it could have no overlay.
    package func rootDirectories(_ record: ContainerRecord, singleOwner: Bool) throws(Failure) -> [String] {
        let directory = "\(root.path)/\(StoreRoot.Area.containers.path)/\(record.id)"
        let flat = "\(directory)/\(FlatRoot.name)"
        if HostFile.exists(flat) { return [flat] }
        return try ["\(directory)/upper"] + LayerStore(root, singleOwner: singleOwner).paths(record.layers, in: root)
    }

    /// Fills the directory that `reserve` made. The record is written last. A failure leaves the directory to the caller.
    package func complete(_ record: ContainerRecord, files: [(name: String, text: String)]) throws(Failure) {
        try claim(record.name, for: record.id)
        do throws(Failure) {
            let directory = try root.area(.containers).openDirectory(record.id)
            try directory.createDirectory("upper", mode: 0o755)
            try directory.createDirectory("work")
            // Programs look for this file to learn that they run in a container.
            try directory.openDirectory("upper").createFile(".dockerenv", [], mode: 0o755)
            for file in files { try directory.createFile(file.name, Array(file.text.utf8), mode: 0o644) }
            try directory.writeFile("summary.json", record.summary.bytes, durable: false)
            try directory.writeFile("config.json", JSON.object(record.json).bytes, durable: !record.autoRemove)
        } catch {
            let cause = error.within("creating the container")
            do throws(Failure) { try release(record.name, of: record.id) } catch { throw cause.tidyingFailed(error) }
            throw cause
        }
    }
}

extension Failure {
    /// This failure, and that what it left behind could not be removed.
    package func tidyingFailed(_ other: Failure) -> Failure { within("(tidying up failed as well: \(other.message))") }
}
