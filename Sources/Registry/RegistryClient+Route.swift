internal import Primitives

/// Which registry is really asked: registries.conf may know mirrors and other places.
extension RegistryClient {
    /// A name as it is asked for, and where.
    struct Route {
        var reference: ImageReference
        var endpoint: RegistryEndpoint
    }

    /// Tries the places of an image one after the other, and remembers the first that answered: what belongs together
    /// comes from one place.
    /// - Throws: what the registry itself said; of mirrors only where they alone were asked.
    func readingFirst<T>(
        _ reference: ImageReference, _ cancellation: CancellationFlag, _ body: (Route) throws(Failure) -> T
    ) throws(Failure) -> T {
        if let known = memory.withLock({ $0.sources[reference.name] }) { return try body(try route(known.with(reference), cancellation)) }
        let sources = try settings.registries.sources(of: reference)
        for source in sources.dropLast() {
            do throws(Failure) { return try attempt(source, reference, cancellation, body) } catch {
                if error.kind == .cancelled || error.kind == .noSpace { throw error }
                settings.notice("mirror \"\(source.reference.domain)\": \(error.message)")
            }
        }
        return try attempt(sources[sources.count - 1], reference, cancellation, body)
    }

    private func attempt<T>(
        _ source: RegistriesConfiguration.Source, _ reference: ImageReference, _ cancellation: CancellationFlag,
        _ body: (Route) throws(Failure) -> T
    ) throws(Failure) -> T {
        let result = try body(try route(source, cancellation))
        memory.withLock { $0.sources[reference.name] = source }
        return result
    }

    /// Where a blob is read: where its manifest came from.
    func reading(_ repository: ImageReference, _ cancellation: CancellationFlag) throws(Failure) -> Route {
        if let known = memory.withLock({ $0.sources[repository.name] }) { return try route(known.with(repository), cancellation) }
        let sources = try settings.registries.sources(of: repository)
        return try route(sources[sources.count - 1], cancellation)
    }

    /// Where something is written: the registry itself.
    func writing(_ reference: ImageReference, _ cancellation: CancellationFlag) throws(Failure) -> Route {
        try route(try settings.registries.target(of: reference), cancellation)
    }

    private func route(_ source: RegistriesConfiguration.Source, _ cancellation: CancellationFlag) throws(Failure) -> Route {
        Route(
            reference: source.reference,
            endpoint: try endpoint(source.reference.domain, isInsecure: source.isInsecure, cancellation))
    }
}

extension RegistriesConfiguration.Source {
    /// The same place, another tag or digest of the image.
    fileprivate func with(_ other: ImageReference) -> Self {
        var out = self
        if let digest = other.digest {
            out.reference = reference.pinned(to: digest)
        } else if let tag = other.tag, let tagged = try? reference.tagged(tag) {
            out.reference = tagged
        }
        return out
    }
}
