// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ArgumentParser
import Nestbox

/// The flags that let a service's number of containers follow its load.
struct ScalingFlags: ParsableArguments {
    @Option(
        name: .customLong("min"),
        parsing: .unconditional,
        help: "Scale by load: the fewest containers, --replicas by default; 0 lets the last one end when nobody asks."
    )
    var minimum: Int?

    @Option(
        name: .customLong("max"),
        parsing: .unconditional,
        help: "Scale by load: the most containers, at most 1000."
    )
    var maximum: Int?

    @Option(
        name: .customLong("scale-by"),
        help: "What the load is measured by: cpu, the default, concurrency, or reported (by ORCA)."
    )
    var metric: String?

    @Option(
        name: .customLong("scale-target"),
        parsing: .unconditional,
        help: "How much of it one container is to have; by default 10 clients, or 0.6 of anything else."
    )
    var target: Double?

    @Option(
        name: .customLong("scale-in-delay"),
        help: "For how many seconds less must be wanted before containers end; 60 by default."
    )
    var delay: Int?

    /// What the flags say; `nil` if they say nothing.
    func autoscaling(replicas: Int) throws -> Autoscaling? {
        guard let maximum else {
            guard minimum == nil, metric == nil, target == nil, delay == nil else {
                throw ValidationError("scaling by load needs --max")
            }
            return nil
        }
        guard let metric = Autoscaling.Metric(rawValue: metric ?? "cpu") else {
            throw ValidationError("--scale-by is cpu, concurrency or reported")
        }
        return Autoscaling(
            minimum: minimum ?? min(replicas, maximum),
            maximum: maximum,
            metric: metric,
            target: target,
            scaleInDelay: delay ?? 60
        )
    }
}
