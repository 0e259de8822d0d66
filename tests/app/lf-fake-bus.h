/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A private bus on which a test plays the services of a desktop. It is the session bus and the
 * system bus of the test; the service speaks through a connection of its own. */
typedef struct
{
  GTestDBus       *bus;     /* owned */
  GDBusConnection *service; /* owned */
  GMutex           lock;    /* of calls */
  GPtrArray       *calls;   /* owned; char *, "Method(arguments)" of every call that came */
  GMainContext    *context; /* owned; the services run on it */
  GMainLoop       *loop;    /* owned */
  GThread         *thread;  /* owned */
  int              lock_fd; /* owned; hangs up when the lock that Inhibit() gave is let go; -1: none was given */
} LfFakeBus;

typedef GVariant *(*LfFakeAnswer) (LfFakeBus *bus, const char *interface, const char *method, GVariant *parameters, gpointer user_data);

LfFakeBus *lf_fake_bus_new (void);
void       lf_fake_bus_free (LfFakeBus *self);
void       lf_fake_bus_serve (LfFakeBus *self, const char *name, const char *path, const char *xml, LfFakeAnswer answer, gpointer user_data);
void       lf_fake_bus_emit (LfFakeBus *self, const char *path, const char *interface, const char *signal, GVariant *parameters);
gboolean   lf_fake_bus_called (LfFakeBus *self, const char *prefix);
guint      lf_fake_bus_count (LfFakeBus *self, const char *prefix);

gboolean lf_fake_bus_is_inhibited (LfFakeBus *self);

void lf_fake_bus_forget (LfFakeBus *self);
void lf_fake_bus_release (LfFakeBus *self, const char *name);

G_END_DECLS
