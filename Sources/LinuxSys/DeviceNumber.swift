import CShim

/// dev_t as major and minor (makedev(3)).
package enum DeviceNumber {
    package static func combine(_ major: UInt32, _ minor: UInt32) -> UInt64 { cs_makedev(major, minor) }
}
