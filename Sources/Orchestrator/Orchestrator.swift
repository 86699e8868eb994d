// Orchestrator owns the language in which the platform says what shall run and hears what does: workloads, their states,
// events, terminals, images. It must not know who runs them (an engine, a cluster) nor why (deployments, health, routes).
