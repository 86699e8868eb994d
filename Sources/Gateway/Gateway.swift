// Gateway owns the interfaces that users reach: REST and the WebSocket `/api/v1/live`. It decodes, asks who calls and whether they
// may, calls a service, and encodes. It must not know how a service does its work, and has no state that outlives a connection.
