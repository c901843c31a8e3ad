import CShim
import Glibc
internal import Primitives

/// A container's root file system mounted for this process alone: gone with it, however it ends.
package enum MountedRoot {
    /// Runs steps that only mount. To be called while this process has one thread.
    /// - Parameters:
    ///   - ownNamespace: this process has a mount namespace that nobody else uses; else it gets one.
    ///   - store: where relative sources of the steps start.
    package static func mount(
        _ steps: [RawStep], ownNamespace: Bool, store: borrowing Directory
    ) throws(LaunchFailure) -> Directory {
        var report = cs_report()
        let root: Int32
        do throws(Failure) {
            let arena = try Arena()
            let plan = try arena.allocate(cs_plan.self)
            try ProcessPlan(steps: steps, candidates: [], arguments: [], environment: []).encode(
                into: &plan.pointee, storeDescriptor: store.raw, arena, tellsRefusals: true)
            root = cs_mount_root(plan, ownNamespace ? 1 : 0, &report)
        } catch { throw LaunchFailure(.plan(error), code: 0) }
        if root >= 0 { return Directory(Descriptor(owning: root), path: "/") }
        if report.error == 0 { throw LaunchFailure(.namespaces, code: -root) }
        throw LaunchFailure(.step(Int(report.step), detail: report.detail), code: report.error)
    }
}
