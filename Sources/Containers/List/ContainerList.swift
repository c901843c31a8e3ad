package import Images
internal import LinuxSys
package import Networks
package import Primitives
internal import Store

/// A line of `ps`: the small record and the state, nothing more is read.
package struct ContainerSummary: Sendable {
    package var id: String
    package var name: String
    package var imageName: String
    package var imageID: Digest?
    package var created: String
    package var command: [String]
    package var labels: [(key: String, value: String)]
    package var mounts: [String]
    /// Where they are in the container.
    package var mountTargets: [String]
    package var localVolumes: Int
    /// docker's `NetworkMode`.
    package var networkMode: String
    /// As the user named them.
    package var networkNames: [String]
    package var exposedPorts: [String]
    package var state: ContainerState
    /// Of a running container on networks of ours.
    package var network: NetworkState?

    /// docker's `Networks`: the networks' names, or the mode that is none.
    package var networks: [String] {
        if let network { return network.endpoints.map(\.networkName).sorted() }
        switch NetworkMode(networkMode) {
        case .container, .namespace: return []
        case .bridge, .network: return networkNames.sorted()
        default: return [networkMode]
        }
    }

    /// A container's ports are shown while it runs.
    package var ports: PortColumn { PortColumn(published: network?.ports ?? [], noted: network == nil ? [] : exposedPorts) }
}

extension ContainerStore {
    /// Containers, newest first. A container that is being made or removed is left out.
    /// - Parameters:
    ///   - runningOnly: those that are not running are recognised without reading their records.
    ///   - damaged: told of each container whose records cannot be read; it is listed with what is known.
    package func list(runningOnly: Bool, damaged: (Failure) -> Void = { _ in }) throws(Failure) -> [ContainerSummary] {
        guard let area = try root.existing(.containers) else { return [] }
        var out: [ContainerSummary] = []
        for id in try area.names() where id.utf8.count == 64 {
            do throws(Failure) {
                let directory = try area.openDirectory(id)
                if runningOnly, !directory.contains("run.json") { continue }
                let state = try ContainerState.read(directory, bootIdentifier: bootIdentifier)
                if runningOnly, !state.isRunning { continue }
                guard directory.contains("config.json") || directory.contains("summary.json") else { continue }
                var summary = summary(id, try knownSummary(id, directory, damaged), state)
                if state.isRunning { summary.network = try NetworkState.read(directory, bootIdentifier: bootIdentifier) }
                out.append(summary)
            } catch {
                // Removed in this moment.
                if error.kind == .notFound { continue }
                damaged(error.within("reading container \(id.prefix(12))"))
                out.append(summary(id, [:], ContainerState(status: .exited, error: error.message)))
            }
        }
        return out.sorted { $0.created > $1.created }
    }

    private func knownSummary(_ id: String, _ directory: borrowing Directory, _ damaged: (Failure) -> Void) throws(Failure) -> JSON {
        do throws(Failure) { return try JSON.parse(try directory.readFile("summary.json")) } catch {
            guard error.kind == .corrupt || error.kind == .notFound else { throw error }
        }
        do throws(Failure) { return try record(id).summary } catch {
            guard error.kind == .corrupt else { throw error }
            damaged(error)
            return [:]
        }
    }

    private func summary(_ id: String, _ json: JSON, _ state: ContainerState) -> ContainerSummary {
        ContainerSummary(
            id: id, name: json["Name"]?.string ?? "", imageName: json["Image"]?.string ?? "",
            imageID: json["ImageID"]?.string.flatMap { Digest($0) },
            created: json["Created"]?.string ?? "", command: json["Command"]?.strings ?? [],
            labels: (json["Labels"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }, mounts: json["Mounts"]?.strings ?? [],
            mountTargets: json["MountTargets"]?.strings ?? [],
            localVolumes: Int(clamping: json["LocalVolumes"]?.int ?? 0), networkMode: json["Network"]?.string ?? "none",
            networkNames: json["Networks"]?.strings ?? [],
            exposedPorts: json["ExposedPorts"]?.strings ?? [], state: state)
    }

    /// Containers as the users of images.
    /// - Parameter damaged: told of a container whose record cannot be read; without it that is thrown, because nobody knows
    ///   what such a container stands on.
    package func imageUsers(damaged: ((Failure) -> Void)? = nil) throws(Failure) -> [ImageUser] {
        var users: [ImageUser] = []
        for id in try identifiers() {
            do throws(Failure) {
                let record = try record(id)
                users.append(
                    ImageUser(id: record.shortID, image: record.imageID, isRunning: try state(id).isRunning, layers: record.layers))
            } catch {
                if error.kind == .notFound { continue }
                guard error.kind == .corrupt, let damaged else { throw error }
                damaged(error)
            }
        }
        return users
    }

    /// Diff ids that containers stand on: never collected.
    package func layersInUse() throws(Failure) -> Set<Digest> {
        var layers: Set<Digest> = []
        for id in try identifiers() {
            do throws(Failure) { layers.formUnion(try record(id).layers) } catch {
                if error.kind != .notFound { throw error }
            }
        }
        return layers
    }
}

extension ContainerStore {
    /// Bytes of the files a container has written. Files of other ids that cannot be looked at are not counted.
    package func writtenBytes(_ id: String) throws(Failure) -> Int64 {
        do throws(Failure) {
            let directory = try open(id)
            if let written = try FlatRoot.writtenBytes(in: directory) { return written }
            return try directory.openDirectory("upper").treeBytes()
        } catch {
            if error.kind == .notFound { return 0 }
            throw error
        }
    }

    /// What a container takes on the disk, log and records included, in blocks as du(1) counts them.
    package func diskBytes(_ id: String) throws(Failure) -> Int64 {
        guard let area = try root.existing(.containers) else { return 0 }
        var counter = UsageCounter()
        return try counter.usage(of: id, in: area).bytes
    }

    /// docker's text: `2B (virtual 21.5MB)`.
    package func sizeText(_ id: String) throws(Failure) -> String {
        let written = try writtenBytes(id)
        let image = try record(id).imageID.flatMap { (image) throws(Failure) in try ImageRecords(root).read(image) }
        return "\(ByteSize.decimal(written)) (virtual \(ByteSize.decimal(written + (image?.sizeBytes ?? 0))))"
    }
}
