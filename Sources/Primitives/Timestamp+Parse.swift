extension Timestamp {
    /// Parses RFC 3339 with or without a fraction, with a zone.
    /// - Throws: `.invalid` with Go's words.
    package init(rfc3339 text: String) throws(Failure) {
        self = try TimeReader.read(text, layout: .rfc3339, offsetSeconds: 0)
    }

    /// What docker's `--since` and `--until` accept: a Go duration before `now`, RFC 3339 with a zone or
    /// without seconds, minutes or zone (then local time), a date, or Unix seconds with a fraction.
    /// - Parameter offsetSeconds: of local time, east of UTC.
    package init(since text: String, now: Timestamp, offsetSeconds: Int64) throws(Failure) {
        // What is no duration is tried as a moment; `0`, the one duration without a unit, is the epoch.
        if text != "0", let ago = try? GoDuration(text) {
            // Whole seconds, as docker sends them.
            self = Timestamp(seconds: (now + GoDuration(nanoseconds: 0 &- ago.nanoseconds)).seconds)
            return
        }
        do throws(Failure) {
            self = try TimeReader.read(text, layout: Self.layout(of: text), offsetSeconds: offsetSeconds)
        } catch {
            if text.utf8.contains(UInt8(ascii: "-")) { throw error }
            guard let value = Timestamp(unix: text) else {
                throw Failure(.invalid, "failed to parse value as time or duration: \(JSON.string(text).compact())")
            }
            self = value
        }
    }

    /// Unix time as `1136073600` or `1136073600.000000001`; `nil` when it is anything else.
    package init?(unix text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let seconds = Int64(parts[0]) else { return nil }
        var nanosecond: Int64 = 0
        if parts.count == 2 {
            let digits = parts[1].utf8.prefix(9)
            guard !digits.isEmpty, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            for digit in digits { nanosecond = nanosecond * 10 + Int64(digit - 0x30) }
            for _ in digits.count..<9 { nanosecond *= 10 }
        }
        self.init(seconds: seconds, nanosecond: nanosecond)
    }

    /// Which of the spellings `text` means to be, judged by its punctuation, as docker does.
    private static func layout(of text: String) -> TimeLayout {
        func count(_ byte: Character) -> Int { text.utf8.count { $0 == byte.asciiValue! } }
        let hasLetterZone = count("z") + count("Z") > 0
        let isLocal = !(hasLetterZone || count("+") > 0 || count("-") == 3)
        if count(".") > 0 { return TimeLayout(time: 3, zoned: !isLocal) }
        guard count("T") > 0 else { return TimeLayout(time: nil, zoned: !isLocal) }
        // The zone's own colon does not count.
        let colons = count(":") - (!isLocal && !hasLetterZone && count(":") > 0 ? 1 : 0)
        return TimeLayout(time: min(colons, 2), zoned: !isLocal)
    }
}

/// Year, month and day, then so much of the time of day: 0 hours, 1 minutes, 2 seconds, 3 the same, named
/// with a fraction. A fraction is read after seconds in any case.
private struct TimeLayout {
    var time: Int?
    var zoned: Bool
    static let rfc3339 = TimeLayout(time: 3, zoned: true)

    var elements: [String] {
        var out = ["2006", "-", "01", "-", "02"]
        if let time {
            out += ["T", "15"]
            if time >= 1 { out += [":", "04"] }
            if time >= 2 { out += [":", "05"] }
            if time == 3 { out += [".999999999"] }
        }
        return out + (zoned ? ["Z07:00"] : [])
    }
}

/// Reads one layout; its errors are those of Go's time.Parse.
private struct TimeReader {
    let text: [UInt8]
    let layout: TimeLayout
    var position = 0

    static func read(_ text: String, layout: TimeLayout, offsetSeconds: Int64) throws(Failure) -> Timestamp {
        if text.utf8.count > 64 { throw Failure(.invalid, "parsing time: text longer than 64 bytes") }
        var reader = TimeReader(text: Array(text.utf8), layout: layout)
        return try reader.read(offsetSeconds)
    }

    private mutating func read(_ localOffset: Int64) throws(Failure) -> Timestamp {
        var values: [String: Int64] = [:]
        var nanosecond: Int64 = 0
        var offset = localOffset
        for element in layout.elements {
            switch element {
            case "2006": values[element] = try number(4, element, nil)
            case "01", "02": values[element] = try number(2, element, nil)
            case "15": values[element] = try number(2, element, 0...23, "hour")
            case "04": values[element] = try number(2, element, 0...59, "minute")
            case "05":
                values[element] = try number(2, element, 0...59, "second")
                nanosecond = fraction()
            case ".999999999": break
            case "Z07:00": offset = try zone()
            default: try literal(element)
            }
        }
        if position < text.count { throw failure("extra text: \(quoted(from: position))") }
        guard let month = values["01"], (1...12).contains(month) else { throw failure("month out of range") }
        guard let date = CivilDate(year: values["2006"]!, month: month, day: values["02"]!) else {
            throw failure("day out of range")
        }
        let secondOfDay = (values["15"] ?? 0) * 3600 + (values["04"] ?? 0) * 60 + (values["05"] ?? 0)
        return Timestamp(seconds: date.daysSinceEpoch * 86_400 + secondOfDay - offset, nanosecond: nanosecond)
    }

    private func quoted(from start: Int) -> String {
        JSON.string(String(decoding: text[start...], as: UTF8.self)).compact()
    }
    private func failure(_ what: String) -> Failure { Failure(.invalid, "parsing time \(quoted(from: 0)): \(what)") }
    private func mismatch(_ element: String) -> Failure {
        Failure(
            .invalid,
            "parsing time \(quoted(from: 0)) as \"\(layout.elements.joined())\": "
                + "cannot parse \(quoted(from: position)) as \"\(element)\"")
    }

    private mutating func digits(_ count: Int) -> Int64? {
        guard position + count <= text.count else { return nil }
        var value: Int64 = 0
        for byte in text[position..<position + count] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        position += count
        return value
    }

    private mutating func number(
        _ count: Int, _ element: String, _ range: ClosedRange<Int64>?, _ name: String = ""
    ) throws(Failure) -> Int64 {
        guard let value = digits(count) else { throw mismatch(element) }
        if let range, !range.contains(value) { throw failure("\(name) out of range") }
        return value
    }

    private mutating func literal(_ element: String) throws(Failure) {
        guard position < text.count, text[position] == element.utf8.first! else { throw mismatch(element) }
        position += 1
    }

    /// Optional after the seconds; digits below a nanosecond are cut off.
    private mutating func fraction() -> Int64 {
        guard position + 1 < text.count, text[position] == UInt8(ascii: ".") || text[position] == UInt8(ascii: ","),
            (0x30...0x39).contains(text[position + 1])
        else { return 0 }
        position += 1
        var value: Int64 = 0
        var places = 0
        while position < text.count, (0x30...0x39).contains(text[position]) {
            if places < 9 {
                value = value * 10 + Int64(text[position] - 0x30)
                places += 1
            }
            position += 1
        }
        for _ in places..<9 { value *= 10 }
        return value
    }

    private mutating func zone() throws(Failure) -> Int64 {
        let start = position
        if position < text.count, text[position] == UInt8(ascii: "Z") {
            position += 1
            return 0
        }
        if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
            let sign: Int64 = text[position] == UInt8(ascii: "-") ? -1 : 1
            position += 1
            if let hours = digits(2), position < text.count, text[position] == UInt8(ascii: ":") {
                position += 1
                if let minutes = digits(2), hours <= 24, minutes < 60 { return sign * (hours * 3600 + minutes * 60) }
            }
        }
        position = start
        throw mismatch("Z07:00")
    }
}
