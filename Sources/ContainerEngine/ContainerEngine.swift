// ContainerEngine owns the conversation with a container engine that speaks Docker's Engine API on a Unix socket: Podman
// (from 4.3) and Docker. Its types hold only the fields that are used. It must not know what runs in the containers, nor
// Switchyard's names and labels.
