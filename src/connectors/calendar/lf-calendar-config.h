/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LF_CALENDAR_MAX_SOURCES   20000
#define LF_CALENDAR_MAX_ADDRESSES 20
#define LF_CALENDAR_MAX_NAMES     200 /* calendars or logins that a group lists */

/**
 * LfCalendarKind:
 * @LF_CALENDAR_FILE: an .ics file
 * @LF_CALENDAR_URL: an address that gives iCalendar: a feed, or free/busy
 * @LF_CALENDAR_CALDAV: a CalDAV server, a home of calendars or one calendar (RFC 4791)
 * @LF_CALENDAR_EWS: Exchange Web Services, asked for the availability of many people
 * @LF_CALENDAR_GRAPH: Microsoft Graph, the same
 * @LF_CALENDAR_GOOGLE: Google Calendar, the same
 *
 * Where a calendar is.
 */
typedef enum
{
  LF_CALENDAR_FILE,
  LF_CALENDAR_URL,
  LF_CALENDAR_CALDAV,
  LF_CALENDAR_EWS,
  LF_CALENDAR_GRAPH,
  LF_CALENDAR_GOOGLE,
} LfCalendarKind;

#define LF_N_CALENDAR_KINDS 6

/* How to say who one is; ANY: whatever the other end offers. */
typedef enum
{
  LF_CALENDAR_AUTH_ANY,
  LF_CALENDAR_AUTH_BASIC,
  LF_CALENDAR_AUTH_NTLM,
  LF_CALENDAR_AUTH_NEGOTIATE,
  LF_CALENDAR_AUTH_BEARER,
} LfCalendarAuth;

/**
 * LfCalendarSourceConfig:
 * @name: of the group: the source's id on the server, and its name in the log
 * @kind: where it is
 * @user: (nullable): login of the person whose calendar it is; %NULL if it is for many
 * @users: (nullable): logins of the people it is for, or "*" for everybody
 * @domain: (nullable): it is for the people whose mail address is there
 * @path: (nullable): a file, of %LF_CALENDAR_FILE alone
 * @url: (nullable): an https address, or one of http on loopback, of all others; of many people's
 *   calendars it may hold "{login}" and "{mail}"
 * @login: (nullable): whom to be there
 * @secret: (nullable): password, bearer token, client secret, or the JSON of a service account
 * @auth: how to say so
 * @calendars: (nullable): names of the calendars that count; %NULL for the person's own
 * @tenant: (nullable): of %LF_CALENDAR_GRAPH
 * @client_id: (nullable): the same
 * @token_url: (nullable): the same: where tokens are given
 * @addresses: (nullable): the person's own mail addresses beside the one the server knows
 * @zone: (nullable): IANA name of the person's zone
 * @may_be_private: its address may be one of this machine or of a private network
 *
 * One group of the configuration: a calendar of one person, or a service that knows those of many.
 */
typedef struct
{
  char          *name;
  LfCalendarKind kind;
  char          *user;
  GStrv          users;
  char          *domain;
  char          *path;
  char          *url;
  char          *login;
  char          *secret;
  LfCalendarAuth auth;
  GStrv          calendars;
  char          *tenant;
  char          *client_id;
  char          *token_url;
  GStrv          addresses;
  char          *zone;
  gboolean       may_be_private;
} LfCalendarSourceConfig;

/**
 * LfCalendarConfig:
 * @server: address of lampfield-server
 * @token: the connector's token
 * @refresh_s: seconds between two readings of a source
 * @sources: (element-type LfCalendarSourceConfig): all groups of calendars
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
char                   *lf_calendar_config_seal (const char *path, const char *group, const char *secret, GError **error);
LfCalendarSourceConfig *lf_calendar_source_config_copy (const LfCalendarSourceConfig *self);
LfCalendarSourceConfig *lf_calendar_source_config_for_person (const LfCalendarSourceConfig *self, const char *login, const char *mail);
gboolean                lf_calendar_source_config_is_for (const LfCalendarSourceConfig *self, const char *login, const char *mail);
void                    lf_calendar_source_config_free (LfCalendarSourceConfig *self);
gboolean                lf_calendar_source_config_same (const LfCalendarSourceConfig *self,
                                                        const LfCalendarSourceConfig *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCalendarConfig, lf_calendar_config_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfCalendarSourceConfig, lf_calendar_source_config_free)

G_END_DECLS
