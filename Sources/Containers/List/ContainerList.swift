internal import LinuxSys
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
    package var network: String
    package var exposedPorts: [String]
    package var state: ContainerState
}

extension ContainerStore {
    /// Containers, newest first. A container that is being made or removed is left out.
    /// - Parameter runningOnly: those that are not running are recognised without reading their records.
    package func list(runningOnly: Bool) throws(Failure) -> [ContainerSummary] {
        guard let area = try root.existing(.containers) else { return [] }
        var out: [ContainerSummary] = []
        for id in try area.names() where id.utf8.count == 64 {
            do throws(Failure) {
                let directory = try area.openDirectory(id)
                if runningOnly, !directory.contains("run.json") { continue }
                let state = try ContainerState.read(directory, bootIdentifier: bootIdentifier)
                if runningOnly, !state.isRunning { continue }
                out.append(try summary(id, try JSON.parse(try directory.readFile("summary.json")), state))
            } catch {
                if error.kind != .notFound { throw error.within("reading container \(id.prefix(12))") }
            }
        }
        return out.sorted { $0.created > $1.created }
    }

    private func summary(_ id: String, _ json: JSON, _ state: ContainerState) throws(Failure) -> ContainerSummary {
        ContainerSummary(
            id: id, name: json["Name"]?.string ?? "", imageName: json["Image"]?.string ?? "",
            imageID: json["ImageID"]?.string.flatMap { Digest($0) },
            created: json["Created"]?.string ?? "", command: json["Command"]?.strings ?? [],
            labels: (json["Labels"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }, mounts: json["Mounts"]?.strings ?? [],
            mountTargets: json["MountTargets"]?.strings ?? [],
            network: json["Network"]?.string ?? "none", exposedPorts: json["ExposedPorts"]?.strings ?? [], state: state)
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
        do throws(Failure) { return try open(id).openDirectory("upper").treeBytes() } catch {
            if error.kind == .notFound { return 0 }
            throw error
        }
    }

    /// docker's text: `2B (virtual 21.5MB)`.
    package func sizeText(_ id: String) throws(Failure) -> String {
        let written = try writtenBytes(id)
        let image = try record(id).imageID.flatMap { (image) throws(Failure) in try ImageRecords(root).read(image) }
        return "\(ByteSize.decimal(written)) (virtual \(ByteSize.decimal(written + (image?.sizeBytes ?? 0))))"
    }
}
