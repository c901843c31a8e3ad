/// A table that knows which of its values was used longest ago. Every operation takes the same time, however many there are.
struct RecencyTable<Key: Hashable, Value> {
    private struct Entry {
        let key: Key
        let value: Value
        var usedNanoseconds: Int64
        var older: Int
        var newer: Int
    }

    private static var none: Int { -1 }
    private var places: [Key: Int] = [:]
    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var oldest = -1
    private var newest = -1

    var count: Int { places.count }

    /// The value of a key, which is the newest from now on.
    mutating func touch(_ key: Key, _ now: Int64) -> Value? {
        guard let place = places[key] else { return nil }
        entries[place]?.usedNanoseconds = now
        if place != newest {
            unlink(place)
            append(place)
        }
        return entries[place]?.value
    }

    /// - Parameter key: not in the table yet.
    mutating func insert(_ value: Value, _ key: Key, _ now: Int64) {
        let entry = Entry(key: key, value: value, usedNanoseconds: now, older: Self.none, newer: Self.none)
        let place = free.popLast() ?? entries.count
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
        places[key] = place
        append(place)
    }

    /// The one used longest ago; with a limit only if that was before it.
    mutating func removeOldest(unusedSince limit: Int64 = .max) -> Value? {
        guard oldest != Self.none, let entry = entries[oldest], entry.usedNanoseconds < limit else { return nil }
        let place = oldest
        unlink(place)
        places[entry.key] = nil
        entries[place] = nil
        free.append(place)
        return entry.value
    }

    private mutating func unlink(_ place: Int) {
        guard let entry = entries[place] else { return }
        if entry.older == Self.none { oldest = entry.newer } else { entries[entry.older]?.newer = entry.newer }
        if entry.newer == Self.none { newest = entry.older } else { entries[entry.newer]?.older = entry.older }
    }

    private mutating func append(_ place: Int) {
        entries[place]?.older = newest
        entries[place]?.newer = Self.none
        if newest == Self.none { oldest = place } else { entries[newest]?.newer = place }
        newest = place
    }
}
