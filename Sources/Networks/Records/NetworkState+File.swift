package import LinuxSys
package import Primitives

extension NetworkState {
    /// Writes `network.json` of a container whose program is about to run. Not synced: a reboot makes it void.
    package func write(to directory: borrowing Directory) throws(Failure) {
        try directory.writeFile(Self.fileName, json.bytes, durable: false)
    }

    /// What was written on this boot; `nil` when nothing was.
    /// - Throws: `.corrupt` for a damaged file.
    package static func read(_ directory: borrowing Directory, bootIdentifier: String) throws(Failure) -> NetworkState? {
        let bytes: [UInt8]
        do throws(Failure) { bytes = try directory.readFile(fileName) } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
        let state = try NetworkState(json: try JSON.parse(bytes))
        return state.bootIdentifier == bootIdentifier ? state : nil
    }
}
