/// A right body for each operation that takes one. A new operation without a line here fails the walks.
enum OperationBodies {
    static let right = [
        "projects.create": "{\"name\":\"walked\"}",
        "projects.rename": "{\"name\":\"walked\"}",
        "environments.create": "{\"name\":\"walked\"}",
        "services.create": "{\"name\":\"walked\"}",
        "services.rename": "{\"name\":\"walked\"}",
        "settings.update": "{\"replicas\":3}",
        "shared-variables.set": "{\"variables\":{\"WALKED\":\"1\"}}",
        "variables.set": "{\"variables\":{\"WALKED\":\"1\"}}",
        "deployments.create": "{\"source\":{\"image\":{\"reference\":\"debian:13\"}}}",
        "domains.create": "{}",
        "volumes.create": "{\"mountPath\":\"/data\"}",
    ]
}
