// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// A configuration with its durations in nanoseconds, as the proxy's threads use it.
final class HTTPSettings: Sendable {
    let configuration: HTTPProxyConfiguration
    let limits: HTTPLimits
    let forwarding: ForwardingHeaders
    let requestHead: UInt64
    let requestBodyIdle: UInt64
    let keepAlive: UInt64
    let connect: UInt64
    let firstByte: UInt64
    let answerIdle: UInt64
    let total: UInt64?
    let tunnelIdle: UInt64
    let handshake: UInt64
    let poolIdle: UInt64
    let endpointWait: UInt64

    init(_ configuration: HTTPProxyConfiguration) {
        self.configuration = configuration
        limits = configuration.limits
        forwarding = configuration.forwarding
        let timeouts = configuration.timeouts
        requestHead = timeouts.requestHead.clampedNanoseconds
        requestBodyIdle = timeouts.requestBodyIdle.clampedNanoseconds
        keepAlive = timeouts.keepAlive.clampedNanoseconds
        connect = timeouts.connect.clampedNanoseconds
        firstByte = timeouts.firstByte.clampedNanoseconds
        answerIdle = timeouts.answerIdle.clampedNanoseconds
        total = timeouts.total?.clampedNanoseconds
        tunnelIdle = timeouts.tunnelIdle.clampedNanoseconds
        handshake = timeouts.handshake.clampedNanoseconds
        poolIdle = configuration.pooling.idleTimeout.clampedNanoseconds
        endpointWait = configuration.endpointWait.clampedNanoseconds
    }
}
