import TestSupport
import Testing

/// What a test may need of the place it runs in. The reasons stand in Scripts/skips, with the places they are good for.
extension Trait where Self == ConditionTrait {
    static var severalIDs: Self { .enabled(if: Place.hasSeveralIDs, "owners of several users need subordinate ids") }
    static var ownProc: Self { .enabled(if: !Place.isNested, "inside a container no /proc and no /sys of one's own can be mounted") }
}
