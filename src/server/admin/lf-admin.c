/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lf-admin.h"
#include "lf-config.h"
#include "lf-password.h"
#include "lf-people-file.h"
#include "lf-prompt.h"
#include "lf-token.h"

#define EXIT_USAGE       2
#define CONNECT_TRIES    50
#define CONNECT_PAUSE_MS 100
#define NOT_GIVEN        (-1)
#define DEFAULT_ENTRIES  100
#define DEFAULT_CONFIG   "/etc/lampfield/server.conf"

static const char usage[] =
  "Usage: lampfield-server COMMAND … [--data DIR | --config FILE]\n"
  "\n"
  "  user add LOGIN --name NAME [--title T] [--department D] [--mail M] [--address URI]… [--time-zone Z] [--password-stdin]\n"
  "  user passwd LOGIN [--password-stdin]\n"
  "  user import FILE.csv [--update]      columns: login,name,mail,title,department,phone,addresses,time_zone,password\n"
  "  user list\n"
  "  user block LOGIN\n"
  "  user unblock LOGIN\n"
  "  line assign LINE LOGIN --address URI [--secondary] [--pickup-group NAME]\n"
  "  line share LINE LOGIN [--primary]    makes it a line of LOGIN, too; primary if LOGIN has no other\n"
  "  line unshare LINE LOGIN\n"
  "  line list\n"
  "  line remove LINE\n"
  "  place add LOGIN NAME --line LINE [--address URI]   a room or a desk with a telephone; nobody signs in there\n"
  "  place remove LOGIN\n"
  "  token create --connector phone|calendar --name NAME\n"
  "  token create --admin --name NAME      may use the routes below /api/v1/admin\n"
  "  token list\n"
  "  token remove ID\n"
  "  connector list                       which are connected, and what is wrong\n"
  "  explain LOGIN [--json]               what each source claims of a person, and what is shown\n"
  "  audit list [--count N]               what was done that may cost money: the calls that were asked for\n"
  "  session create [LOGIN] [--count N] [--hours H] [--name DEVICE]\n"
  "\n"
  "A password is asked for, or read from standard input with --password-stdin; it is never an argument.\n"
  "While a server holds the data folder the command is carried out by that server.\n";

/* The options of all commands. */
typedef struct
{
  char    *data;         /* owned, nullable */
  char    *config;       /* owned, nullable */
  char    *name;         /* owned, nullable */
  char    *title;        /* owned, nullable */
  char    *department;   /* owned, nullable */
  char    *mail;         /* owned, nullable */
  char    *time_zone;    /* owned, nullable */
  char    *connector;    /* owned, nullable */
  char    *pickup_group; /* owned, nullable */
  char    *line;         /* owned, nullable */
  GStrv    addresses;    /* owned, nullable */
  int      n_wanted;     /* --count; NOT_GIVEN */
  int      n_hours;
  gboolean is_password_stdin;
  gboolean is_admin;
  gboolean is_json;
  gboolean is_primary;
  gboolean is_secondary;
  gboolean is_update;
} Options;

/* How many words a command takes after its own. */
typedef struct
{
  const char    *noun;
  const char    *verb; /* nullable */
  LfAdminCommand command;
  guint          min_words;
  guint          max_words;
} Row;

static const Row rows[] = {
  { "user", "add", LF_ADMIN_USER_ADD, 1, 1 },
  { "user", "import", LF_ADMIN_USER_IMPORT, 1, 1 },
  { "user", "passwd", LF_ADMIN_USER_PASSWD, 1, 1 },
  { "user", "list", LF_ADMIN_USER_LIST, 0, 0 },
  { "user", "block", LF_ADMIN_USER_BLOCK, 1, 1 },
  { "user", "unblock", LF_ADMIN_USER_UNBLOCK, 1, 1 },
  { "line", "assign", LF_ADMIN_LINE_ASSIGN, 2, 2 },
  { "line", "share", LF_ADMIN_LINE_SHARE, 2, 2 },
  { "line", "unshare", LF_ADMIN_LINE_UNSHARE, 2, 2 },
  { "line", "list", LF_ADMIN_LINE_LIST, 0, 0 },
  { "line", "remove", LF_ADMIN_LINE_REMOVE, 1, 1 },
  { "place", "add", LF_ADMIN_PLACE_ADD, 2, 2 },
  { "place", "remove", LF_ADMIN_PLACE_REMOVE, 1, 1 },
  { "token", "create", LF_ADMIN_TOKEN_CREATE, 0, 0 },
  { "token", "list", LF_ADMIN_TOKEN_LIST, 0, 0 },
  { "token", "remove", LF_ADMIN_TOKEN_REMOVE, 1, 1 },
  { "session", "create", LF_ADMIN_SESSION_CREATE, 0, 1 },
  { "connector", "list", LF_ADMIN_CONNECTOR_LIST, 0, 0 },
  { "explain", NULL, LF_ADMIN_EXPLAIN, 1, 1 },
  { "audit", "list", LF_ADMIN_AUDIT, 0, 0 },
};

static void
options_clear (Options *self)
{
  g_free (self->data);
  g_free (self->config);
  g_free (self->name);
  g_free (self->title);
  g_free (self->department);
  g_free (self->mail);
  g_free (self->time_zone);
  g_free (self->connector);
  g_free (self->pickup_group);
  g_free (self->line);
  g_strfreev (self->addresses);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, message);
  return FALSE;
}

static gboolean
parse_options (Options *options, char ***words, GError **error)
{
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->data, NULL, NULL },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &options->config, NULL, NULL },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options->name, NULL, NULL },
    { "title", 0, 0, G_OPTION_ARG_STRING, &options->title, NULL, NULL },
    { "department", 0, 0, G_OPTION_ARG_STRING, &options->department, NULL, NULL },
    { "mail", 0, 0, G_OPTION_ARG_STRING, &options->mail, NULL, NULL },
    { "time-zone", 0, 0, G_OPTION_ARG_STRING, &options->time_zone, NULL, NULL },
    { "address", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->addresses, NULL, NULL },
    { "connector", 0, 0, G_OPTION_ARG_STRING, &options->connector, NULL, NULL },
    { "line", 0, 0, G_OPTION_ARG_STRING, &options->line, NULL, NULL },
    { "pickup-group", 0, 0, G_OPTION_ARG_STRING, &options->pickup_group, NULL, NULL },
    { "count", 0, 0, G_OPTION_ARG_INT, &options->n_wanted, NULL, NULL },
    { "hours", 0, 0, G_OPTION_ARG_INT, &options->n_hours, NULL, NULL },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &options->is_password_stdin, NULL, NULL },
    { "admin", 0, 0, G_OPTION_ARG_NONE, &options->is_admin, NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options->is_json, NULL, NULL },
    { "primary", 0, 0, G_OPTION_ARG_NONE, &options->is_primary, NULL, NULL },
    { "secondary", 0, 0, G_OPTION_ARG_NONE, &options->is_secondary, NULL, NULL },
    { "update", 0, 0, G_OPTION_ARG_NONE, &options->is_update, NULL, NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  return g_option_context_parse_strv (context, words, error);
}

static const Row *
find_row (const char *const *words)
{
  guint n_words = g_strv_length ((GStrv) words);

  for (guint i = 0; n_words >= 3 && i < G_N_ELEMENTS (rows); i++)
    {
      guint n_own = rows[i].verb != NULL ? 3 : 2;

      if (g_str_equal (rows[i].noun, words[1]) && (rows[i].verb == NULL || g_str_equal (rows[i].verb, words[2])) &&
          rows[i].min_words <= n_words - n_own && n_words - n_own <= rows[i].max_words)
        return &rows[i];
    }

  return NULL;
}

static char *
read_password_hash (const Options *options, GError **error)
{
  g_autofree char *password = lf_prompt_read_password (options->is_password_stdin, error);

  if (password == NULL || !lf_people_check_password (password, error))
    return NULL;

  return lf_password_hash (password, error);
}

static gboolean
fill_new_person (LfAdminOrder *order, const Options *options, const char *login, GError **error)
{
  LfAdminPerson *person = g_new0 (LfAdminPerson, 1);
  guint          n_addresses = options->addresses != NULL ? g_strv_length (options->addresses) : 0;

  order->people = g_ptr_array_new ();
  g_ptr_array_add (order->people, person);
  person->person.id = g_strdup ("new"); /* the store makes the real one */
  person->person.login = g_strdup (login);
  person->person.name = g_strdup (options->name);
  person->person.title = g_strdup (options->title);
  person->person.department = g_strdup (options->department);
  person->person.mail = g_strdup (options->mail);
  person->time_zone = g_strdup (options->time_zone);
  person->person.addresses = g_new0 (char *, n_addresses + 1);
  for (guint i = 0; i < n_addresses; i++)
    {
      person->person.addresses[i] = lf_admin_make_address (options->addresses[i], error);
      if (person->person.addresses[i] == NULL)
        return FALSE;
    }
  if (!lf_admin_person_check (person, error))
    return FALSE;

  person->password_hash = read_password_hash (options, error);
  return person->password_hash != NULL;
}

static gboolean
fill_people_of_file (LfAdminOrder *order, const Options *options, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize            length = 0;
  struct stat      about;

  if (stat (path, &about) == 0 && about.st_size > LF_PEOPLE_FILE_MAX_BYTES)
    return refuse (error, "The file has more than 16 MiB; import it in parts.");
  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;

  order->is_update = options->is_update;
  return lf_people_file_read (text, length, order, error);
}

static gboolean
fill_line (LfAdminOrder *order, const Options *options, const char *const *words, GError **error)
{
  if (options->addresses == NULL || options->addresses[1] != NULL)
    return refuse (error, "A line has one address: --address tel:2041, or --address sip:2041@pbx.example.");

  order->line = g_strdup (words[3]);
  order->login = g_strdup (words[4]);
  order->is_secondary = options->is_secondary;
  order->pickup_group = g_strdup (options->pickup_group);
  order->address = lf_admin_make_address (options->addresses[0], error);
  return order->address != NULL;
}

static gboolean
fill_place (LfAdminOrder *order, const Options *options, const char *const *words, GError **error)
{
  if (options->line == NULL || (options->addresses != NULL && options->addresses[1] != NULL))
    return refuse (error, "A place has one --line, and one --address if the line is new.");

  order->login = g_strdup (words[3]);
  order->name = g_strdup (words[4]);
  order->line = g_strdup (options->line);
  if (options->addresses == NULL)
    return TRUE;
  order->address = lf_admin_make_address (options->addresses[0], error);
  return order->address != NULL;
}

/* @tokens: (out): shown once, when the order is done */
static gboolean
fill_token (LfAdminOrder *order, const Options *options, GStrv *tokens, GError **error)
{
  if ((options->connector != NULL) == options->is_admin || g_strcmp0 (options->connector, "admin") == 0 || options->name == NULL || *options->name == '\0')
    return refuse (error, "A token needs one of --connector phone, --connector calendar and --admin, and a --name for people.");

  *tokens = g_new0 (char *, 2);
  **tokens = lf_token_make (options->is_admin ? LF_TOKEN_ADMIN : LF_TOKEN_CONNECTOR);
  order->service = g_strdup (options->is_admin ? "admin" : options->connector);
  order->name = g_strdup (options->name);
  order->hash = lf_token_hash (**tokens);
  return TRUE;
}

static gboolean
fill_sessions (LfAdminOrder *order, const Options *options, const char *login, GStrv *tokens, GError **error)
{
  int n_sessions = options->n_wanted != NOT_GIVEN ? options->n_wanted : 1;

  if (n_sessions < 1 || n_sessions > LF_ADMIN_MAX_NEW_SESSIONS)
    return refuse (error, "--count is a number from 1 to " G_STRINGIFY (LF_ADMIN_MAX_NEW_SESSIONS) ".");
  if (options->n_hours < 1 || options->n_hours > LF_ADMIN_MAX_SESSION_HOURS)
    return refuse (error, "--hours is a number from 1 to " G_STRINGIFY (LF_ADMIN_MAX_SESSION_HOURS) ".");

  order->login = g_strdup (login);
  order->name = g_strdup (options->name != NULL ? options->name : "Command line");
  order->lifetime_s = options->n_hours * 3600;
  order->hashes = g_new0 (char *, n_sessions + 1);
  *tokens = g_new0 (char *, n_sessions + 1);
  for (int i = 0; i < n_sessions; i++)
    {
      (*tokens)[i] = lf_token_make (LF_TOKEN_ACCESS);
      order->hashes[i] = lf_token_hash ((*tokens)[i]);
    }
  return TRUE;
}

static gboolean
fill_order (LfAdminOrder *order, const Options *options, const char *const *words, GStrv *tokens, GError **error)
{
  switch (order->command)
    {
    case LF_ADMIN_USER_ADD:
      return fill_new_person (order, options, words[3], error);
    case LF_ADMIN_USER_IMPORT:
      return fill_people_of_file (order, options, words[3], error);
    case LF_ADMIN_USER_PASSWD:
      order->login = g_strdup (words[3]);
      order->hash = read_password_hash (options, error);
      return order->hash != NULL;
    case LF_ADMIN_USER_BLOCK:
    case LF_ADMIN_USER_UNBLOCK:
    case LF_ADMIN_PLACE_REMOVE:
      order->login = g_strdup (words[3]);
      return TRUE;
    case LF_ADMIN_LINE_ASSIGN:
      return fill_line (order, options, words, error);
    case LF_ADMIN_PLACE_ADD:
      return fill_place (order, options, words, error);
    case LF_ADMIN_LINE_SHARE:
    case LF_ADMIN_LINE_UNSHARE:
      order->line = g_strdup (words[3]);
      order->login = g_strdup (words[4]);
      order->is_primary = options->is_primary;
      return TRUE;
    case LF_ADMIN_LINE_REMOVE:
      order->line = g_strdup (words[3]);
      return TRUE;
    case LF_ADMIN_TOKEN_CREATE:
      return fill_token (order, options, tokens, error);
    case LF_ADMIN_TOKEN_REMOVE:
      order->id = g_strdup (words[3]);
      return TRUE;
    case LF_ADMIN_SESSION_CREATE:
      return fill_sessions (order, options, words[3], tokens, error);
    case LF_ADMIN_EXPLAIN:
      order->login = g_strdup (words[2]);
      return TRUE;
    case LF_ADMIN_AUDIT:
      order->n_entries = options->n_wanted != NOT_GIVEN ? CLAMP (options->n_wanted, 0, LF_ADMIN_MAX_ENTRIES) : DEFAULT_ENTRIES;
      return TRUE;
    case LF_ADMIN_USER_LIST:
    case LF_ADMIN_LINE_LIST:
    case LF_ADMIN_TOKEN_LIST:
    case LF_ADMIN_CONNECTOR_LIST:
    default:
      return TRUE;
    }
}

static char *
find_folder (const Options *options, GError **error)
{
  g_autoptr (LfConfig) config = NULL;

  if (options->data != NULL)
    return g_strdup (options->data);

  config = lf_config_load (options->config != NULL ? options->config : DEFAULT_CONFIG, error);
  if (config == NULL)
    {
      g_prefix_error (error, "Name the data folder with --data DIR. ");
      return NULL;
    }
  return g_strdup (config->data_dir);
}

/* Root works as the folder's owner: what it makes there must stay the server's own. */
static gboolean
become_owner (const char *folder, GError **error)
{
  struct stat about;

  if (geteuid () != 0 || stat (folder, &about) != 0 || about.st_uid == 0)
    return TRUE;
  if (setgroups (0, NULL) == 0 && setgid (about.st_gid) == 0 && setuid (about.st_uid) == 0)
    return TRUE;

  g_set_error (error, LF_SERVER_ERROR, LF_PROBLEM_INTERNAL, "The owner of “%s” cannot be taken on: %s", folder, g_strerror (errno));
  return FALSE;
}

static LfAdminReply *
execute_here (LfStore *store, const LfAdminOrder *order, GError **error)
{
  g_autoptr (LfAdminOutcome) outcome = lf_admin_outcome_new (order, g_get_real_time ());

  if (!lf_store_run_sync (store, lf_admin_execute, outcome, error) ||
      (outcome->explain != NULL && !lf_admin_explain_stored (store, outcome, error)))
    return NULL;
  if (outcome->connectors != NULL)
    lf_admin_tell_connectors (outcome, NULL);
  return g_steal_pointer (&outcome->reply);
}

/* Here, or in the server that holds the folder. It may be held by another command, or by a server
 * that does not listen yet: both pass, so both ways are tried again for a while. */
static LfAdminReply *
execute_somewhere (const char *folder, const LfAdminOrder *order, GError **error)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GError)  failure = NULL;
      g_autoptr (LfStore) store = lf_store_new (folder, &failure);
      LfAdminReply       *reply = NULL;

      if (store != NULL)
        return execute_here (store, order, error);
      if (g_error_matches (failure, LF_SERVER_ERROR, LF_PROBLEM_CONFLICT))
        {
          g_clear_error (&failure);
          reply = lf_admin_socket_ask (folder, order, &failure);
        }
      if (reply != NULL)
        return reply;
      if (i >= CONNECT_TRIES || !g_error_matches (failure, LF_SERVER_ERROR, LF_PROBLEM_UNAVAILABLE))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      g_usleep (CONNECT_PAUSE_MS * 1000);
    }
}

static LfAdminReply *
execute (const Options *options, const LfAdminOrder *order, GError **error)
{
  g_autofree char *folder = find_folder (options, error);

  if (folder == NULL || !become_owner (folder, error))
    return NULL;

  return execute_somewhere (folder, order, error);
}

static void
show_explanation (const LfWireExplanation *explanation, gboolean is_json)
{
  g_autoptr (GString) json = g_string_new (NULL);
  g_autofree char    *text = NULL;

  if (is_json)
    {
      lf_codec_encode (&lf_schema_explanation, explanation, json);
      printf ("%s\n", json->str);
      return;
    }
  text = lf_explain_to_text (explanation);
  fputs (text, stdout);
}

/* Tokens stand behind what they are for: `LOGIN<TAB>TOKEN`; a connector's alone. */
static int
show (const LfAdminReply *reply, const char *const *tokens, gboolean is_json)
{
  guint n_tokens = tokens != NULL ? g_strv_length ((GStrv) tokens) : 0;

  if (!reply->is_good)
    {
      fprintf (stderr, "lampfield-server: %s\n", reply->error != NULL ? reply->error : "the server refused");
      return EXIT_FAILURE;
    }

  for (guint i = 0; i < MAX (reply->lines->len, n_tokens); i++)
    {
      const LfAdminText *line = i < reply->lines->len ? g_ptr_array_index (reply->lines, i) : NULL;

      printf ("%s%s%s\n", line != NULL ? line->text : "", line != NULL && i < n_tokens ? "\t" : "", i < n_tokens ? tokens[i] : "");
    }
  if (reply->explanation != NULL)
    show_explanation (reply->explanation, is_json);
  return fflush (stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/**
 * lf_admin_is_command:
 * @word: (nullable): the first argument
 *
 * Returns: whether it is a word of administration rather than an option of the server
 */
gboolean
lf_admin_is_command (const char *word)
{
  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].noun, word))
      return TRUE;

  return FALSE;
}

/**
 * lf_admin_run:
 * @argc: as main() got it
 * @argv: as main() got it
 *
 * Does one administrator's command. Blocks.
 *
 * Returns: an exit status: 0, 1 when it failed, 2 for wrong usage
 */
int
lf_admin_run (int argc, char **argv)
{
  g_auto (GStrv)           words = g_new0 (char *, argc + 1);
  g_auto (Options)         options = { .n_wanted = NOT_GIVEN, .n_hours = 1 };
  g_autoptr (LfAdminOrder) order = g_new0 (LfAdminOrder, 1);
  g_autoptr (LfAdminReply) reply = NULL;
  g_autoptr (GError)       error = NULL;
  g_auto (GStrv)           tokens = NULL;
  const Row               *row;

  for (int i = 0; i < argc; i++)
    words[i] = g_strdup (argv[i]);
  if (g_strv_contains ((const char *const *) words, "--help"))
    {
      fputs (usage, stdout);
      return EXIT_SUCCESS;
    }
  if (!parse_options (&options, &words, &error))
    {
      fprintf (stderr, "lampfield-server: %s\n\n%s", error->message, usage);
      return EXIT_USAGE;
    }
  row = find_row ((const char *const *) words);
  if (row == NULL)
    {
      fputs (usage, stderr);
      return EXIT_USAGE;
    }

  order->command = row->command;
  if (fill_order (order, &options, (const char *const *) words, &tokens, &error))
    reply = execute (&options, order, &error);
  if (reply != NULL)
    return show (reply, (const char *const *) tokens, options.is_json);

  fprintf (stderr, "lampfield-server: %s\n", error->message);
  return EXIT_FAILURE;
}
