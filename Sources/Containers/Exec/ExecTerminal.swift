internal import LinuxSys
internal import Primitives

/// A process with a terminal of the container's own: its master comes over a socket to this process.
struct ExecTerminal {
    let request: ExecRequest

    func run(_ target: borrowing ProcessDescriptor, _ namespaces: Namespaces, _ plan: ProcessPlan, program: String) throws(Failure)
        -> Int32?
    {
        let signals = try SignalQueue(Signals.forwarded + [Signals.childEnded])
        let socket = try DescriptorPair.sockets()
        let pid: Int32
        do throws(LaunchFailure) {
            pid = try ChildProcess.join(target: target, namespaces: namespaces, streams: .terminal(socket: socket.second.raw), plan: plan)
        } catch { throw ExecFailure.explain(error, plan, program: program) }
        let master = try ChildProcess.receiveDescriptor(socket.first)
        let raw = request.interactive ? RawTerminal(0) : nil
        defer { _ = raw }
        return try relay(master, pid, signals)
    }

    private func relay(_ master: borrowing Descriptor, _ pid: Int32, _ signals: borrowing SignalQueue) throws(Failure) -> Int32? {
        var keys = DetachKeys(request.detachKeys)
        var inputOpen = request.interactive
        var buffer = [UInt8](repeating: 0, count: 65536)
        func read(_ stream: StandardStream, _ buffer: inout [UInt8]) throws(Failure) -> Int {
            let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, Failure> in
                Result { () throws(Failure) in try stream.read(bytes) }
            }
            return try result.get()
        }
        func show(_ count: Int) throws(Failure) {
            let result = buffer[..<count].withUnsafeBytes { bytes -> Result<Void, Failure> in
                Result { () throws(Failure) in try StandardStream.output.write(bytes) }
            }
            try result.get()
        }
        while true {
            if let code = ChildProcess.poll(pid) {
                while Poll.isReadable(master.raw) {
                    let count = try read(StandardStream(master.raw), &buffer)
                    if count == 0 { break }
                    try show(count)
                }
                return code
            }
            var poll = Poll()
            poll.add(signals.descriptor.raw, .read)
            poll.add(master.raw, .read)
            if inputOpen { poll.add(0, .read) }
            poll.wait()
            while let signal = signals.next() {
                if signal == Signals.windowChanged, let size = Terminal.size(0) { Terminal.setSize(master.raw, size) }
            }
            if poll.isReady(master.raw, .read) {
                let count = try read(StandardStream(master.raw), &buffer)
                // The last process closed the terminal; its end is about to be reported.
                if count == 0 { Clock.sleep(nanoseconds: 1_000_000) } else { try show(count) }
            }
            guard inputOpen, poll.isReady(0, .read) else { continue }
            let count = try read(.input, &buffer)
            if count == 0 {
                inputOpen = false
                continue
            }
            let (forward, detach) = keys.scan(buffer[..<count])
            if !forward.isEmpty { try master.write(forward) }
            if detach { return 0 }
        }
    }
}
