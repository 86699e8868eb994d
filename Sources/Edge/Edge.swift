// Edge: the reverse proxy that all traffic comes through, nginx with Lua, and the client that changes its routes.
//
// Owns: nginx's process, its configuration (from the template in the repository's folder edge/), its folder, and the values
// and operations of the route table, certificates and in-flight counts.
// Must not know: services, deployments or domains. They reach it as hosts, endpoints and opaque ids.
