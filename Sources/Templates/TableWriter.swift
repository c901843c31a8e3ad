/// Aligns text in columns as Go's tabwriter does with docker's settings: cells end with a tab, are at least
/// 10 wide and padded by at least 3 blanks; what follows the last tab of a line belongs to no column.
///
/// A column is a run of consecutive lines that have a cell there, so a line without one ends it. Width is
/// counted in Unicode scalars.
package struct TableWriter {
    package var cellWidthMin = 10
    package var padding = 3

    package init(cellWidthMin: Int = 10, padding: Int = 3) {
        (self.cellWidthMin, self.padding) = (cellWidthMin, padding)
    }

    /// `text` is lines; what follows the last newline is a line without one.
    package func aligned(_ text: String) -> String {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
        }
        var writer = Columns(lines: lines, cellWidthMin: cellWidthMin, padding: padding)
        writer.format(lines.indices)
        return writer.out
    }

    /// Rows of cells, each row ended by a newline.
    package func aligned(rows: [[String]]) -> String {
        aligned(rows.map { $0.joined(separator: "\t") + "\n" }.joined())
    }
}

private struct Columns {
    let lines: [[String]]
    let cellWidthMin: Int
    let padding: Int
    var widths: [Int] = []
    var out = ""

    init(lines: [[String]], cellWidthMin: Int, padding: Int) {
        (self.lines, self.cellWidthMin, self.padding) = (lines, cellWidthMin, padding)
    }

    /// More columns than this stay unaligned: rows come from anywhere.
    static let columnsMax = 200

    /// Writes `range`, whose lines share the columns known so far.
    mutating func format(_ range: Range<Int>) {
        let column = widths.count
        var written = range.lowerBound
        var index = range.lowerBound
        while index < range.upperBound, column < Self.columnsMax {
            guard hasCell(index, column) else {
                index += 1
                continue
            }
            write(written..<index)
            written = index
            var width = cellWidthMin
            while index < range.upperBound, hasCell(index, column) {
                width = max(width, lines[index][column].unicodeScalars.count + padding)
                index += 1
            }
            widths.append(width)
            format(written..<index)
            widths.removeLast()
            written = index
        }
        write(written..<range.upperBound)
    }

    /// The last cell of a line is not terminated, hence in no column.
    private func hasCell(_ line: Int, _ column: Int) -> Bool { column < lines[line].count - 1 }

    private mutating func write(_ range: Range<Int>) {
        for index in range {
            for (column, cell) in lines[index].enumerated() {
                out += cell
                if column < widths.count {
                    out += String(repeating: " ", count: max(0, widths[column] - cell.unicodeScalars.count))
                }
            }
            if index < lines.count - 1 { out += "\n" }
        }
    }
}
