internal import LinuxSys
internal import Primitives
internal import Sandbox

/// What a container goes without because the kernel refuses it where we are: most often inside another container.
enum StartLoss {
    /// One line, or `nil` when nothing was lost.
    static func text(_ refusals: [(step: Int, code: Int32)], steps: [SetupStep], record: ContainerRecord) -> String? {
        let losses = refusals.compactMap { loss(steps[$0.step], $0.code, record) }
        return losses.isEmpty ? nil : "the kernel refuses some things here, so this container has " + losses.joined(separator: ", ")
    }

    private static func loss(_ step: SetupStep, _ code: Int32, _ record: ContainerRecord) -> String? {
        switch step {
        case .fileSystem("proc", _, _, _, _): "the /proc of outside, with other process ids"
        // With the host's network its /sys is what the container should have.
        case .fileSystem("sysfs", _, _, _, _): record.hostConfig["NetworkMode"]?.string == "host" ? nil : "the /sys of outside"
        // Nothing is limited or counted by groups yet: seeing others is no loss.
        case .fileSystem("cgroup2", _, _, _, _): nil
        case .sysctl(let path, let value, _): "no \(path.replacing("/", with: "."))=\(value)"
        default: "no success in \(step.description) (\(describe(errno: code)))"
        }
    }

    /// Upper directories on an overlay (a container's own root), on NFS and the like; or overlays for real root only.
    static func isOverlayRefused(_ failure: LaunchFailure, steps: [SetupStep]) -> Bool {
        guard case .step(let index, _) = failure.phase, index < steps.count, case .overlay = steps[index] else { return false }
        switch Errno(failure.code) {
        case .invalid, .notSupported, .notPermitted, .noDevice: return true
        default: return false
        }
    }
}
