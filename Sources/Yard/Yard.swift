// Yard: the command line interface, `yard`.
//
// It owns the verbs, how they read and print, and where a person's tokens and links are kept. It speaks to a server only over
// the REST API and the WebSocket, in the types of Resources, so it must not know the Kernel or any service.
