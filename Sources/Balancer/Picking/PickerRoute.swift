// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The way from a pick to the policy's picker.
///
/// The pickers of the commonest policies are reached without dispatch, and none with counting references: both would
/// cost more than the choice itself. Every other picker is called through its protocol.
///
/// Whoever keeps a route also keeps the ``PickerBox`` that it was made from.
@usableFromInline
struct PickerRoute: BitwiseCopyable {
    /// Which function answers.
    @usableFromInline
    enum Kind: UInt8, BitwiseCopyable {
        case roundRobin
        case uniformRandom
        case weightedRandom
        case twoChoices
        case staticStride
        case maglev
        case any
    }

    @usableFromInline let kind: Kind
    /// The value that chooses or, for any other picker, its box.
    @usableFromInline let state: UnsafeMutableRawPointer

    init(kind: Kind, state: UnsafeMutableRawPointer) {
        self.kind = kind
        self.state = state
    }

    init(_ box: PickerBox) {
        let any = PickerRoute(kind: .any, state: Unmanaged.passUnretained(box).toOpaque())
        self = (box.picker as? any DirectPicker)?.direct ?? any
    }

    /// Chooses an endpoint.
    @inlinable
    @inline(__always)
    func pick(_ context: borrowing PickContext) -> Choice {
        switch kind {
        case .roundRobin: state.assumingMemoryBound(to: RoundRobinTurn.self).pointee.pick()
        case .uniformRandom: state.assumingMemoryBound(to: UniformDraw.self).pointee.pick()
        case .weightedRandom: state.assumingMemoryBound(to: WeightedDraw.self).pointee.pick()
        case .twoChoices: state.assumingMemoryBound(to: Chooser.self).pointee.leastRequestsOfTwo(context)
        case .staticStride: state.assumingMemoryBound(to: StaticStrideTurn.self).pointee.pick()
        case .maglev: state.assumingMemoryBound(to: MaglevLookUp.self).pointee.pick(context)
        case .any:
            pickByProtocol(
                now: context.now,
                key: context.key,
                session: context.session,
                subset: context.subset,
                attempt: context.attempt,
                excluded: context.excluded
            )
        }
    }

    /// Takes the context in parts, so that it is put together in memory for those pickers only that need it so.
    @usableFromInline
    @inline(never)
    func pickByProtocol(
        now: Timestamp,
        key: UInt64?,
        session: UInt64?,
        subset: UInt64?,
        attempt: UInt32,
        excluded: SlotSet
    ) -> Choice {
        let context = PickContext(
            now: now,
            key: key,
            session: session,
            subset: subset,
            attempt: attempt,
            excluded: excluded
        )
        return Unmanaged<PickerBox>.fromOpaque(state)._withUnsafeGuaranteedRef { $0.picker.pick(context) }
    }
}

/// Keeps a picker.
@usableFromInline
final class PickerBox {
    @usableFromInline let picker: any PolicyPicker

    init(_ picker: any PolicyPicker) { self.picker = picker }
}

/// A picker whose choice can be made without calling it.
protocol DirectPicker: PolicyPicker {
    /// The way to the value that chooses, which lives as long as the picker; nil if the picker has to be called after all.
    var direct: PickerRoute? { get }
}
