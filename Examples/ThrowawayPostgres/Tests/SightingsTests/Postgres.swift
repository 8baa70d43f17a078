// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerTesting
import Glibc
import ImageBuilder
import Sightings
import Testing

extension Trait where Self == ContainerTrait {
    /// Gives each test a PostgreSQL of its own: empty, and ready before the test begins.
    static var postgres: Self {
        .container(
            Postgres.image,
            ports: [5432],
            readiness: .all(.log("database system is ready to accept connections"), .port(5432)),
            engine: TestEngine(root: "/var/tmp/nestbox-throwaway-postgres")
        )
    }
}

/// The server that the tests run.
enum Postgres {
    /// The archive of a Debian with the package postgresql in it: see `run`.
    static let archive = getenv("POSTGRES_ROOTFS").map { String(cString: $0) }

    /// An image with an empty database cluster in it, so that a container has only to start the server.
    ///
    /// The tests' data is worth nothing, so nothing waits for a disk.
    private static let dockerfile = """
        FROM debian
        RUN ln -s /usr/lib/postgresql/* /opt/postgres
        ENV PATH=/opt/postgres/bin:$PATH PGDATA=/tmp/data
        USER postgres
        RUN initdb --auth=trust --no-sync && echo 'host all all all trust' >> $PGDATA/pg_hba.conf
        STOPSIGNAL SIGINT
        CMD ["postgres", "-c", "listen_addresses=*", "-c", "unix_socket_directories=/tmp", "-c", "fsync=off", \\
             "-c", "full_page_writes=off"]
        """

    static let image = TestImage.built(
        from: .empty,
        dockerfile: .text(dockerfile),
        bases: ["debian": .rootFilesystem(archive: .init(archive ?? ""), as: "debian-postgres")]
    )

    /// A connection to the server of the test that runs.
    static func connect() throws -> PostgresConnection {
        try PostgresConnection(port: try TestContainer.current.port(5432))
    }
}
