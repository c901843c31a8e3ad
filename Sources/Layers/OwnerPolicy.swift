internal import Primitives

/// Who shall own what is unpacked.
package enum OwnerPolicy: Sendable {
    /// The owners the layer names; each must be one this process may give. Meant for root, or for uid 0 of a user
    /// namespace, where the numbers are the container's own.
    case mapped(users: [Range<UInt32>], groups: [Range<UInt32>])
    /// Everything belongs to the caller.
    case single

    /// All numbers: root outside of any user namespace.
    package static let all = OwnerPolicy.mapped(users: [0..<UInt32.max], groups: [0..<UInt32.max])

    func check(_ entry: TarEntry) throws(Failure) {
        guard case .mapped(let users, let groups) = self else { return }
        try OwnerPolicy.check(entry.userID, "user", users)
        try OwnerPolicy.check(entry.groupID, "group", groups)
    }

    private static func check(_ id: UInt32, _ what: String, _ ranges: [Range<UInt32>]) throws(Failure) {
        if ranges.contains(where: { $0.contains(id) }) { return }
        let owned = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound - 1)" }
        throw Failure(
            .denied, "it belongs to \(what) \(id), and only \(owned.joined(separator: ", ")) are mapped",
            hint: "assign more subordinate ids to this user in \(what == "user" ? "/etc/subuid" : "/etc/subgid")")
    }
}
