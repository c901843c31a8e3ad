internal import LinuxSys
internal import Primitives

// nf_tables writes its numbers in network order.
extension NetlinkBytes {
    private mutating func number(_ type: UInt16, _ value: UInt32) { attribute(type, value.bigEndian) }
    /// A value (NFTA_DATA_VALUE).
    private mutating func data(_ type: UInt16, _ bytes: [UInt8]) { nested(type) { $0.attribute(1, bytes) } }

    /// One expression of a list: its name and its attributes.
    private mutating func expression(_ name: String, _ body: (inout NetlinkBytes) -> Void) {
        nested(1 /* NFTA_LIST_ELEM */) { out in
            out.attribute(1 /* NFTA_EXPR_NAME */, text: name)
            out.nested(2 /* NFTA_EXPR_DATA */, body)
        }
    }

    /// Everything is loaded into register 1; a second value goes into register 2.
    private mutating func immediate(_ bytes: [UInt8], register: UInt32 = 1) {
        expression("immediate") { out in
            out.number(1, register)
            out.data(2, bytes)
        }
    }

    private mutating func compare(_ operation: UInt32, _ bytes: [UInt8]) {
        expression("cmp") { out in
            out.number(1, 1)
            out.number(2, operation)
            out.data(3, bytes)
        }
    }

    private mutating func lookup(_ set: String, inverted: Bool) {
        expression("lookup") { out in
            out.attribute(1, text: set)
            out.number(2, 1)
            if inverted { out.number(5, 1) }
        }
    }

    private mutating func translate(source: Bool, _ address: HostAddress, _ port: UInt16?) {
        immediate(address.bytes)
        if let port { immediate(port.networkBytes, register: 2) }
        expression("nat") { out in
            out.number(1, source ? 0 : 1)
            out.number(2, UInt32(address.isIPv6 ? AddressFamily.ipv6 : AddressFamily.ipv4))
            out.number(3, 1)
            if port != nil { out.number(5, 2) }
        }
    }

    private mutating func reject(_ type: UInt32, _ code: UInt8) {
        expression("reject") { out in
            out.number(1, type)
            out.attribute(2, code)
        }
    }

    mutating func append(_ expression: FilterExpression) {
        switch expression {
        case .load(let key):
            self.expression("meta") { out in
                out.number(2, key.rawValue)
                out.number(1, 1)
            }
        case .bytes(let header, let offset, let count):
            self.expression("payload") { out in
                out.number(1, 1)
                out.number(2, header.rawValue)
                out.number(3, UInt32(offset))
                out.number(4, UInt32(count))
            }
        case .masked(let mask):
            self.expression("bitwise") { out in
                out.number(1, 1)
                out.number(2, 1)
                out.number(3, UInt32(mask.count))
                out.data(4, mask)
                out.data(5, [UInt8](repeating: 0, count: mask.count))
            }
        case .equals(let bytes): compare(0, bytes)
        case .differs(let bytes): compare(1, bytes)
        case .isIn(let set): lookup(set, inverted: false)
        case .isNotIn(let set): lookup(set, inverted: true)
        case .connectionState:
            self.expression("ct") { out in
                out.number(2, 0)
                out.number(1, 1)
            }
        case .socketIsTransparent:
            self.expression("socket") { out in
                out.number(1, 0)
                out.number(2, 1)
            }
        default: appendAction(expression)
        }
    }

    private mutating func appendAction(_ action: FilterExpression) {
        switch action {
        case .setMark(let mark):
            immediate(withUnsafeBytes(of: mark) { Array($0) })
            expression("meta") { out in
                out.number(2, FilterMeta.mark.rawValue)
                out.number(3, 1)
            }
        case .write(let bytes, let offset, let checksum):
            immediate(bytes)
            expression("payload") { out in
                out.number(5, 1)
                out.number(2, FilterHeader.transport.rawValue)
                out.number(3, UInt32(offset))
                out.number(4, UInt32(bytes.count))
                out.number(6, 1 /* NFT_PAYLOAD_CSUM_INET */)
                out.number(7, UInt32(checksum))
            }
        case .notrack: expression("notrack") { _ in }
        case .transparentProxy(let address, let port):
            immediate(address.bytes)
            immediate(port.networkBytes, register: 2)
            expression("tproxy") { out in
                out.number(1, UInt32(address.isIPv6 ? AddressFamily.ipv6 : AddressFamily.ipv4))
                out.number(2, 1)
                out.number(3, 2)
            }
        case .masquerade: expression("masq") { _ in }
        case .translateDestination(let address, let port): translate(source: false, address, port)
        case .translateSource(let address): translate(source: true, address, nil)
        case .rejectTCP: reject(1, 0)
        case .reject(let code): reject(2, code.rawValue)
        case .verdict(let verdict):
            expression("immediate") { out in
                out.number(1, 0)
                out.nested(2) { out in
                    out.nested(2 /* NFTA_DATA_VERDICT */) { out in
                        out.number(1, UInt32(bitPattern: verdict.code))
                        if case .jump(let chain) = verdict { out.attribute(2, text: chain) }
                    }
                }
            }
        default: break
        }
    }
}
