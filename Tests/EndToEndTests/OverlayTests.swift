import LinuxSys
import TestSupport
import Testing

/// A store where the kernel takes no overlay: on the root file system of a container, which is an overlay itself.
@Suite struct OverlayTests {
    private static let notice = "proa: the kernel refuses an overlay here: the container's root file system is a copy of the image\n"

    /// A script in a container that has this binary with the host's C library and may have containers of its own; the store
    /// lies on its root.
    private func inside(_ script: String) throws -> Outcome {
        try inside(["--security-opt", "seccomp=unconfined"], ["sh", "-c", Self.setUp + script])
    }
    private static let setUp = "cd /root; export XDG_DATA_HOME=/root/data XDG_RUNTIME_DIR=/root/run; mkdir data run\n"

    private func inside(_ options: [String], _ command: [String]) throws -> Outcome {
        let proa = try Proa.withBusybox()
        let libraries = ["/lib", "/lib64"].filter(HostFile.exists).flatMap { ["-v", "\($0):\($0):ro"] }
        let binary = ["-v", "\(try Proa.binary()):/usr/bin/proa:ro"]
        return try proa.command(["run", "--rm", "-w", "/root"] + options + libraries + binary + ["busybox"] + command).run()
    }

    @Test("there a container's root is a copy: made once, kept over restarts, measured, removed", .ownProc)
    func copies() throws {
        let outcome = try inside(
            """
            id=$(proa create proa.builtin/hello) && proa start -a $id >shown && grep -c Ahoy shown
            proa start -a $id >/dev/null
            ls data/proa/containers/$id | grep flat; proa ps -as --format '{{.Size}}'
            echo 1234567890 >data/proa/containers/$id/flat/more; proa ps -as --format '{{.Size}}' | cut -d ' ' -f 1
            mv data/proa/containers/$id/flat data/proa/containers/$id/flat.partial
            proa start -a $id 2>/dev/null | grep -c Ahoy; ls data/proa/containers/$id | grep partial
            proa rm $id >/dev/null; ls data/proa/containers; ls data/proa/tmp | grep dead
            """)
        let shown = outcome.lines
        #expect(shown.first == "1", "\(outcome.errorText)")
        #expect(shown.dropFirst(1).prefix(3) == ["flat", "flat.json", "flat.lock"], "\(outcome.text)\(outcome.errorText)")
        #expect(shown.dropFirst(4).first?.hasPrefix("0B (virtual ") == true)
        #expect(shown.dropFirst(5).prefix(2) == ["11B", "1"])
        #expect(shown.dropFirst(7) == [])
        // Said when the copy is made, and not again.
        #expect(outcome.errorText.split(separator: "\n").filter { $0 + "\n" == Self.notice }.count == 1, "\(outcome.errorText)")
    }

    @Test("what else is lost inside a container is told in one line, and what was asked for fails", .ownProc)
    func losses() throws {
        let outcome = try inside(
            """
            proa run --rm --network=none proa.builtin/hello >/dev/null
            proa run --rm --network=none --sysctl net.ipv4.ip_unprivileged_port_start=80 proa.builtin/hello >/dev/null; echo $?
            """)
        #expect(outcome.text == "125\n")
        let lines = outcome.errorText.split(separator: "\n").map(String.init)
        #expect(lines.count == 4, "\(outcome.errorText)")
        let text = "proa: the kernel refuses some things here, so this container has the /proc of outside, with other process ids, "
        #expect(lines.dropFirst().first?.hasPrefix(text) == true)
        #expect(lines.last?.hasSuffix("setting the sysctl \"net.ipv4.ip_unprivileged_port_start\": read-only file system (EROFS)") == true)
    }

    @Test("inside a container with docker's filter no namespaces can be made, and that is said")
    func filtered() throws {
        let outcome = try inside([], ["proa", "run", "--rm", "proa.builtin/hello"])
        #expect(outcome.status == 125)
        #expect(outcome.errorText.contains("making namespaces: operation not permitted (EPERM)"), "\(outcome.errorText)")
    }
}
