internal import Primitives

extension VolumeRequest {
    /// A `--mount` as `HostConfig.Mounts` tells it: what was asked for, nothing else (docker's API, type Mount).
    var hostConfig: JSON {
        var mount: JSONObject = ["Type": .string(typeName)]
        switch kind {
        case .bind(let source): mount["Source"] = .string(source)
        case .volume(let name): mount["Source"] = .string(name)
        case .image(let reference): mount["Source"] = .string(reference)
        case .anonymous, .tmpfs: break
        }
        mount["Target"] = .string(target)
        if readOnly { mount["ReadOnly"] = true }
        if !consistency.isEmpty { mount["Consistency"] = .string(consistency) }
        if case .bind = kind { set("BindOptions", bindOptions, &mount) }
        if case .tmpfs(let options) = kind { set("TmpfsOptions", Self.tmpfsOptions(options), &mount) }
        if typeName == "volume" { set("VolumeOptions", volumeOptionsDocument, &mount) }
        return .object(mount)
    }

    private var volumeOptionsDocument: JSONObject {
        if !noCopy, volumeLabels.isEmpty, subpath.isEmpty, volumeDriver.isEmpty, volumeOptions.isEmpty { return [:] }
        func object(_ pairs: [KeyValue]) -> JSON {
            .object(JSONObject(pairs.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }))
        }
        var options = JSONObject()
        if noCopy { options["NoCopy"] = true }
        if !volumeLabels.isEmpty { options["Labels"] = object(volumeLabels) }
        if !subpath.isEmpty { options["Subpath"] = .string(subpath) }
        var driver = JSONObject()
        if !volumeDriver.isEmpty { driver["Name"] = .string(volumeDriver) }
        if !volumeOptions.isEmpty { driver["Options"] = object(volumeOptions) }
        options["DriverConfig"] = .object(driver)
        return options
    }

    private func set(_ key: String, _ options: JSONObject, _ mount: inout JSONObject) {
        if !options.members.isEmpty { mount[key] = .object(options) }
    }

    private var bindOptions: JSONObject {
        var options = JSONObject()
        if !propagationText.isEmpty { options["Propagation"] = .string(propagationText) }
        switch recursion {
        case .enabled: break
        case .disabled: options["NonRecursive"] = true
        case .writable: options["ReadOnlyNonRecursive"] = true
        case .readOnly: options["ReadOnlyForceRecursive"] = true
        }
        if createSource { options["CreateMountpoint"] = true }
        return options
    }

    private static func tmpfsOptions(_ tmpfs: TmpfsOptions) -> JSONObject {
        var options = JSONObject()
        if let size = tmpfs.sizeBytes { options["SizeBytes"] = .int(size) }
        if let mode = tmpfs.mode { options["Mode"] = .int(Int64(mode)) }
        return options
    }
}
