import Primitives
import Testing

@Suite struct NaturalOrderTests {
    @Test(
        "numbers in names count by their value",
        arguments: [
            ["0f5", "3b2", "4a9", "97b", "210a", "50405f", "77092c", "2369026"], ["a1", "a01", "a2", "a10", "b"], ["", "1", "a", "aa"],
            ["a", "a1", "a1b", "ab"], ["x1y2", "x1y10", "x2y1"],
        ])
    func order(_ names: [String]) {
        #expect(names.reversed().sorted(by: NaturalOrder.precedes) == names)
        for name in names { #expect(!NaturalOrder.precedes(name, name)) }
    }
}
