import FoundationEssentials
import Glibc
import Kernel
import Processes

/// Removes images that nobody needs any more, and what dead builds left. It only ever touches what carries this installation's
/// label or name.
struct ImageCollector: Sendable {
    let configuration: BuilderConfiguration

    private struct StoredImage: Sendable {
        var id: String
        var names: [String]
        var created: Double
    }

    private var names: ImageNames {
        ImageNames(instance: configuration.instance)
    }

    private var buildah: Buildah {
        Buildah(configuration: configuration, temporaryDirectory: configuration.workDirectory)
    }

    /// - Parameters:
    ///   - keeping: references and ids (with or without `sha256:`) of images that deployments need.
    ///   - grace: images younger than this stay: their deployments may not be known to the caller yet.
    func collect(keeping: Set<String>, grace: Duration, now: Date = Date()) async throws -> GarbageReport {
        var report = GarbageReport()
        let images = try await list()
        let youngest = now.timeIntervalSince1970 - Double(grace.components.seconds)
        var dependencies: [String: [(key: String, reference: String)]] = [:]
        for image in images {
            for name in image.names {
                guard let (scope, key) = dependency(name) else { continue }
                dependencies[scope, default: []].append((key, name))
            }
        }
        let spare = dependencies.flatMap { spareDependencies(scope: $0, $1, now: now) }
        let applications = images.filter { image in
            let isKept =
                keeping.contains(image.id) || keeping.contains("sha256:" + image.id) || image.names.contains(where: keeping.contains)
            return !isKept && image.created <= youngest && image.names.contains(where: names.isApplication)
        }
        for name in applications.flatMap({ $0.names.filter(names.isApplication) }) + spare where await remove(name) { report.images += 1 }
        report.layers = try await removeUnusedLayers(createdBefore: youngest)
        let dead = try await cleanUpDeadBuilds()
        report.builds = dead.builds
        report.containers = dead.containers
        removeOldCaches(now: now)
        return report
    }

    /// Ends and removes what builds left whose process is gone. Each living build holds a lock in its folder.
    func cleanUpDeadBuilds() async throws -> (builds: Int, containers: Int) {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: configuration.workDirectory)) ?? []
        var alive: Set<String> = []
        var dead = 0
        let builds = Set(folders.map { $0.hasSuffix(".lock") ? String($0.dropLast(5)) : $0 }.filter { UUID(uuidString: $0) != nil })
        for build in builds.sorted() {
            let folder = "\(configuration.workDirectory)/\(build)"
            guard let lock = try MachineLock.tryAcquire(folder + ".lock") else {
                alive.insert(build)
                continue
            }
            await cleanUp(build: build)
            try? FileManager.default.removeItem(atPath: folder)
            lock.discard()
            dead += 1
        }
        if let parent = configuration.controlGroup {
            for group in BuildControlGroup.groups(below: parent) where group.hasPrefix("\(configuration.instance)-") {
                let build = String(group.dropFirst(configuration.instance.utf8.count + 1))
                if UUID(uuidString: build) != nil, !alive.contains(build) { await cleanUp(build: build) }
            }
        }
        var containers = 0
        for container in try await self.containers() {
            let prefix = "\(configuration.instance)-build-"
            guard container.name.hasPrefix(prefix) else { continue }
            let build = String(container.name.dropFirst(prefix.utf8.count).prefix(36))
            if UUID(uuidString: build) != nil, !alive.contains(build) {
                await buildah.remove(container: container.name)
                containers += 1
            }
        }
        containers += try await removeAbandonedContainers()
        return (dead, containers)
    }

    /// Ends the processes of a build and removes its control group.
    private func cleanUp(build: String) async {
        guard let parent = configuration.controlGroup else { return }
        await BuildControlGroup(path: names.controlGroup(parent, build: build)).clear()
    }

    /// Removes images without a name, the steps of Dockerfiles, except for those that an image with a name stands on: these are
    /// the cache of its next build. Buildah itself would remove them all.
    private func removeUnusedLayers(createdBefore youngest: Double) async throws -> Int {
        let images = try await list()
        let unnamed = images.filter { $0.names.isEmpty && $0.created <= youngest }
        guard !unnamed.isEmpty else { return 0 }
        var kept: [[ManifestValue]] = []
        for image in images where !image.names.isEmpty { kept.append(await history(image.id)) }
        var count = 0
        for image in unnamed {
            let steps = await history(image.id)
            if !kept.contains(where: { $0.starts(with: steps) }), await remove(image.id) { count += 1 }
        }
        return count
    }

    /// The steps that made an image, with their times: an image that stands on another begins with the other's.
    private func history(_ id: String) async -> [ManifestValue] {
        let text = try? await buildah.output(["inspect", "--type", "image", id])
        return text.flatMap { try? ManifestValue(json: $0) }?["OCIv1"]?["history"]?.array ?? []
    }

    /// Removes working containers that Buildah itself made while it built a Dockerfile: they are known by the labels and
    /// names of the images that they were made from.
    /// - Parameter scope: only those of this service in its environment; the caller holds its lock.
    @discardableResult
    func removeContainers(scope: String) async -> Int {
        guard let images = try? await list(label: "\(ImageNames.scopeLabel)=\(scope)"), let containers = try? await containers() else {
            return 0
        }
        let ids = Set(images.map(\.id))
        var count = 0
        let name = ImageNames.baseName(scope)
        for container in containers where container.name.contains("-working-container") {
            guard ids.contains(container.image) || container.name.hasPrefix(name) else { continue }
            await buildah.remove(container: container.id)
            count += 1
        }
        return count
    }

    /// Removes the other names that the images under a service's Dockerfile had during its build; the images stay.
    func removeBaseNames(scope: String) async {
        guard let text = try? await buildah.output(["images", "--json"]), let images = (try? ManifestValue(json: text))?.array else {
            return
        }
        let prefix = names.basePrefix + ImageNames.baseName(scope)
        for image in images {
            let all = image["names"]?.strings ?? []
            for name in all where all.count > 1 && name.hasPrefix(prefix) { _ = await remove(name) }
        }
    }

    /// Both for all services that no Dockerfile is being built of.
    private func removeAbandonedContainers() async throws -> Int {
        var count = 0
        for name in (try? FileManager.default.contentsOfDirectory(atPath: configuration.cacheDirectory)) ?? [] where name.utf8.count == 73 {
            let path = "\(configuration.cacheDirectory)/\(name)/dockerfile.lock"
            guard access(path, F_OK) == 0, let lock = try MachineLock.tryAcquire(path) else { continue }
            let scope = "\(name.prefix(36))/\(name.suffix(36))"
            count += await removeContainers(scope: scope)
            await removeBaseNames(scope: scope)
            lock.discard()
        }
        return count
    }

    // MARK: What there is

    private func list(label: String? = nil) async throws -> [StoredImage] {
        let filter = "label=" + (label ?? "\(ImageNames.instanceLabel)=\(configuration.instance)")
        let text = try await buildah.output(["images", "--all", "--no-trunc", "--json", "--filter", filter])
        guard let items = (try? ManifestValue(json: text))?.array else { return [] }
        return items.compactMap { item in
            guard let id = item["id"]?.string else { return nil }
            let hex = id.hasPrefix("sha256:") ? String(id.dropFirst(7)) : id
            return StoredImage(id: hex, names: item["names"]?.strings ?? [], created: item["created"]?.integer.map(Double.init) ?? 0)
        }
    }

    private func containers() async throws -> [(id: String, name: String, image: String)] {
        let text = try await buildah.output(["containers", "--json"])
        guard let items = (try? ManifestValue(json: text))?.array else { return [] }
        return items.compactMap { item in
            guard let id = item["id"]?.string, let name = item["containername"]?.string else { return nil }
            return (id, name, item["imageid"]?.string ?? "")
        }
    }

    private func dependency(_ name: String) -> (scope: String, key: String)? {
        let prefix = "localhost/\(configuration.instance)/"
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.utf8.count).split(separator: "/")
        guard parts.count == 3, parts[2].hasPrefix("deps:") else { return nil }
        return ("\(parts[0])-\(parts[1])", String(parts[2].dropFirst(5)))
    }

    /// Those that weren't used for long, and those beyond the number that is kept for a service.
    private func spareDependencies(scope: String, _ images: [(key: String, reference: String)], now: Date) -> [String] {
        let dated = images.map { image in
            var status = stat()
            let isKnown = stat("\(configuration.cacheDirectory)/\(scope)/used/\(image.key)", &status) == 0
            return (image.reference, isKnown ? Double(status.st_mtim.tv_sec) : 0)
        }
        let oldest = now.timeIntervalSince1970 - Double(configuration.dependencyImageDays) * 86_400
        return dated.sorted { $0.1 > $1.1 }.enumerated().filter { $0 >= configuration.dependencyImagesPerService || $1.1 < oldest }.map {
            $0.element.0
        }
    }

    private func remove(_ image: String) async -> Bool {
        let finished = try? await buildah.command(["rmi", "--", image]).run(timeout: .seconds(120))
        return finished?.isSuccess ?? false
    }

    /// Downloads of services that haven't been built for long.
    private func removeOldCaches(now: Date) {
        let oldest = now.timeIntervalSince1970 - Double(configuration.dependencyImageDays) * 86_400
        for name in (try? FileManager.default.contentsOfDirectory(atPath: configuration.cacheDirectory)) ?? [] {
            let folder = "\(configuration.cacheDirectory)/\(name)"
            var status = stat()
            guard name.utf8.count == 73, stat(folder + "/last-used", &status) == 0, Double(status.st_mtim.tv_sec) < oldest else { continue }
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
