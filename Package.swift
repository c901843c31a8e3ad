// swift-tools-version: 6.2
import PackageDescription

// Every Swift target: the Swift 6 language mode, and a warning is an error.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
]
// Every C target: GNU C11, every warning is an error, optimised in debug builds too (hashing, monitor memory).
let c: [CSetting] = [.unsafeFlags(["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"])]

/// A library of ours: `Sources/NAME` with a README that is no resource.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: swift)
}
func shim(_ name: String, _ linker: [LinkerSetting] = []) -> Target {
    .target(name: name, exclude: ["README.md"], cSettings: c, linkerSettings: linker)
}
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: swift)
}

let package = Package(
    name: "proa",
    targets: [
        // Level 1: C, and values that know nothing of the system.
        shim("CShim"),
        shim("CCompress", [.unsafeFlags(["-Xlinker", "-l:libz.a", "-Xlinker", "-l:libzstd.a"])]),
        library("Primitives", []),
        // Level 2: the only door to libc and the kernel; pure specification types and parsers.
        library("LinuxSys", ["Primitives", "CShim"]),
        // Level 3: the parts an engine is made of; they do not know each other.
        library("Layers", ["LinuxSys", "Primitives", "CCompress"]),

        tests("PrimitivesTests", ["Primitives"]),
        tests("LinuxSysTests", ["LinuxSys", "Primitives"]),
        tests("LayersTests", ["Layers", "LinuxSys", "Primitives", "CCompress"]),
    ]
)
