internal import CommandLine
package import Primitives

extension VolumeRequest {
    /// `--mount type=…,source=…,target=…,…`; without a type it is a volume. A bind source of `.`, `..`, `./x` or `../x`
    /// starts at `workingDirectory`.
    /// - Throws: `.invalid` with docker's texts.
    package init(mount text: String, workingDirectory: String) throws(Failure) {
        let fields = try MountFields(text)
        self = try doing("invalid mount config for type \"\(fields.type)\"") { () throws(Failure) in
            try VolumeRequest(fields, workingDirectory)
        }
        switch kind {
        case .volume(let name): try VolumeRequest.checkVolumeName(name)
        case .image: readOnly = true
        default: break
        }
    }

    private init(_ fields: MountFields, _ workingDirectory: String) throws(Failure) {
        let target = try VolumeRequest.checkedTarget(fields.target)
        self.init(try Self.kind(fields, workingDirectory), target: target)
        readOnly = fields.isReadOnly
        consistency = fields.consistency
        recursion =
            switch fields.bindRecursion {
            case .enabled: .enabled
            case .disabled: .disabled
            case .writable: .writable
            case .readOnly: .readOnly
            }
        createSource = fields.bindCreateSource
        noCopy = fields.volumeNoCopy
        volumeDriver = fields.volumeDriver
        volumeLabels = fields.volumeLabels.map { KeyValue($0) }
        volumeOptions = fields.volumeOptions.map { KeyValue($0) }
        subpath = try checkedSubpath(fields.volumeSubpath.isEmpty ? fields.imageSubpath : fields.volumeSubpath)
        propagationText = fields.bindPropagation
        if !propagationText.isEmpty, !setPropagation(propagationText) {
            throw Failure(.invalid, "invalid propagation mode: \(propagationText)")
        }
    }

    private static func kind(_ fields: MountFields, _ workingDirectory: String) throws(Failure) -> Kind {
        let source = fields.source
        switch fields.type {
        case "bind":
            guard !source.isEmpty else { throw Failure(.invalid, "field Source must not be empty") }
            let isRelative = [".", ".."].contains(source) || source.hasPrefix("./") || source.hasPrefix("../")
            let path = isRelative ? workingDirectory + "/" + source : source
            try VolumeRequest.checkAbsolute(path)
            return .bind(source: cleanPath(path))
        case "volume":
            if !source.isEmpty { return .volume(name: source) }
            if fields.isReadOnly { throw Failure(.invalid, "must not set ReadOnly mode when using anonymous volumes") }
            return .anonymous
        case "tmpfs":
            guard source.isEmpty else { throw Failure(.invalid, "field Source must not be specified") }
            var options = TmpfsOptions()
            (options.sizeBytes, options.mode) = (fields.tmpfsSizeBytes, fields.tmpfsMode)
            if fields.isReadOnly { options.flags.insert(.readOnly) }
            return .tmpfs(options)
        case "image":
            guard !source.isEmpty else { throw Failure(.invalid, "field Source must not be empty") }
            return .image(reference: source)
        default:
            throw Failure(.invalid, "mount type unknown")
        }
    }

    private func checkedSubpath(_ path: String) throws(Failure) -> String {
        if path.isEmpty { return "" }
        if kind == .anonymous { throw Failure(.invalid, "must not set Subpath when using anonymous volumes") }
        let clean = cleanPath(path)
        guard !clean.isAbsolutePath, clean.parts("/").first != "..", !clean.utf8.contains(0) else {
            throw Failure(.invalid, "subpath must be a relative path within the volume")
        }
        return clean == "." ? "" : clean
    }
}
