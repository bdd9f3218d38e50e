/* SSH as labctl needs it, over one connected socket, never blocking longer than asked. ssh_session.c is the only file
 * that includes libssh2.h. Not included outside target/. Deadlines are on clock_now_ns's scale. */
#ifndef LABCTL_TARGET_SSH_SESSION_H
#define LABCTL_TARGET_SSH_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct ssh_session;
struct ssh_channel;

/* Takes fd. `name` is for errors: "host port 22". */
struct ssh_session *ssh_session_new(int fd, const char *name);
/* The host key types that are known for this host, best first; the server is asked for those before others. Before the
 * handshake. */
void ssh_session_prefer(struct ssh_session *s, const char *const *key_types, size_t count);
/* -1 with *out_again: it closed the connection before the keys were exchanged, as a server does that has too much to
 * do. */
int ssh_session_handshake(struct ssh_session *s, int64_t deadline_ns, bool *out_again, struct err *e);
/* Valid as long as the session. */
const void *ssh_session_host_key(struct ssh_session *s, size_t *out_len);
/* Does the hashed name of a known_hosts line ("|1|salt|hash") stand for `name`? */
bool ssh_session_is_hashed_name(struct ssh_session *s, const char *hashed, const char *name);

enum ssh_login {
	SSH_LOGIN_BROKEN = -1,
	SSH_LOGIN_DONE,
	SSH_LOGIN_REFUSED
};
/* SSH_LOGIN_BROKEN: e says how. */
enum ssh_login ssh_session_login_file(struct ssh_session *s, const char *user, const char *key_file,
				      int64_t deadline_ns, struct err *e);
/* All keys of the agent in turn, the one with public key `first` (NULL: none) before the others. *out_tried: how many
 * were offered; 0 also when there is no agent. */
enum ssh_login ssh_session_login_agent(struct ssh_session *s, const char *user, const void *first, size_t first_len,
				       int64_t deadline_ns, unsigned *out_tried, struct err *e);
char *ssh_session_methods(struct ssh_session *s, const char *user,
			  int64_t deadline_ns); /* "publickey,password"; NULL: unknown. Caller frees */
void ssh_session_end(struct ssh_session *s);	/* says goodbye, closes the socket; NULL is fine */

int ssh_session_fd(const struct ssh_session *s);
short ssh_session_events(const struct ssh_session *s);		 /* what to poll its socket for */
int64_t ssh_session_heard_ns(const struct ssh_session *s);	 /* when the last byte arrived */
int ssh_session_keepalive(struct ssh_session *s, struct err *e); /* asks for a sign of life, without waiting for it */
bool ssh_session_is_old_library(void);				 /* RSA with SHA-1 only */
const char *ssh_session_library_version(void);

struct ssh_terminal {
	const char *name; /* TERM */
	int columns, rows;
};

struct ssh_channel *ssh_channel_exec(struct ssh_session *s, const char *command, const struct ssh_terminal *terminal,
				     int64_t deadline_ns, struct err *e);
struct ssh_channel *ssh_channel_tcp(struct ssh_session *s, const char *host, int port, int64_t deadline_ns,
				    struct err *e);

enum {
	SSH_STREAM_OUT = 0,
	SSH_STREAM_ERR = 1
};
/* > 0: so many bytes. 0: none just now (or none any more: see ssh_channel_at_end). -1: the connection is broken. */
ssize_t ssh_channel_read(struct ssh_channel *c, int stream, void *data, size_t room, struct err *e);
/* >= 0: so many were taken; the rest must be offered again, unchanged. -1: broken. Once the other side is closed
 * everything is taken and dropped. */
ssize_t ssh_channel_write(struct ssh_channel *c, const void *data, size_t len, struct err *e);
/* 0: sent; 1: not yet, try again; -1: broken. */
int ssh_channel_send_end(struct ssh_channel *c, struct err *e);
bool ssh_channel_at_end(
	struct ssh_channel *c); /* the other side will send nothing more, and all that it sent was read */
bool ssh_channel_is_closed(struct ssh_channel *c); /* nobody there reads any more either */
/* The exit status when it is sure: 0 also when none was sent. Waits until the other side has closed the channel, which
 * it does behind its status. */
int ssh_channel_exit(struct ssh_channel *c, int64_t deadline_ns);
void ssh_channel_resize(struct ssh_channel *c, int columns, int rows);
void ssh_channel_free(struct ssh_channel *c, int64_t limit_ns); /* NULL is fine */

#endif
