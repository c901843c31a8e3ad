// swift-tools-version: 6.2
import PackageDescription

// Every Swift target: the Swift 6 language mode, and a warning is an error.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
    // libc's headers must read the same for the module Glibc as for CShim: clang refuses two shapes of one struct.
    .unsafeFlags(["-Xcc", "-D_GNU_SOURCE"]),
]
// Every C target: GNU C11, every warning is an error, optimised in debug builds too (hashing, monitor memory).
let c: [CSetting] = [.unsafeFlags(["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"])]

// The released binary needs nothing but libc and libm at run time, is stripped, and is not position independent: the
// run-time linker would otherwise spend most of the start on relocations. `make release` puts libstdc++.a alone into
// .build/staticlibs, so that the linker cannot take the shared one. Debug builds stay as they are: nothing to wait for.
let release: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-L\(Context.packageDirectory)/.build/staticlibs",
            "-Xclang-linker", "-no-pie", "-Xclang-linker", "-static-libgcc",
            "-Xlinker", "--gc-sections", "-Xlinker", "-s",
        ], .when(configuration: .release))
]

/// A library of ours: `Sources/NAME` with a README that is no resource.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: swift)
}
func shim(_ name: String, _ linker: [LinkerSetting] = [], exclude: [String] = []) -> Target {
    .target(name: name, exclude: ["README.md"] + exclude, cSettings: c, linkerSettings: linker)
}
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: swift)
}

let package = Package(
    name: "proa",
    targets: [
        // Level 1: C, and values that know nothing of the system.
        shim("CShim", exclude: ["embedded"]),
        shim(
            "CCompress",
            [.unsafeFlags(["-Xlinker", "-l:libz.a", "-Xlinker", "-l:libzstd.a", "-Xlinker", "-l:liblzma.a", "-Xlinker", "-l:libbz2.a"])]),
        shim("CSeccomp", [.unsafeFlags(["-Xlinker", "-l:libseccomp.a"])]),
        shim("CCurl"),
        shim("CCrypto"),
        library("Primitives", []),
        // Level 2: the only door to libc and the kernel; pure specification types and parsers.
        library("LinuxSys", ["Primitives", "CShim"]),
        library("CommandLine", ["Primitives"]),
        library("OCI", ["Primitives"]),
        library("Templates", ["Primitives"]),
        // Level 3: one responsibility each; siblings do not know each other.
        library("Layers", ["LinuxSys", "Primitives", "CCompress"]),
        library("Registry", ["OCI", "LinuxSys", "Primitives", "CCurl", "CCrypto"]),
        library("Sandbox", ["LinuxSys", "Primitives", "CSeccomp"]),
        library("Store", ["LinuxSys", "Primitives"]),
        library("Networks", ["LinuxSys", "Primitives"]),
        // Level 4: what images are made of, put together.
        .target(
            name: "Images", dependencies: ["Registry", "Layers", "Store", "OCI", "LinuxSys", "Primitives"],
            exclude: ["README.md", "Builtin/hello.c"], swiftSettings: swift),
        // Level 5: the life of a container.
        library("Containers", ["Images", "Networks", "Layers", "CommandLine", "Store", "Sandbox", "OCI", "LinuxSys", "Primitives"]),
        // Level 7: flags to one request, one library call, rendered output and exit code.
        library(
            "Commands",
            [
                "Containers", "Images", "Networks", "Registry", "Layers", "Store", "Sandbox", "CommandLine", "OCI", "Templates", "LinuxSys",
                "Primitives",
            ]),
        // Level 8: the binary.
        .executableTarget(
            name: "proa", dependencies: ["Commands", "LinuxSys", "Primitives"], exclude: ["README.md"], swiftSettings: swift,
            linkerSettings: release),

        tests("PrimitivesTests", ["Primitives", "TestSupport"]),
        tests("LinuxSysTests", ["LinuxSys", "Primitives", "TestSupport"]),
        tests("CommandLineTests", ["CommandLine", "Primitives"]),
        tests("OCITests", ["OCI", "Primitives", "TestSupport"]),
        tests("TemplatesTests", ["Templates", "Primitives"]),
        tests("LayersTests", ["Layers", "LinuxSys", "Primitives", "CCompress", "TestSupport"]),
        tests("RegistryTests", ["Registry", "OCI", "LinuxSys", "Primitives", "CCurl", "TestSupport"]),
        tests("SandboxTests", ["Sandbox", "LinuxSys", "Primitives", "TestSupport"]),
        tests("NetworksTests", ["Networks", "LinuxSys", "Primitives", "TestSupport"]),
        tests("StoreTests", ["Store", "LinuxSys", "Primitives", "TestSupport"]),
        tests("ImagesTests", ["Images", "Layers", "Store", "Registry", "OCI", "LinuxSys", "Primitives", "TestSupport"]),
        tests("ContainersTests", ["Containers", "Images", "Networks", "OCI", "Sandbox", "Store", "LinuxSys", "Primitives", "TestSupport"]),

        // What tests share; the tree's own rules; the built binary from outside.
        .target(
            name: "TestSupport", dependencies: ["LinuxSys", "Primitives", "CShim"], path: "Tests/TestSupport", swiftSettings: swift),
        tests("RepositoryTests", ["CommandLine", "TestSupport", "LinuxSys", "Primitives"]),
        tests("EndToEndTests", ["TestSupport", "Images", "Layers", "OCI", "LinuxSys", "Primitives"]),
    ]
)
