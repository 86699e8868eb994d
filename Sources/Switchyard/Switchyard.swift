// Switchyard is the composition: the one place that knows all modules, fills their ports with each other, and runs them as the
// roles of one program. It decides nothing about projects or deployments.
