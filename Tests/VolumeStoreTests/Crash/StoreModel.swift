// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a store should hold, as plain values.
struct StoreModel: Hashable, CustomStringConvertible {
    struct Volume: Hashable {
        /// What the file in the volume says; nil if there is none.
        var text: String?
        var snapshots: [String: String?] = [:]
        /// Whether it still takes content from an image.
        ///
        /// The store does not show it.
        var isNew = false
    }

    var volumes: [String: Volume] = [:]

    /// One thing that a user does.
    enum Step: Hashable {
        case create(String)
        case write(String, String)
        case copyUp(String)
        case rename(String, String)
        case remove(String)
        case snapshot(String, String)
        case removeSnapshot(String, String)
        case restore(String, String)
        case clone(String, String)
    }

    mutating func apply(_ step: Step) {
        switch step {
        case .create(let name): volumes[name] = Volume(isNew: true)
        case .write(let name, let text): volumes[name]?.text = text
        case .copyUp(let name):
            volumes[name]?.text = "from the image"
            volumes[name]?.isNew = false
        case .rename(let old, let new): volumes[new] = volumes.removeValue(forKey: old)
        case .remove(let name): volumes[name] = nil
        case .snapshot(let name, let snapshot):
            let text = volumes[name]?.text
            volumes[name]?.snapshots[snapshot] = .some(text)
        case .removeSnapshot(let name, let snapshot): volumes[name]?.snapshots[snapshot] = nil
        case .restore(let name, let snapshot):
            let text = volumes[name]?.snapshots[snapshot] ?? nil
            volumes[name]?.text = text
            volumes[name]?.isNew = false
        case .clone(let name, let new): volumes[new] = Volume(text: volumes[name]?.text)
        }
    }

    /// A step that makes sense now.
    func nextStep(_ number: Int, using generator: inout SplitMix64) -> Step {
        let names = volumes.keys.sorted()
        guard names.count > 1, let name = names.randomElement(using: &generator), let volume = volumes[name] else {
            return .create("volume-\(number)")
        }
        let snapshot = volume.snapshots.keys.sorted().randomElement(using: &generator)
        switch Int.random(in: 0..<9, using: &generator) {
        case 0: return .create("volume-\(number)")
        case 1: return .rename(name, "volume-\(number)")
        case 2 where volume.snapshots.isEmpty: return .remove(name)
        case 3: return .snapshot(name, "snapshot-\(number)")
        case 4 where snapshot != nil: return .removeSnapshot(name, snapshot ?? "")
        case 5 where snapshot != nil: return .restore(name, snapshot ?? "")
        case 6: return .clone(name, "volume-\(number)")
        case 7 where volume.text == nil && volume.isNew: return .copyUp(name)
        default: return .write(name, "text \(number)")
        }
    }

    /// What can be seen from outside.
    var visible: StoreModel {
        var model = self
        for name in volumes.keys { model.volumes[name]?.isNew = false }
        return model
    }

    var description: String {
        volumes.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    }
}

/// Random numbers that are the same for the same seed (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
