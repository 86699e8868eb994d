// Readiness of descriptors: epoll and eventfd, without the packed union that Swift cannot import well.
#ifndef CLINUX_EPOLL_H
#define CLINUX_EPOLL_H

struct clinux_ready {
    int descriptor;
    int readable;  // also set on errors and hang-ups: the reader finds out which
    int writable;
};

// Each returns -1 and sets errno when it fails.
int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int descriptor, int wants_write);
int clinux_epoll_change(int epoll, int descriptor, int wants_write);
int clinux_epoll_remove(int epoll, int descriptor);
// Waits at most `timeout` milliseconds (-1: for ever); an interrupted wait counts as nothing ready.
int clinux_epoll_wait(int epoll, struct clinux_ready *ready, int capacity, int timeout);

int clinux_eventfd_create(void);
int clinux_eventfd_signal(int descriptor);
int clinux_eventfd_drain(int descriptor);

#endif
