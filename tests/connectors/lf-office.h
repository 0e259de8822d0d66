/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-session.h"

G_BEGIN_DECLS

#define LF_OFFICE_DEADLINE_MS 60000

/**
 * LfOffice:
 *
 * A real server in a folder of its own, with three people (mara, ben, and eva, who watches), a connector's
 * token, and a real connector that is told what to read by lf_office_configure().
 */
typedef struct
{
  char        *folder;    /* holds everything */
  char        *address;   /* of the server */
  char        *config;    /* path of the connector's configuration */
  GSubprocess *server;    /* nullable while it is stopped */
  GSubprocess *connector; /* nullable until started */
  LfSession   *session;   /* eva's */
  LfClock     *clock;
} LfOffice;

LfOffice *lf_office_new (void);
void      lf_office_free (LfOffice *self);
char     *lf_office_path (LfOffice *self, const char *name);
void      lf_office_write (LfOffice *self, const char *name, const char *text);
void      lf_office_configure (LfOffice *self, const char *sources);
void      lf_office_start_connector (LfOffice *self);
int       lf_office_stop (GSubprocess **process, int signal_number);
void      lf_office_start_server (LfOffice *self);
void      lf_office_add_person (LfOffice *self, const char *login);
/* Whether a person has a busy period at an instant, asked of the server. */
gboolean lf_office_is_busy (LfOffice *self, const char *login, gint64 at_us);
void     lf_office_wait_busy (LfOffice *self, const char *login, gint64 at_us, gboolean is_busy);
/* Files below the server's data that hold a word. */
guint lf_office_count_files_with (LfOffice *self, const char *word);

/* A calendar with one meeting of an hour; free (transfer full). */
char *lf_office_make_calendar (gint64 start_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfOffice, lf_office_free)

G_END_DECLS
