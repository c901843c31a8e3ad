package import Primitives

/// The image's /etc/passwd and /etc/group (passwd(5), group(5)). Broken lines are skipped, as C libraries do.
package struct UserDatabase: Equatable, Sendable {
    struct User: Equatable, Sendable {
        var name: String
        var uid: UInt32
        var gid: UInt32
        var home: String
    }
    struct Group: Equatable, Sendable {
        var name: String
        var gid: UInt32
        var members: [String]
    }
    var users: [User]
    var groups: [Group]
    private static let lineBytesMax = 32 << 10
    /// NGROUPS_MAX of the kernel.
    private static let groupsMax = 65536

    package init(passwd: [UInt8], group: [UInt8]) {
        users = Self.lines(passwd).compactMap { fields in
            guard fields.count >= 4, let uid = UserID.parse(fields[2]), let gid = UserID.parse(fields[3]) else { return nil }
            return User(name: fields[0], uid: uid, gid: gid, home: fields.count > 5 ? fields[5] : "")
        }
        groups = Self.lines(group).compactMap { fields in
            guard fields.count >= 3, let gid = UserID.parse(fields[2]) else { return nil }
            return Group(name: fields[0], gid: gid, members: fields.count > 3 ? fields[3].split(separator: ",").map(String.init) : [])
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [[String]] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard line.count <= lineBytesMax, line.first != UInt8(ascii: "#") else { return nil }
            return line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}

/// A uid or gid in text: strictly unsigned, at most 2^31-1. Larger ones would wrap to root elsewhere (CVE-2024-40635).
package enum UserID {
    package static let max: UInt32 = (1 << 31) - 1
    package static func parse(_ text: some StringProtocol) -> UInt32? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = UInt32(text), value <= max else { return nil }
        return value
    }
    static func isNumeric(_ text: some StringProtocol) -> Bool { !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
}

/// The ids a process runs with.
package struct ResolvedUser: Equatable, Sendable {
    package var uid: UInt32
    package var gid: UInt32
    /// The own group first, each once.
    package var supplementaryGroups: [UInt32]
    package var home: String

    package init(uid: UInt32, gid: UInt32, supplementaryGroups: [UInt32], home: String) {
        (self.uid, self.gid, self.supplementaryGroups, self.home) = (uid, gid, supplementaryGroups, home)
    }
}

extension UserDatabase {
    /// Resolves `--user` or the image's USER: `NAME|UID[:GROUP|GID]`, empty for root, and `--group-add`.
    ///
    /// All-digit text is never looked up as a name. Without a group, the user's own group and every group that
    /// lists the user; with one, that group alone (as docker).
    package func resolve(_ text: String, additionalGroups: [String] = []) throws(Failure) -> ResolvedUser {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let userText = parts.first ?? ""
        let groupText = parts.count > 1 ? parts[1] : ""
        var user: User?
        let uid: UInt32
        if userText.isEmpty {
            uid = 0
            user = users.first { $0.uid == 0 }
        } else if UserID.isNumeric(userText) {
            guard let number = UserID.parse(userText) else { throw Failure(.invalid, "uids and gids must be in range 0-\(UserID.max)") }
            uid = number
            user = users.first { $0.uid == number }
        } else {
            user = users.first { $0.name == userText }
            guard let user else { throw Failure(.invalid, "unable to find user \(userText): no matching entries in passwd file") }
            uid = user.uid
        }
        var resolved = ResolvedUser(
            uid: uid, gid: user?.gid ?? 0, supplementaryGroups: [], home: user.map { $0.home.isEmpty ? "/" : $0.home } ?? "/")
        if !groupText.isEmpty { resolved.gid = try groupID(groupText) }
        // The own group is one of them: a file that refuses this group must not be opened by dropping it (CVE-2022-36109).
        var gids = [resolved.gid]
        if groupText.isEmpty, let user { gids += groups.filter { $0.members.contains(user.name) }.map(\.gid) }
        for text in additionalGroups { gids.append(try groupID(text)) }
        var known: Set<UInt32> = []
        resolved.supplementaryGroups = gids.filter { known.insert($0).inserted }
        guard known.count <= Self.groupsMax else { throw Failure(.invalid, "the user is in more than \(Self.groupsMax) groups") }
        return resolved
    }

    private func groupID(_ text: String) throws(Failure) -> UInt32 {
        if UserID.isNumeric(text) {
            guard let gid = UserID.parse(text) else { throw Failure(.invalid, "uids and gids must be in range 0-\(UserID.max)") }
            return gid
        }
        guard let group = groups.first(where: { $0.name == text }) else {
            throw Failure(.invalid, "unable to find group \(text): no matching entries in group file")
        }
        return group.gid
    }
}
