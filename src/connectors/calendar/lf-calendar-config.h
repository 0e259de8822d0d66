/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_CALENDAR_MAX_SOURCES   20000
#define LF_CALENDAR_MAX_ADDRESSES 20

/**
 * LfCalendarSourceConfig:
 * @name: of the group: the source's id on the server, and its name in the log
 * @user: login of the person whose calendar it is
 * @path: (nullable): a file; exactly one of @path and @url is set
 * @url: (nullable): an https address, or one of http on loopback
 * @addresses: (nullable): the person's own mail addresses beside the one the server knows
 * @zone: (nullable): IANA name of the person's zone
 * @may_be_private: its address may be one of this machine or of a private network
 *
 * One calendar of one person.
 */
typedef struct
{
  char    *name;
  char    *user;
  char    *path;
  char    *url;
  GStrv    addresses;
  char    *zone;
  gboolean may_be_private;
} LfCalendarSourceConfig;

/**
 * LfCalendarConfig:
 * @server: address of lampfield-server
 * @token: the connector's token
 * @refresh_s: seconds between two readings of a source
 * @sources: (element-type LfCalendarSourceConfig): all calendars
 *
 * What the connector was told to do.
 */
typedef struct
{
  char      *server;
  char      *token;
  guint      refresh_s;
  GPtrArray *sources;
} LfCalendarConfig;

LfCalendarConfig       *lf_calendar_config_load (const char *path, const char *server, const char *token_path, GError **error);
void                    lf_calendar_config_free (LfCalendarConfig *self);
LfCalendarSourceConfig *lf_calendar_source_config_copy (const LfCalendarSourceConfig *self);
void                    lf_calendar_source_config_free (LfCalendarSourceConfig *self);
gboolean                lf_calendar_source_config_same (const LfCalendarSourceConfig *self,
                                                        const LfCalendarSourceConfig *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCalendarConfig, lf_calendar_config_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCalendarSourceConfig, lf_calendar_source_config_free)

G_END_DECLS
