/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lf-calendar-nursery.h"

/* A worker's process and number. */
typedef struct
{
  pid_t   pid; /* 0: free */
  guint32 id;
} Worker;

typedef struct
{
  int    socket;
  int    signals; /* readable when a worker ended */
  Worker workers[LF_CALENDAR_WORKER_MAX_RUN];
  int (*run_worker) (void);
} Nursery;

static void
tell_end (Nursery *nursery,
          guint32  id,
          int      status)
{
  const LfCalendarNurseryEnd end = { id, status };

  send (nursery->socket, &end, sizeof end, MSG_NOSIGNAL);
}

static void
reap (Nursery *nursery)
{
  struct signalfd_siginfo info;
  pid_t                   pid;
  int                     status;

  while (read (nursery->signals, &info, sizeof info) > 0)
    ;
  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (nursery->workers); i++)
        {
          if (nursery->workers[i].pid != pid)
            continue;
          tell_end (nursery, nursery->workers[i].id, status);
          nursery->workers[i].pid = 0;
        }
    }
}

/* The child: has its two pipes and nothing else, and not for ever. */
static void
become_worker (Nursery *nursery,
               int      input_fd,
               int      output_fd)
{
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  close (nursery->socket);
  close (nursery->signals);
  if (dup2 (input_fd, STDIN_FILENO) < 0 || dup2 (output_fd, STDOUT_FILENO) < 0)
    _exit (1);
  close (input_fd);
  close (output_fd);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  alarm (LF_CALENDAR_WORKER_WALL_S);
  _exit (nursery->run_worker ());
}

static void
start_worker (Nursery *nursery,
              guint32  id,
              int      input_fd,
              int      output_fd)
{
  Worker *place = NULL;
  pid_t   pid = -1;

  for (gsize i = 0; place == NULL && i < G_N_ELEMENTS (nursery->workers); i++)
    {
      if (nursery->workers[i].pid == 0)
        place = &nursery->workers[i];
    }
  if (place != NULL)
    pid = fork ();
  if (pid == 0)
    become_worker (nursery, input_fd, output_fd);
  if (pid > 0)
    *place = (Worker){ pid, id };
  else
    tell_end (nursery, id, W_EXITCODE (1, 0));
}

/* Takes one order. FALSE: the connector is gone. */
static gboolean
take_order (Nursery *nursery)
{
  union
  {
    struct cmsghdr header;
    char           space[CMSG_SPACE (2 * sizeof (int))];
  } control = { 0 };
  guint32         id = 0;
  struct iovec    data = { &id, sizeof id };
  struct msghdr   message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space };
  gssize          n_bytes = recvmsg (nursery->socket, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);
  int             fds[2];

  if (n_bytes < 0)
    return errno == EINTR;
  if (n_bytes != sizeof id || header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN (sizeof fds))
    return FALSE;
  memcpy (fds, CMSG_DATA (header), sizeof fds);
  start_worker (nursery, id, fds[0], fds[1]);
  close (fds[0]);
  close (fds[1]);
  return TRUE;
}

/**
 * lf_calendar_nursery_main:
 * @run_worker: the whole life of a worker, with its input and output on the standard descriptors
 *
 * The whole life of a nursery: forks a worker for each order on descriptor %LF_CALENDAR_NURSERY_FD and
 * tells how each ended. It looks at nothing that a worker reads or writes.
 *
 * Returns: the exit code, 0 when the socket was closed
 */
int
lf_calendar_nursery_main (int (*run_worker) (void))
{
  Nursery       nursery = { .socket = LF_CALENDAR_NURSERY_FD, .run_worker = run_worker };
  struct pollfd polled[2];
  sigset_t      children;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  sigemptyset (&children);
  sigaddset (&children, SIGCHLD);
  sigprocmask (SIG_BLOCK, &children, NULL);
  nursery.signals = signalfd (-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
  if (nursery.signals < 0)
    return 1;
  polled[0] = (struct pollfd){ nursery.socket, POLLIN, 0 };
  polled[1] = (struct pollfd){ nursery.signals, POLLIN, 0 };
  for (;;)
    {
      if (poll (polled, G_N_ELEMENTS (polled), -1) < 0 && errno != EINTR)
        return 1;
      if (polled[1].revents != 0)
        reap (&nursery);
      if ((polled[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !take_order (&nursery))
        return 0;
    }
}
