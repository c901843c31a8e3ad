import Glibc
import LinuxSys
internal import Primitives

/// A pipe whose ends are close-on-exec and are closed at the latest when the last reference goes.
final class Pipe {
    private(set) var readEnd: Int32
    private(set) var writeEnd: Int32

    init() throws(Failure) {
        var ends: [Int32] = [-1, -1]
        try call("making a pipe") { pipe2(&ends, O_CLOEXEC) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }
    deinit {
        closeReadEnd()
        closeWriteEnd()
    }
    func closeReadEnd() {
        if readEnd >= 0 { close(readEnd) }
        readEnd = -1
    }
    /// The caller closes it.
    func takeWriteEnd() -> Int32 {
        defer { writeEnd = -1 }
        return writeEnd
    }
    func closeWriteEnd() {
        if writeEnd >= 0 { close(writeEnd) }
        writeEnd = -1
    }
}
