// OrchestratorEngine owns how workloads become containers, networks and volumes of one engine (Podman or Docker) on this
// machine, the engine's own process, and the check of what the machine can do. It must not know deployments' states, health
// or routes: it does what it is told, and tells what there is.
