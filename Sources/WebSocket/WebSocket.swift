// WebSocket owns WebSockets (RFC 6455) for both sides: a server channel for Hummingbird that can upgrade any request of a
// connection, and a client. Both give the same `WebSocketConnection`: whole messages in and out, with back-pressure both ways,
// keep-alive, limits and a proper close. It must not know what the messages mean, nor who may connect: that is decided by a closure.
