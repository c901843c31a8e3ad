package import Primitives

extension CapabilitySet {
    /// A container's set from `--privileged`, `--cap-add` and `--cap-drop`, as docker understands them: names in any
    /// case, with or without `CAP_`; `ALL`; what is both added and dropped is added.
    /// - Parameters:
    ///   - base: what a container has that asked for nothing.
    ///   - last: the number of this kernel's last capability.
    ///   - available: what the caller can hand on: `ALL` and `--privileged` mean these.
    /// - Throws: `.invalid` in the words of docker's daemon.
    package static func resolve(
        base: CapabilitySet = .dockerDefault, privileged: Bool = false, add: [String], drop: [String], last: Int,
        available: CapabilitySet = CapabilitySet(rawValue: .max)
    ) throws(Failure) -> CapabilitySet {
        let known = all(last: last)
        let all = known.intersection(available)
        let added = try doing("invalid CapAdd") { () throws(Failure) in try Request(add, available: all) }
        let dropped = try doing("invalid CapDrop") { () throws(Failure) in try Request(drop, available: known) }
        if privileged { return all }
        if added.isAll { return dropped.isAll ? all : all.subtracting(dropped.set) }
        if dropped.isAll { return added.set }
        return base.intersection(all).subtracting(dropped.set).union(added.set)
    }

    /// One of the two lists as docker writes it down: full names, sorted, each once; `ALL` alone.
    package static func documentNames(_ names: [String]) -> [String] {
        let full = Set(names.map { Request.normalised($0) })
        return full.contains("ALL") ? ["ALL"] : full.sorted()
    }

    /// One of the two lists, checked.
    private struct Request {
        var isAll = false
        var set: CapabilitySet = []

        init(_ names: [String], available: CapabilitySet) throws(Failure) {
            let names = names.map { Self.normalised($0) }
            // ALL makes the rest of its list mean nothing, wrong names too.
            if names.contains("ALL") {
                isAll = true
                return
            }
            for name in names {
                guard let capability = Capability(name: name) else {
                    throw Failure(.invalid, "unknown capability: \(JSON.string(name).compact())")
                }
                guard available.contains(capability) else {
                    throw Failure(
                        .invalid, "capability not supported by your kernel or not available in the current environment: \"\(name)\"")
                }
                set.formUnion(CapabilitySet(capability))
            }
        }

        static func normalised(_ text: String) -> String {
            let blank: (Character) -> Bool = { $0.isWhitespace }
            var name = text.drop(while: blank)[...]
            while let end = name.last, blank(end) { name = name.dropLast() }
            let upper = name.uppercased()
            return upper == "ALL" || upper.hasPrefix("CAP_") ? upper : "CAP_" + upper
        }
    }
}
