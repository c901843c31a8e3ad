internal import LinuxSys
internal import Primitives

/// What is sent with a request.
enum HTTPBody {
    case none
    case bytes([UInt8])
    case file(FileSlice)

    var sizeBytes: UInt64 {
        switch self {
        case .none: 0
        case .bytes(let bytes): UInt64(bytes.count)
        case .file(let slice): slice.sizeBytes
        }
    }
}

/// A part of a file on its way out: read as it is sent, never held in memory as a whole.
struct FileSlice {
    let file: BorrowedFile
    let offset: UInt64
    let sizeBytes: UInt64
    /// Told the bytes of this slice that were handed to the connection so far; may go back when they are sent again.
    let progress: (UInt64) -> Void

    init(_ file: BorrowedFile, from offset: UInt64, sizeBytes: UInt64, progress: @escaping (UInt64) -> Void = { _ in }) {
        (self.file, self.offset, self.sizeBytes, self.progress) = (file, offset, sizeBytes, progress)
    }

    /// - Parameter position: counted from the slice's start.
    /// - Throws: `.corrupt` when the file ends before the slice does: somebody has cut it.
    func read(into buffer: UnsafeMutableRawBufferPointer, at position: UInt64) throws(Failure) -> Int {
        let room = min(UInt64(buffer.count), sizeBytes - min(position, sizeBytes))
        if room == 0 { return 0 }
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(room)])
        let count = try file.read(into: part, at: offset + position)
        guard count > 0 else {
            throw Failure(.corrupt, "the file ends after \(offset + position) bytes, \(offset + sizeBytes) were expected")
        }
        return count
    }
}
