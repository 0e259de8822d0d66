/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-phone"

#include "config.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "lf-phone-ua.h"
#include "lf-settings-file.h"

#include <sofia-sip/msg_header.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_glib.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/tport_tag.h>

#define MAX_MESSAGE_BYTES (1024 * 1024) /* of one SIP message */
#define SHUTDOWN_MS       3000

struct _LfPhoneUa
{
  su_root_t *root;
  GSource   *source; /* owned: turns the root on the main loop */
  nua_t     *nua;
  char      *from; /* "<sip:lampfield@pbx.example.org>" */
  char      *user;
  char      *password;   /* nullable */
  char      *tls_folder; /* nullable: of files for sofia-sip, removed at the end */
  gboolean   is_down;
};

static const char *const transports[] = { "udp", "tcp", "tls" };

/* sofia-sip's own words are for its developers. */
G_GNUC_PRINTF (2, 0)
static void
on_log (void *unused, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);

  g_debug ("sofia-sip: %s", g_strchomp (text));
}

/* Nobody calls a connector. */
static void
refuse_call (nua_handle_t *handle)
{
  nua_respond (handle, 403, "Forbidden", TAG_END ());
  nua_handle_destroy (handle);
}

static void
on_event (nua_event_t   event,
          int           status,
          const char   *phrase,
          nua_t        *nua,
          nua_magic_t  *magic,
          nua_handle_t *handle,
          nua_hmagic_t *handle_magic,
          const sip_t  *sip,
          tagi_t        tags[])
{
  LfPhoneUa *self = (LfPhoneUa *) magic;

  if (event == nua_r_shutdown)
    self->is_down = self->is_down || status >= 200;
  else if (event == nua_i_invite && handle_magic == NULL)
    refuse_call (handle);
  else if (handle_magic != NULL && !self->is_down)
    ((LfNuaHandler *) handle_magic)->event ((LfNuaHandler *) handle_magic, event, status, handle, sip);
}

static gboolean
link_into (const char *folder, const char *name, const char *target)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return symlink (target, path) == 0;
}

/* sofia-sip of Debian 12 breaks a connection of TLS 1.3 at the first byte that is read, and has no setting for
 * it; what it makes of OpenSSL follows OpenSSL's own configuration. */
static const char openssl_settings[] =
  "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = tls\n[tls]\nMinProtocol = TLSv1.2\nMaxProtocol = TLSv1.2\n";

/* sofia-sip looks for cafile.pem and agent.pem in a folder. */
static gboolean
prepare_tls (LfPhoneUa *self, const LfPhoneConfig *config, GError **error)
{
  g_autofree char *settings = NULL;

  if (config->transport != LF_PHONE_TLS)
    return TRUE;

  self->tls_folder = g_dir_make_tmp ("lampfield-phone-XXXXXX", error);
  if (self->tls_folder == NULL)
    return FALSE;
  if (!link_into (self->tls_folder, "cafile.pem", config->ca_file) || !link_into (self->tls_folder, "agent.pem", config->certificate_file))
    return lf_settings_fail (error, "The certificates cannot be prepared in “%s”.", self->tls_folder);
  settings = g_build_filename (self->tls_folder, "openssl.cnf", NULL);
  if (!g_file_set_contents (settings, openssl_settings, -1, error))
    return FALSE;
  g_setenv ("OPENSSL_CONF", settings, TRUE); /* read when sofia-sip makes its first TLS context */
  return TRUE;
}

static void
remove_tls (LfPhoneUa *self)
{
  static const char *const names[] = { "cafile.pem", "agent.pem", "openssl.cnf" };

  for (guint i = 0; self->tls_folder != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->tls_folder, names[i], NULL);

      g_unlink (path);
    }
  if (self->tls_folder != NULL)
    g_rmdir (self->tls_folder);
}

/* Where to listen; sofia-sip binds TLS for a sips URI alone. */
static char *
make_local_uri (const LfPhoneConfig *config)
{
  g_autofree char *port = config->local_port > 0 ? g_strdup_printf ("%u", config->local_port) : g_strdup ("*");

  if (config->transport == LF_PHONE_TLS)
    return g_strdup_printf ("sips:%s:%s", config->local_host, port);
  return g_strdup_printf ("sip:%s:%s;transport=%s", config->local_host, port, transports[config->transport]);
}

/**
 * lf_phone_ua_new:
 * @config: the PBX and who the connector is there
 * @error: return location
 *
 * Makes the user agent on the default main context. It listens for what the PBX sends.
 *
 * Returns: (transfer full) (nullable): the user agent, %NULL when it cannot listen
 */
LfPhoneUa *
lf_phone_ua_new (const LfPhoneConfig *config, GError **error)
{
  g_autoptr (LfPhoneUa) self = g_new0 (LfPhoneUa, 1);
  const char           *transport = transports[config->transport];
  g_autofree char      *local = make_local_uri (config);
  g_autofree char      *proxy = g_strdup_printf ("sip:%s:%u;transport=%s;lr", config->host, config->port, transport);

  su_init ();
  su_log_redirect (NULL, on_log, NULL);
  self->from = g_strdup_printf ("<sip:%s@%s>", config->user, config->domain);
  self->user = g_strdup (config->user);
  self->password = g_strdup (config->password);
  if (!prepare_tls (self, config, error))
    return NULL;
  self->root = su_glib_root_create (NULL);
  su_root_threading (self->root, 0);
  self->source = g_source_ref (su_glib_root_gsource (self->root));
  g_source_attach (self->source, NULL);
  self->nua = nua_create (self->root, on_event, (nua_magic_t *) self,
                          NUTAG_URL (local),
                          NUTAG_PROXY (proxy),
                          NUTAG_ALLOW (NULL),
                          NUTAG_ALLOW ("INVITE, ACK, BYE, CANCEL, NOTIFY, OPTIONS"),
                          NUTAG_AUTOANSWER (0),
                          NUTAG_AUTOALERT (0),
                          NUTAG_MEDIA_ENABLE (0),
                          NUTAG_OUTBOUND ("no-options-keepalive no-validate"),
                          NUTAG_USER_AGENT ("lampfield-phone/" LF_VERSION),
                          NTATAG_MAXSIZE (MAX_MESSAGE_BYTES),
                          SIPTAG_FROM_STR (self->from),
                          TAG_IF (self->tls_folder != NULL, TPTAG_CERTIFICATE (self->tls_folder)),
                          TAG_IF (self->tls_folder != NULL, TPTAG_TLS_VERIFY_POLICY (TPTLS_VERIFY_OUTGOING)),
                          TAG_END ());
  if (self->nua == NULL)
    {
      lf_settings_fail (error, "The connector cannot listen for its PBX on %s; see “local-address” in [pbx].", local);
      return NULL;
    }
  return g_steal_pointer (&self);
}

static gboolean
on_shutdown_overdue (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* FALSE: sofia-sip still waits for answers of the PBX, for up to half a minute. */
static gboolean
shut_down (LfPhoneUa *self)
{
  gboolean is_overdue = FALSE;
  guint    deadline;

  if (self->nua == NULL)
    return TRUE;

  nua_shutdown (self->nua);
  deadline = g_timeout_add (SHUTDOWN_MS, on_shutdown_overdue, &is_overdue);
  while (!self->is_down && !is_overdue)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  if (self->is_down)
    nua_destroy (self->nua);
  return self->is_down;
}

/**
 * lf_phone_ua_free:
 * @self: (transfer full) (nullable): the user agent; handles are dropped before
 *
 * Takes leave of the PBX: runs the main loop for up to three seconds, until it has answered. If it does
 * not, the user agent is left to itself, since sofia-sip goes on with it; it says nothing any more.
 */
void
lf_phone_ua_free (LfPhoneUa *self)
{
  if (self == NULL)
    return;

  remove_tls (self);
  if (!shut_down (self))
    return;

  if (self->root != NULL)
    su_root_destroy (self->root);
  g_clear_pointer (&self->source, g_source_unref);
  g_free (self->tls_folder);
  g_free (self->from);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

/**
 * lf_phone_ua_new_handle:
 * @self: the user agent
 * @handler: is told what happens
 * @uri: SIP URI of the other end
 *
 * Returns: (transfer full): a handle, for lf_phone_ua_drop_handle()
 */
nua_handle_t *
lf_phone_ua_new_handle (LfPhoneUa *self, LfNuaHandler *handler, const char *uri)
{
  return nua_handle (self->nua, (nua_hmagic_t *) handler, NUTAG_URL (uri), SIPTAG_TO_STR (uri), TAG_END ());
}

/**
 * lf_phone_ua_drop_handle:
 * @self: the user agent
 * @handle: (inout) (nullable): a handle
 *
 * Lets go of a handle: what goes on there is ended, and nothing more is told of it.
 */
void
lf_phone_ua_drop_handle (LfPhoneUa *self, nua_handle_t **handle)
{
  if (*handle == NULL)
    return;

  nua_handle_bind (*handle, NULL);
  nua_handle_destroy (*handle);
  *handle = NULL;
}

static gboolean
answer_challenge (LfPhoneUa *self, nua_handle_t *handle, const msg_auth_t *challenge)
{
  const char *realm = challenge != NULL ? msg_header_find_param (challenge->au_common, "realm=") : NULL;

  if (realm == NULL)
    return FALSE;
  else
    {
      g_autofree char *answer = g_strdup_printf ("%s:%s:%s:%s", challenge->au_scheme, realm, self->user, self->password);

      nua_authenticate (handle, NUTAG_AUTH (answer), TAG_END ());
    }
  return TRUE;
}

/**
 * lf_phone_ua_authenticate:
 * @self: the user agent
 * @handle: whose request was answered by a challenge
 * @sip: that answer (401, 407)
 *
 * Sends the request again with the password of the configuration.
 *
 * Source: RFC 3261 section 22.
 *
 * Returns: %FALSE when there is no password, or no challenge that it answers
 */
gboolean
lf_phone_ua_authenticate (LfPhoneUa *self, nua_handle_t *handle, const sip_t *sip)
{
  if (self->password == NULL || sip == NULL)
    return FALSE;

  return answer_challenge (self, handle, sip->sip_www_authenticate) || answer_challenge (self, handle, sip->sip_proxy_authenticate);
}
