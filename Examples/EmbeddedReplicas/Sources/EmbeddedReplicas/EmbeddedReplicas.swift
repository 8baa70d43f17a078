// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Logging
import Nestbox
import ServiceLifecycle

/// A server that runs another program as replicas behind a balancer, all in this one process: it builds the program's
/// image, lets the number of its containers follow the load, and shows on a live page what they do.
@main
struct EmbeddedReplicas {
    static func main() async throws {
        let options = try Options(CommandLine.arguments.dropFirst())
        let nestbox = try await Nestbox(root: options.root)
        print("building the image")
        let service = try await WorkService.specification(builtBy: nestbox)
        let replicas = try await nestbox.launch(service)
        guard let port = replicas.publishedPorts.first?.hostPort else { throw Options.Failure("no port is published") }

        let clients = Clients(port: port)
        let watch = Watch(nestbox: nestbox, replicas: replicas, clients: clients)
        let page = PageServer(port: options.port, watch: watch, clients: clients)
        print("the service:  http://127.0.0.1:\(port)/cgi-bin/work")
        print("the page:     http://127.0.0.1:\(options.port)/")
        fflush(nil)
        // Ended in the opposite order, the containers last.
        try await ServiceGroup(
            services: [replicas, clients, watch, page],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "embedded-replicas")
        ).run()
        try await nestbox.close()
    }
}
