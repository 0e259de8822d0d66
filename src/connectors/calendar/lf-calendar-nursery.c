/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-calendar"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib-unix.h>

#include "lf-calendar-nursery.h"
#include "lf-error.h"

#define STATUS_LOST W_EXITCODE (1, 0) /* of a worker whose nursery died */

struct _LfCalendarNursery
{
  GObject parent_instance;

  char        *program; /* owned: what is started */
  GSubprocess *process; /* owned, nullable until the first order */
  int          fd;      /* our end of the socket, or -1 */
  GSource     *source;  /* owned, nullable: watches it */
  GHashTable  *waiting; /* id → Wait */
  guint32      last_id;
};

G_DEFINE_FINAL_TYPE (LfCalendarNursery, lf_calendar_nursery, G_TYPE_OBJECT)

/* Somebody who wants to know how a worker ended. */
typedef struct
{
  LfCalendarEndFunc function;
  gpointer          user_data;
} Wait;

/* Lets go of a nursery that ended, or is to end: it does when its socket is closed. */
static void
drop_process (LfCalendarNursery *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_object (&self->process);
}

/* The nursery died, and its workers with it. */
static void
fail_all (LfCalendarNursery *self)
{
  g_autoptr (GHashTable) lost = g_steal_pointer (&self->waiting);
  GHashTableIter         iter;
  gpointer               value;

  self->waiting = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_hash_table_iter_init (&iter, lost);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Wait *) value)->function (STATUS_LOST, ((Wait *) value)->user_data);
}

static gboolean
on_end (int          fd,
        GIOCondition condition,
        gpointer     user_data)
{
  g_autoptr (LfCalendarNursery) self = g_object_ref (user_data);
  LfCalendarNurseryEnd          end;
  gssize                        n_bytes = recv (fd, &end, sizeof end, MSG_DONTWAIT);
  g_autofree Wait              *wait = NULL;

  if (n_bytes < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n_bytes != sizeof end)
    {
      g_warning ("The process that starts workers ended; another is started when it is needed.");
      drop_process (self);
      fail_all (self);
      return G_SOURCE_REMOVE;
    }
  if (g_hash_table_steal_extended (self->waiting, GUINT_TO_POINTER (end.id), NULL, (gpointer *) &wait))
    wait->function (end.status, wait->user_data);
  return G_SOURCE_CONTINUE;
}

/* Beside the running program, as in the folder it was built in, or else where it is installed. */
static char *
find_program (void)
{
  g_autofree char *running = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = running == NULL ? NULL : g_path_get_dirname (running);
  g_autofree char *beside = folder == NULL ? NULL : g_build_filename (folder, LF_CALENDAR_WORKER_PROGRAM, NULL);

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_build_filename (LF_LIBEXECDIR, LF_CALENDAR_WORKER_PROGRAM, NULL);
}

/* No descriptor but its socket is inherited, and no variable but those that change how it computes. */
static gboolean
start_process (LfCalendarNursery *self,
               GError           **error)
{
  static const char *const        kept[] = { "TZDIR", "G_DEBUG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS" };
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_auto (GStrv)                  environment = g_environ_setenv (NULL, "LC_ALL", "C.UTF-8", TRUE);
  const char                     *argv[] = { self->program, LF_VERSION, NULL };
  int                             fds[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error (error, LF_ERROR, LF_ERROR_UNAVAILABLE, "No worker can be started: %s.", g_strerror (errno));
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      if (g_getenv (kept[i]) != NULL)
        environment = g_environ_setenv (environment, kept[i], g_getenv (kept[i]), TRUE);
    }
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_set_cwd (launcher, "/");
  g_subprocess_launcher_take_fd (launcher, fds[1], LF_CALENDAR_NURSERY_FD);
  self->process = g_subprocess_launcher_spawnv (launcher, argv, error);
  if (self->process == NULL)
    {
      close (fds[0]);
      return FALSE;
    }
  self->fd = fds[0];
  self->source = g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_end), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return TRUE;
}

static gboolean
send_order (int     fd,
            guint32 id,
            int     input_fd,
            int     output_fd)
{
  union
  {
    struct cmsghdr header;
    char           space[CMSG_SPACE (2 * sizeof (int))];
  } control = { 0 };
  struct iovec    data = { &id, sizeof id };
  struct msghdr   message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space };
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);
  const int       fds[2] = { input_fd, output_fd };
  gssize          n_bytes;

  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN (sizeof fds);
  memcpy (CMSG_DATA (header), fds, sizeof fds);
  do
    n_bytes = sendmsg (fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n_bytes < 0 && errno == EINTR);
  return n_bytes == sizeof id;
}

static void
lf_calendar_nursery_finalize (GObject *object)
{
  LfCalendarNursery *self = LF_CALENDAR_NURSERY (object);

  drop_process (self);
  g_hash_table_unref (self->waiting);
  g_free (self->program);
  G_OBJECT_CLASS (lf_calendar_nursery_parent_class)->finalize (object);
}

static void
lf_calendar_nursery_class_init (LfCalendarNurseryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lf_calendar_nursery_finalize;
}

static void
lf_calendar_nursery_init (LfCalendarNursery *self)
{
  self->fd = -1;
  self->waiting = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

/**
 * lf_calendar_nursery_new:
 * @program: (nullable): path of %LF_CALENDAR_WORKER_PROGRAM; %NULL to look for it
 *
 * Returns: (transfer full): a nursery, whose process is started with the first worker
 */
LfCalendarNursery *
lf_calendar_nursery_new (const char *program)
{
  LfCalendarNursery *self = g_object_new (LF_TYPE_CALENDAR_NURSERY, NULL);

  self->program = program != NULL ? g_strdup (program) : find_program ();
  return self;
}

/**
 * lf_calendar_nursery_start:
 * @self: a nursery
 * @input_fd: what the worker reads; the caller closes its own
 * @output_fd: what it writes; the same
 * @function: called once, when it has ended
 * @user_data: for @function
 * @error: set to %LF_ERROR_UNAVAILABLE, or as starting a process does
 *
 * Starts a worker.
 *
 * Returns: its number, for lf_calendar_nursery_forget(), or 0
 */
guint32
lf_calendar_nursery_start (LfCalendarNursery *self,
                           int                input_fd,
                           int                output_fd,
                           LfCalendarEndFunc  function,
                           gpointer           user_data,
                           GError           **error)
{
  Wait *wait;

  g_return_val_if_fail (LF_IS_CALENDAR_NURSERY (self), 0);
  g_return_val_if_fail (function != NULL, 0);

  if (self->process == NULL && !start_process (self, error))
    return 0;
  if (++self->last_id == 0)
    self->last_id++;
  if (!send_order (self->fd, self->last_id, input_fd, output_fd))
    {
      g_set_error (error, LF_ERROR, LF_ERROR_UNAVAILABLE, "The calendar could not be handed to a worker.");
      return 0;
    }
  wait = g_new (Wait, 1);
  *wait = (Wait){ function, user_data };
  g_hash_table_insert (self->waiting, GUINT_TO_POINTER (self->last_id), wait);
  return self->last_id;
}

/**
 * lf_calendar_nursery_forget:
 * @self: a nursery
 * @id: of a worker
 *
 * Its end is not told any more. It dies of its closed output, or of its limits.
 */
void
lf_calendar_nursery_forget (LfCalendarNursery *self,
                            guint32            id)
{
  g_return_if_fail (LF_IS_CALENDAR_NURSERY (self));

  g_hash_table_remove (self->waiting, GUINT_TO_POINTER (id));
}
