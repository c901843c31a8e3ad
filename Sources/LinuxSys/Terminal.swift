import CShim
import Glibc
internal import Primitives

/// The caller's terminal.
package enum Terminal {
    package struct Size: Equatable, Sendable {
        package var rows: UInt16
        package var columns: UInt16
        package init(rows: UInt16, columns: UInt16) { (self.rows, self.columns) = (rows, columns) }
    }

    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    package static func size(_ descriptor: Int32) -> Size? {
        var rows: UInt16 = 0
        var columns: UInt16 = 0
        guard cs_terminal_size(descriptor, &rows, &columns) == 0 else { return nil }
        return Size(rows: rows, columns: columns)
    }

    package static func setSize(_ descriptor: Int32, _ size: Size) { _ = cs_set_terminal_size(descriptor, size.rows, size.columns) }
}

/// Raw mode while this value lives: bytes go through untouched. Restored in `deinit`.
package struct RawTerminal: ~Copyable {
    private let descriptor: Int32
    private var saved: termios

    /// `nil` when the descriptor is no terminal.
    package init?(_ descriptor: Int32) {
        var mode = termios()
        guard tcgetattr(descriptor, &mode) == 0 else { return nil }
        self.descriptor = descriptor
        saved = mode
        cfmakeraw(&mode)
        tcsetattr(descriptor, TCSADRAIN, &mode)
    }

    deinit {
        var mode = saved
        tcsetattr(descriptor, TCSADRAIN, &mode)
    }
}

/// A terminal that does not show what is typed while this value lives. Restored in `deinit`.
package struct SilentTerminal: ~Copyable {
    private let descriptor: Int32
    private var saved: termios

    /// `nil` when the descriptor is no terminal.
    package init?(_ descriptor: Int32) {
        var mode = termios()
        guard tcgetattr(descriptor, &mode) == 0 else { return nil }
        self.descriptor = descriptor
        saved = mode
        mode.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(descriptor, TCSADRAIN, &mode)
    }

    /// Names the scope in which nothing is shown.
    package func hold() {}

    deinit {
        var mode = saved
        tcsetattr(descriptor, TCSADRAIN, &mode)
    }
}
