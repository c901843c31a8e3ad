internal import LinuxSys
internal import Primitives

/// Streams of a process without a terminal: three pipes, copied by this process. Nothing of the caller's own
/// descriptors reaches the container: an open file or terminal would be a way out.
struct ExecPipes {
    let request: ExecRequest

    func run(
        _ target: borrowing ProcessDescriptor, _ namespaces: Namespaces, _ plan: ProcessPlan, owner: UInt32, program: String
    ) throws(Failure) -> Int32? {
        if request.detach {
            let null = try Descriptor.null()
            _ = try start(target, namespaces, plan, .descriptors(null.raw, null.raw, null.raw, owner: owner), program)
            return nil
        }
        let signals = try SignalQueue([Signals.childEnded])
        let output = try DescriptorPair.pipe()
        let error = try DescriptorPair.pipe()
        let null = try Descriptor.null()
        // Without -i the pipe is made all the same and stays unused: one path for both.
        let input = try DescriptorPair.pipe()
        let theirInput = request.interactive ? input.first.raw : null.raw
        let pid = try start(target, namespaces, plan, .descriptors(theirInput, output.second.raw, error.second.raw, owner: owner), program)
        let outputEnd = output.closingSecond()
        let errorEnd = error.closingSecond()
        var relay = StreamRelay(outputs: [(outputEnd.raw, .output), (errorEnd.raw, .error)])
        if request.interactive { relay.take(input: input.closingFirst()) }
        return try relay.run(pid: pid, signals: signals)
    }

    private func start(
        _ target: borrowing ProcessDescriptor, _ namespaces: Namespaces, _ plan: ProcessPlan, _ streams: ExecStreams, _ program: String
    ) throws(Failure) -> Int32 {
        do throws(LaunchFailure) {
            return try ChildProcess.join(target: target, namespaces: namespaces, streams: streams, plan: plan)
        } catch { throw ExecFailure.explain(error, plan, program: program) }
    }
}

/// Copies standard input to a pipe and pipes to the standard streams until the process has ended.
struct StreamRelay: ~Copyable {
    /// Borrowed descriptors and where their bytes go.
    private var outputs: [(raw: Int32, to: StandardStream)]
    private var input: Descriptor?
    /// Of `input`; -1 without one.
    private var inputPipe: Int32 = -1
    private var inputReady = false
    private var buffer = [UInt8](repeating: 0, count: 65536)

    init(outputs: [(Int32, StandardStream)]) { self.outputs = outputs.map { (raw: $0.0, to: $0.1) } }

    mutating func take(input: consuming Descriptor) {
        inputPipe = input.raw
        self.input = consume input
    }

    private mutating func closeInput() {
        input = nil
        inputPipe = -1
    }

    /// - Returns: the exit code. What the pipes still hold then is copied; a background process that keeps a
    ///   pipe open does not hold the command back.
    mutating func run(pid: Int32, signals: borrowing SignalQueue) throws(Failure) -> Int32 {
        // A reader that went away ends us like any command; a container that stopped reading does not.
        Signals.ignoreBrokenPipes()
        while true {
            if let code = ChildProcess.poll(pid) {
                for output in outputs { while Poll.isReadable(output.raw), try copy(output) {} }
                return code
            }
            var poll = Poll()
            poll.add(signals.descriptor.raw, .read)
            for output in outputs { poll.add(output.raw, .read) }
            if inputPipe >= 0 { poll.add(inputReady ? inputPipe : 0, inputReady ? .write : .read) }
            poll.wait()
            while signals.next() != nil {}
            for output in outputs where poll.isReady(output.raw, .read) {
                if try !copy(output) { outputs.removeAll { $0.raw == output.raw } }
            }
            guard inputPipe >= 0 else { continue }
            if inputReady, poll.isReady(inputPipe, .write) {
                inputReady = false
                try forward()
            } else if !inputReady, poll.isReady(0, .read) {
                inputReady = true
            }
        }
    }

    /// - Returns: false at the end of the stream.
    private mutating func copy(_ output: (raw: Int32, to: StandardStream)) throws(Failure) -> Bool {
        let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, Failure> in
            Result { () throws(Failure) in
                let count = try StandardStream(output.raw).read(bytes)
                if count > 0 { try output.to.write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<count])) }
                return count
            }
        }
        return try result.get() > 0
    }

    /// At most PIPE_BUF bytes, which a writable pipe takes without blocking.
    private mutating func forward() throws(Failure) {
        let pipe = inputPipe
        let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, Failure> in
            Result { () throws(Failure) in
                let count = try StandardStream.input.read(UnsafeMutableRawBufferPointer(rebasing: bytes[..<4096]))
                if count > 0 { try StandardStream(pipe).write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<count])) }
                return count
            }
        }
        do throws(Failure) {
            if try result.get() == 0 { closeInput() }
        } catch {
            guard Signals.isBrokenPipe(error) else { throw error }
            closeInput()
        }
    }
}
