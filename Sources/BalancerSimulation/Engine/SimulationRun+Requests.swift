// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Balancer

extension SimulationRun {
    /// Asks a client's policy where a request goes, and sends it and the probes that it causes.
    mutating func place(client: Int, work: Double) {
        let context = PickContext(now: timestamp, key: workload.usesKeys ? UInt64(bitPattern: now) : nil)
        guard let pick = clients[client].picker.pick(context) else {
            recorder.refused(at: now)
            return
        }
        let index = free.popLast() ?? requests.count
        if index == requests.count { requests.append(SimulatedRequest()) }
        requests[index].client = client
        requests[index].server = pick.address
        requests[index].start = now
        requests[index].work = work
        requests[index].pick = pick
        requests[index].isAtServer = false
        let generation = requests[index].generation
        network.push(.reach(request: index, generation: generation), at: now + networkDelay)
        timeouts.push((index, generation), at: now + timeout)
        sendProbes(client)
    }

    private mutating func sendProbes(_ client: Int) {
        while let target = clients[client].picker.nextProbe(at: timestamp) {
            let index = probes.insert(SimulatedProbe(client: client, target: target))
            network.push(.probe(index), at: now + networkDelay)
        }
    }

    /// A probe reaches its server, which answers if it can.
    mutating func probe(_ index: Int) {
        guard let server = probes[index]?.target.endpoint.address, servers[server].answers else {
            _ = probes.take(index)
            return
        }
        let reply = servers[server].responder.reply(at: timestamp)
        probes[index]?.reply = reply
        network.push(.probed(index), at: now + networkDelay)
    }

    /// The answer to a probe reaches its client.
    mutating func probed(_ index: Int) {
        guard let probe = probes.take(index), let reply = probe.reply else { return }
        clients[probe.client].picker.recordProbe(reply, from: probe.target, at: timestamp)
    }

    mutating func reach(_ index: Int, _ generation: UInt32) {
        guard requests[index].generation == generation else { return }
        let server = requests[index].server
        if servers[server].condition == .failsFast || servers[server].condition == .dead {
            let isDead = servers[server].condition == .dead
            let outcome = isDead ? Outcome.connectionError : .serverError
            network.push(.answer(request: index, generation: generation, outcome: outcome), at: now + networkDelay)
            return
        }
        requests[index].isAtServer = true
        requests[index].reached = now
        requests[index].begun = servers[server].responder.begin()
        servers[server].cpu.advance(to: now)
        servers[server].cpu.add(index, generation: generation, work: requests[index].work)
        recorder.begun(on: server, active: servers[server].cpu.active, at: now)
        scheduleFinish(server)
    }

    mutating func scheduleFinish(_ server: Int) {
        completions.set(server, to: max(now, servers[server].cpu.nextChange))
    }

    mutating func finish(_ server: Int) {
        servers[server].cpu.advance(to: now)
        while let (index, generation) = servers[server].cpu.takeFinished() {
            let latency = Duration.nanoseconds(now - requests[index].reached)
            servers[server].responder.end(begunWith: requests[index].begun, latency: latency, at: timestamp)
            servers[server].completed += 1
            requests[index].isAtServer = false
            network.push(.answer(request: index, generation: generation, outcome: .success), at: now + networkDelay)
        }
        scheduleFinish(server)
    }

    mutating func answer(_ index: Int, _ generation: UInt32, _ outcome: Outcome) {
        guard requests[index].generation == generation else { return }
        if outcome != .success { servers[requests[index].server].failed += 1 }
        end(index, outcome)
    }

    /// Ends the request whose time is over: it is cancelled at its server and counts as an error.
    mutating func expire() {
        guard let (index, generation) = timeouts.pop(), requests[index].generation == generation else { return }
        if requests[index].isAtServer {
            let server = requests[index].server
            servers[server].cpu.advance(to: now)
            servers[server].cpu.cancel(index, generation: generation)
            servers[server].responder.cancel()
            servers[server].failed += 1
            scheduleFinish(server)
        }
        end(index, .timeout)
    }

    private mutating func end(_ index: Int, _ outcome: Outcome) {
        guard let pick = requests[index].pick else { return }
        clients[requests[index].client].balancer.complete(pick, outcome, at: timestamp)
        recorder.ended(started: requests[index].start, now: now, isError: outcome != .success)
        requests[index].pick = nil
        requests[index].generation &+= 1
        free.append(index)
    }
}
