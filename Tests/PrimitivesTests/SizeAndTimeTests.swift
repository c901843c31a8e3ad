import Primitives
import Testing

@Suite struct SizeAndTimeTests {
    @Test(
        "a size is read as docker's flags read it",
        arguments: [
            ("0", 0), ("100", 100), ("64m", 64 << 20), ("64M", 64 << 20), ("1.5g", 3 << 29), ("10kb", 10240),
            ("10KiB", 10240), ("2 GB", 2 << 30), ("7b", 7), ("1t", 1 << 40), ("1p", 1 << 50), (".5k", 512), ("1.k", 1024),
            ("1e3", 1000), ("0.1k", 102), ("9223372036854775807", Int64.max),
        ] as [(String, Int64)])
    func size(_ row: (text: String, bytes: Int64)) throws {
        #expect(try ByteSize.parse(row.text) == row.bytes)
    }

    @Test("decimal sizes count in thousands")
    func decimalSize() throws {
        #expect(try ByteSize.parseDecimal("10kB") == 10000)
    }

    @Test(
        "a bad size fails with docker's words",
        arguments: [
            ("", "invalid size: ''"), ("k", "invalid size: 'k'"), ("-1", "invalid size: '-1'"),
            ("99999999999p", "invalid size: '99999999999p'"), ("1e400", "invalid size: '1e400'"), ("64x", "invalid suffix: 'x'"),
            ("1.2.3", #"strconv.ParseFloat: parsing "1.2.3": invalid syntax"#),
            ("10bb", "invalid suffix: 'bb'"), ("10kib2", #"strconv.ParseFloat: parsing "10kib2": invalid syntax"#),
            ("10kx", "invalid suffix: 'kx'"), ("10kix", "invalid suffix: 'kix'"), ("10KIBS", "invalid suffix: 'KIBS'"),
            ("0x10", #"strconv.ParseFloat: parsing "0x10": invalid syntax"#), (" ", #"strconv.ParseFloat: parsing "": invalid syntax"#),
        ] as [(String, String)])
    func badSize(_ row: (text: String, message: String)) {
        let failure = #expect(throws: Failure.self) { try ByteSize.parse(row.text) }
        #expect(failure == Failure(.invalid, row.message))
    }

    @Test(
        "a size is shown with three decimal or four binary digits",
        arguments: [
            (0, "0B", "0B"), (1, "1B", "1B"), (999, "999B", "999B"), (1000, "1kB", "1000B"), (1024, "1.02kB", "1KiB"),
            (21_500_000, "21.5MB", "20.5MiB"), (7_831_234, "7.83MB", "7.468MiB"), (999_900, "1e+03kB", "976.5KiB"),
            (123_456_789_012, "123GB", "115GiB"), (Int64.max, "9.22EB", "8EiB"),
        ] as [(Int64, String, String)])
    func shownSize(_ row: (bytes: Int64, decimal: String, binary: String)) {
        #expect(ByteSize.decimal(row.bytes) == row.decimal)
        #expect(ByteSize.binary(row.bytes) == row.binary)
    }

    @Test(
        "numbers are written as C writes them",
        arguments: [
            (1.005, "f", 2, "1.00"), (2.5, "f", 0, "2"), (3.5, "f", 0, "4"), (0.05, "f", 1, "0.1"), (9.99, "f", 1, "10.0"),
            (1e22, "f", 0, "10000000000000000000000"), (Double.leastNonzeroMagnitude, "e", 3, "4.941e-324"), (0.5, "f", 0, "0"),
            (0.6, "f", 0, "1"), (0.04, "f", 1, "0.0"), (-1.5, "e", 0, "-2e+00"), (100, "g", 3, "100"), (1000, "g", 3, "1e+03"),
            (0.0001, "g", 3, "0.0001"), (0.00001, "g", 3, "1e-05"), (Double.infinity, "f", 2, "+Inf"), (Double.nan, "g", 2, "NaN"),
        ] as [(Double, Character, Int, String)])
    func number(_ row: (value: Double, verb: Character, precision: Int, text: String)) {
        #expect(DecimalNumber.text(row.value, row.verb, precision: row.precision) == row.text)
    }

    @Test(
        "a duration is read and written as Go does",
        arguments: [
            ("0", 0, "0s"), ("1h15m30.5s", 4_530_500_000_000, "1h15m30.5s"), ("-1.5h", -5_400_000_000_000, "-1h30m0s"),
            ("+5s", 5_000_000_000, "5s"), ("300ms", 300_000_000, "300ms"), ("1.5µs", 1500, "1.5µs"), ("2us", 2000, "2µs"),
            ("7ns", 7, "7ns"), (".5s", 500_000_000, "500ms"), ("1.s", 1_000_000_000, "1s"), ("90m", 5_400_000_000_000, "1h30m0s"),
            ("1.000000001s", 1_000_000_001, "1.000000001s"), ("-9223372036854775808ns", Int64.min, "-2562047h47m16.854775808s"),
            ("1m1m", 120_000_000_000, "2m0s"),
        ] as [(String, Int64, String)])
    func duration(_ row: (text: String, nanoseconds: Int64, written: String)) throws {
        #expect(try GoDuration(row.text).nanoseconds == row.nanoseconds)
        #expect(GoDuration(nanoseconds: row.nanoseconds).description == row.written)
    }

    @Test(
        "a bad duration fails with Go's words",
        arguments: [
            ("", #"time: invalid duration """#), ("x", #"time: invalid duration "x""#), ("5", #"time: missing unit in duration "5""#),
            ("5q", #"time: unknown unit "q" in duration "5q""#), ("-", #"time: invalid duration "-""#),
            (".s", #"time: invalid duration ".s""#), ("1h 2m", #"time: unknown unit "h " in duration "1h 2m""#),
            ("9223372036854775808ns", #"time: invalid duration "9223372036854775808ns""#),
            ("99999999999999999999h", #"time: invalid duration "99999999999999999999h""#),
        ] as [(String, String)])
    func badDuration(_ row: (text: String, message: String)) {
        let failure = #expect(throws: Failure.self) { try GoDuration(row.text) }
        #expect(failure == Failure(.invalid, row.message))
    }

    @Test(
        "a rough duration has docker's words at every step",
        arguments: [
            (-5, "Less than a second"), (0, "Less than a second"), (1, "1 second"), (2, "2 seconds"), (59, "59 seconds"),
            (60, "About a minute"), (119, "About a minute"), (120, "2 minutes"), (3599, "59 minutes"), (3600, "About an hour"),
            (5399, "About an hour"), (5400, "2 hours"), (47 * 3600 + 1799, "47 hours"), (48 * 3600 - 1, "2 days"),
            (48 * 3600, "2 days"), (14 * 86400 - 1801, "13 days"), (14 * 86400, "2 weeks"), (60 * 86400 - 1801, "8 weeks"),
            (60 * 86400, "2 months"), (729 * 86400, "24 months"), (730 * 86400, "2 years"), (3650 * 86400, "10 years"),
        ] as [(Int64, String)])
    func human(_ row: (seconds: Int64, words: String)) {
        #expect(GoDuration.seconds(row.seconds).human == row.words)
    }

    @Test(
        "a moment is read and written in RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2024-02-29T12:00:00.5Z", 1_709_208_000, 500_000_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0), ("1969-12-31T23:59:59.999999999Z", -1, 999_999_999),
            ("2000-03-01T00:00:00Z", 951_868_800, 0), ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
        ] as [(String, Int64, Int64)])
    func moment(_ row: (text: String, seconds: Int64, nanosecond: Int64)) throws {
        let moment = Timestamp(seconds: row.seconds, nanosecond: row.nanosecond)
        #expect(try Timestamp(rfc3339: row.text) == moment)
        #expect(moment.description == row.text)
    }

    @Test("every day of 800 years survives the calendar")
    func calendar() {
        for day in Int64(-146_097)...146_097 {
            let date = CivilDate(daysSinceEpoch: day)
            #expect(date.daysSinceEpoch == day && CivilDate(year: date.year, month: date.month, day: date.day) == date)
        }
    }

    @Test("a zone shifts the clock, not the moment")
    func zone() throws {
        let moment = try Timestamp(rfc3339: "2024-01-01T01:30:00.123456789+02:00")
        #expect(moment.description == "2023-12-31T23:30:00.123456789Z")
        #expect(moment.rfc3339(offsetSeconds: -19_800) == "2023-12-31T18:00:00.123456789-05:30")
        #expect(moment.rfc3339(fractionDigits: 9) == "2023-12-31T23:30:00.123456789Z")
        #expect(moment.local(offsetSeconds: 3600, abbreviation: "CET") == "2024-01-01 00:30:00 +0100 CET")
        #expect(moment.local(offsetSeconds: -1800, abbreviation: "") == "2023-12-31 23:00:00 -0030 -0030")
    }

    @Test("moments add, subtract and clamp", arguments: [Int64.min, -1_000_000_000, -1, 0, 1, 999_999_999, Int64.max])
    func arithmetic(_ nanoseconds: Int64) {
        #expect(Timestamp(nanosecondsSinceEpoch: nanoseconds).nanosecondsSinceEpoch == nanoseconds)
        let moment = Timestamp(seconds: 1_700_000_000, nanosecond: 5) + GoDuration(nanoseconds: nanoseconds)
        #expect((moment - Timestamp(seconds: 1_700_000_000, nanosecond: 5)).nanoseconds == nanoseconds)
        #expect((Timestamp.never - Timestamp(seconds: 1_700_000_000)).nanoseconds == .min)
    }

    static let now = Timestamp(seconds: 1_700_000_000, nanosecond: 700_000_000)

    @Test(
        "since takes every form that docker takes",
        arguments: [
            ("10m", "2023-11-14T22:03:20Z"), ("-1h", "2023-11-14T23:13:20Z"), ("0", "1970-01-01T00:00:00Z"),
            ("1136073600", "2006-01-01T00:00:00Z"), ("1136073600.5", "2006-01-01T00:00:00.5Z"),
            ("1136073600.000000001", "2006-01-01T00:00:00.000000001Z"), ("2006-01-02", "2006-01-01T23:00:00Z"),
            ("2006-01-02T15", "2006-01-02T14:00:00Z"), ("2006-01-02T15:04", "2006-01-02T14:04:00Z"),
            ("2006-01-02T15:04:05", "2006-01-02T14:04:05Z"), ("2006-01-02T15:04:05.999", "2006-01-02T14:04:05.999Z"),
            ("2006-01-02Z", "2006-01-02T00:00:00Z"), ("2006-01-02+02:00", "2006-01-01T22:00:00Z"),
            ("2006-01-02-02:00", "2006-01-02T02:00:00Z"), ("2006-01-02T15Z", "2006-01-02T15:00:00Z"),
            ("2006-01-02T15:04+01:30", "2006-01-02T13:34:00Z"), ("2006-01-02T15:04:05-07:00", "2006-01-02T22:04:05Z"),
            ("2006-01-02T15:04:05.000000001Z", "2006-01-02T15:04:05.000000001Z"),
        ] as [(String, String)])
    func since(_ row: (text: String, moment: String)) throws {
        #expect(try Timestamp(since: row.text, now: Self.now, offsetSeconds: 3600).description == row.moment)
    }

    @Test(
        "a bad moment fails with docker's words",
        arguments: [
            ("", #"failed to parse value as time or duration: """#), ("x", #"failed to parse value as time or duration: "x""#),
            ("12q", #"failed to parse value as time or duration: "12q""#), ("1.x", #"failed to parse value as time or duration: "1.x""#),
            ("2006-13-01", #"parsing time "2006-13-01": month out of range"#),
            ("2006-02-30", #"parsing time "2006-02-30": day out of range"#),
            ("2006-01-02T25", #"parsing time "2006-01-02T25": hour out of range"#),
            ("2006-1-02", #"parsing time "2006-1-02" as "2006-01-02": cannot parse "1-02" as "01""#),
            ("2006-01-02x", #"parsing time "2006-01-02x": extra text: "x""#),
            (
                "2006-01-02T15:04:05+0100",
                #"parsing time "2006-01-02T15:04:05+0100" as "2006-01-02T15:04Z07:00": cannot parse ":05+0100" as "Z07:00""#
            ),
        ] as [(String, String)])
    func badSince(_ row: (text: String, message: String)) {
        let failure = #expect(throws: Failure.self) { try Timestamp(since: row.text, now: Self.now, offsetSeconds: 0) }
        #expect(failure == Failure(.invalid, row.message))
    }
}
