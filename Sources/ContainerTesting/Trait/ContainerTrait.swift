// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

public import Nestbox
public import Testing

/// Gives tests a real container, which runs before they begin and is gone when they have ended, however they ended.
///
/// `.container("postgres:17", readiness: .port(5432))` makes one.
public struct ContainerTrait: TestTrait, SuiteTrait, TestScoping {
    /// Who has one container together.
    public struct Sharing: Sendable, Hashable {
        private let name: String

        /// Each test, and each argument of a test, has a container of its own.
        public static let eachTest = Sharing(name: "eachTest")
        /// The tests of the suite that has the trait share one; those of nested suites too.
        public static let wholeSuite = Sharing(name: "wholeSuite")
    }

    /// When what a container wrote is attached to its test.
    public struct Attaching: Sendable, Hashable {
        private let name: String

        /// When the test has failed.
        public static let onFailure = Attaching(name: "onFailure")
        /// In any case.
        public static let always = Attaching(name: "always")
        /// Never.
        public static let never = Attaching(name: "never")
    }

    /// What the container is made from.
    public var image: TestImage
    /// What else is said of the container; the image that it names does not count.
    public var specification: ContainerSpecification
    /// The name by which ``TestContainer/named(_:)`` finds it.
    public var key: String?
    /// How it is found out that it can be used.
    public var readiness: Readiness
    /// How long that may take from its start.
    public var timeLimit = Duration.seconds(60)
    /// Who has one container together.
    public var sharing = Sharing.eachTest
    /// The engine that runs it.
    public var engine: TestEngine
    /// When what it wrote is attached to the test.
    public var attaching = Attaching.onFailure

    /// Creates a trait.
    ///
    /// - Parameters:
    ///   - image: What the container is made from.
    ///   - specification: What else is said of the container.
    ///   - key: The name by which the test finds it.
    ///   - readiness: How it is found out that it can be used.
    ///   - engine: The engine that runs it.
    public init(
        _ image: TestImage,
        specification: ContainerSpecification = ContainerSpecification(image: ""),
        key: String? = nil,
        readiness: Readiness = .started,
        engine: TestEngine = TestEngine()
    ) {
        self.image = image
        self.specification = specification
        self.key = key
        self.readiness = readiness
        self.engine = engine
    }

    /// Whether the tests of a suite get the trait each for itself.
    public var isRecursive: Bool { sharing == .eachTest }
}
