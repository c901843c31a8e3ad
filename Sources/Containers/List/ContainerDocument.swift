package import Primitives
internal import Store

extension ContainerStore {
    /// docker's inspect document of a container (Engine API, `ContainerInspect`): field names, order and types.
    package func document(_ id: String) throws(Failure) -> JSON {
        let record = try record(id)
        let state = try state(id)
        var document = JSONObject()
        func copy(_ keys: String...) { for key in keys { document[key] = record.json[key] ?? .null } }
        copy("Id", "Created", "Path", "Args")
        document["State"] = Self.stateDocument(state)
        copy("Image", "ResolvConfPath", "HostnamePath", "HostsPath", "LogPath", "Name")
        document["RestartCount"] = 0
        copy("Driver", "Platform", "MountLabel", "ProcessLabel", "AppArmorProfile")
        document["ExecIDs"] = .null
        copy("HostConfig")
        let path = "\(root.path)/containers/\(id)"
        var lower: [String] = []
        for diffID in record.layers.reversed() { lower.append(try LayerStore.shownPath(diffID, in: root)) }
        document["GraphDriver"] = [
            "Data": [
                "ID": .string(id),
                "LowerDir": .string(lower.joined(separator: ":")),
                "MergedDir": .string("\(root.path)/\(StoreRoot.Area.mountPoint.path)"), "UpperDir": .string("\(path)/upper"),
                "WorkDir": .string("\(path)/work"),
            ], "Name": "overlay2",
        ]
        copy("Mounts", "Config")
        document["NetworkSettings"] =
            NetworkDocument(record: record, state: state.isRunning ? try networkState(id) : nil, pid: state.pid).json
        return .object(document)
    }

    private static func stateDocument(_ state: ContainerState) -> JSON {
        [
            "Status": .string(state.status.rawValue), "Running": .bool(state.isRunning), "Paused": false, "Restarting": false,
            "OOMKilled": false,
            "Dead": false, "Pid": .int(Int64(state.pid)), "ExitCode": .int(Int64(state.exitCode)), "Error": .string(state.error),
            "StartedAt": .string(state.startedAt), "FinishedAt": .string(state.finishedAt),
        ]
    }
}
