// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// One header or trailer: where its name and value are in the message's bytes.
struct HeaderField {
    var name: ByteSlice
    var value: ByteSlice
    var kind: FieldKind
}

/// The fields of one message; memory that is used again for the next.
final class FieldList {
    private let storage: UnsafeMutableBufferPointer<HeaderField>
    private(set) var count = 0

    /// - Parameter capacity: The most fields that a message may have.
    init(capacity: Int) {
        storage = .allocate(capacity: capacity)
    }

    deinit {
        storage.deallocate()
    }

    var isFull: Bool { count == storage.count }

    subscript(index: Int) -> HeaderField {
        get { storage[index] }
        set { storage[index] = newValue }
    }

    func removeAll() {
        count = 0
    }

    func append(_ field: HeaderField) {
        storage.initializeElement(at: count, to: field)
        count += 1
    }
}

/// A message's fields with the bytes that they are in; valid as long as those are.
struct MessageView {
    let bytes: UnsafeRawBufferPointer
    let fields: FieldList

    var count: Int { fields.count }

    func name(_ index: Int) -> UnsafeRawBufferPointer { bytes[fields[index].name] }

    func value(_ index: Int) -> UnsafeRawBufferPointer { bytes[fields[index].value] }

    /// The value of the first field of a name in lower case.
    func first(_ lowercase: StaticString) -> UnsafeRawBufferPointer? {
        for index in 0..<count where name(index).matches(lowercase) { return value(index) }
        return nil
    }

    /// The value of the first field of a name.
    func first(_ name: [UInt8]) -> UnsafeRawBufferPointer? {
        name.withUnsafeBytes { wanted in
            for index in 0..<count where self.name(index).matches(wanted) { return value(index) }
            return nil
        }
    }
}
