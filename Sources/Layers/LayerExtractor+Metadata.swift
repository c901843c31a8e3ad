internal import LinuxSys
internal import Primitives

extension LayerExtractor {
    /// Most files are root's and have been from birth: asking is cheaper than a change that the file system has to note down.
    func setOwner(_ file: borrowing Descriptor, _ entry: TarEntry) throws(Failure) {
        guard case .mapped = owners else { return }
        if entry.userID == 0, entry.groupID == 0 {
            let status = try file.status()
            if status.userID == 0, status.groupID == 0 { return }
        }
        try file.setOwner(user: entry.userID, group: entry.groupID)
    }

    /// Owner, attributes, mode and times of a name that was just made and cannot be opened.
    func describe(_ name: RawPath, _ entry: TarEntry, setsMode: Bool) throws(Failure) {
        if case .mapped = owners { try tree.current.setOwner(of: name, user: entry.userID, group: entry.groupID) }
        setAttributes(entry) { attribute, value throws(Failure) in
            try self.tree.current.setAttribute(of: name, attribute, value)
        }
        if setsMode { try tree.current.setMode(of: name, entry.mode) }
        try tree.current.setTimes(of: name, seconds: entry.modifiedSeconds, nanoseconds: entry.modifiedNanoseconds)
    }

    /// Sets what may be set and counts the rest: an ordinary user may set few of them, and the layer is usable without.
    func setAttributes(_ entry: TarEntry, _ set: (RawPath, [UInt8]) throws(Failure) -> Void) {
        for attribute in entry.attributes where isAllowed(attribute) {
            do throws(Failure) { try set(RawPath(attribute.name)!, attribute.value) } catch { droppedAttributes += 1 }
        }
    }

    /// Attributes of overlayfs would let a layer redirect into others.
    private func isAllowed(_ attribute: TarEntry.Attribute) -> Bool {
        let reserved = ["user.overlay.", "trusted.overlay."].contains { attribute.name.starts(with: $0.utf8) }
        if reserved { droppedAttributes += 1 }
        return !reserved
    }
}
