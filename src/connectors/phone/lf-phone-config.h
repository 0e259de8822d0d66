/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lf-line-tracker.h"

G_BEGIN_DECLS

#define LF_PHONE_LISTS_MAX 100

/**
 * LfPhoneTransport:
 * @LF_PHONE_UDP: datagrams
 * @LF_PHONE_TCP: one connection
 * @LF_PHONE_TLS: one connection, encrypted; the certificate is checked
 *
 * How SIP travels to the PBX.
 */
typedef enum
{
  LF_PHONE_UDP,
  LF_PHONE_TCP,
  LF_PHONE_TLS,
} LfPhoneTransport;

/**
 * LfCdrFormat:
 * @LF_CDR_ASTERISK: Master.csv of the module cdr_csv of Asterisk
 * @LF_CDR_KAMAILIO: what the module acc of Kamailio writes into the log
 *
 * Who writes the file of call detail records.
 */
typedef enum
{
  LF_CDR_ASTERISK,
  LF_CDR_KAMAILIO,
} LfCdrFormat;

/**
 * LfPhoneConfig:
 * @server: address of lampfield-server
 * @token: the connector's token
 * @host: of the PBX: name or address
 * @port: of the PBX
 * @transport: to the PBX
 * @domain: in the addresses of lines and of the connector
 * @local_host: address on which the PBX reaches the connector
 * @local_port: the port there, 0: any
 * @user: whom the connector is for the PBX
 * @password: (nullable): of @user
 * @ca_file: (nullable): the authorities that @transport TLS trusts, PEM
 * @certificate_file: (nullable): key and certificate of the connector, PEM, for connections that the PBX opens
 * @packages: what is asked for each line, as bits of #LfEventPackage
 * @lists: (nullable): SIP URIs of lists of lines
 * @expires_s: how long a subscription holds before it is refreshed
 * @per_s: subscriptions begun a second
 * @ping_s: seconds between two questions whether the PBX is there
 * @grace_s: how long lines stay as they were when it is not
 * @cdr_file: (nullable): file of call detail records
 * @cdr_format: who writes @cdr_file
 * @cdr_zone: (nullable): in which the times of @cdr_file are, where they are not seconds
 * @makes_calls: calls are made for people
 * @is_third_party: by standing between the two telephones, without trying REFER
 * @ari_url: (nullable): address of the REST interface of Asterisk, which makes the calls then
 * @ari_user: (nullable): of that interface
 * @ari_password: (nullable): of @ari_user
 * @ari_context: (nullable): of the dial plan, in which numbers are called
 * @ari_endpoint: (nullable): the telephone of an extension: "PJSIP/%s"
 * @pickup_code: (nullable): what is dialled to take a call that rings elsewhere: "*8%s"; %s: the extension there
 * @dnd_on_code: (nullable): what is dialled to switch on “do not disturb” for an extension: "*78%s"
 * @dnd_off_code: (nullable): and off
 *
 * What the connector was told to do.
 */
typedef struct
{
  char            *server;
  char            *token;
  char            *host;
  guint            port;
  LfPhoneTransport transport;
  char            *domain;
  char            *local_host;
  guint            local_port;
  char            *user;
  char            *password;
  char            *ca_file;
  char            *certificate_file;
  guint            packages;
  GStrv            lists;
  guint            expires_s;
  guint            per_s;
  guint            ping_s;
  guint            grace_s;
  char            *cdr_file;
  LfCdrFormat      cdr_format;
  GTimeZone       *cdr_zone;
  gboolean         makes_calls;
  gboolean         is_third_party;
  char            *ari_url;
  char            *ari_user;
  char            *ari_password;
  char            *ari_context;
  char            *ari_endpoint;
  char            *pickup_code;
  char            *dnd_on_code;
  char            *dnd_off_code;
} LfPhoneConfig;

LfPhoneConfig *lf_phone_config_load (const char *path, const char *server, const char *token_path, GError **error);
void           lf_phone_config_free (LfPhoneConfig *self);
char          *lf_phone_config_make_uri (const LfPhoneConfig *self, const char *address);
gboolean       lf_phone_config_is_own_host (const LfPhoneConfig *self, const char *host);
char          *lf_phone_config_make_peer (const LfPhoneConfig *self, const char *uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LfPhoneConfig, lf_phone_config_free)

G_END_DECLS
