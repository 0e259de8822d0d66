/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lf-admin"

#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lf-prompt.h"

#define MAX_BYTES 1024

static char *
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, LF_SERVER_ERROR, LF_PROBLEM_BAD_REQUEST, message);
  return NULL;
}

static char *
read_line (FILE *file, GError **error)
{
  char line[MAX_BYTES];

  if (fgets (line, sizeof line, file) == NULL)
    return refuse (error, "There is no password.");
  if (strchr (line, '\n') == NULL && !feof (file))
    return refuse (error, "The password is too long.");

  line[strcspn (line, "\r\n")] = '\0';
  return g_strdup (line);
}

static char *
ask (FILE *terminal, const char *words, GError **error)
{
  int            fd = fileno (terminal);
  struct termios before;
  struct termios silent;
  char          *line;

  if (tcgetattr (fd, &before) != 0)
    return refuse (error, "The terminal cannot hide what is typed; use --password-stdin.");

  silent = before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  fputs (words, terminal);
  fflush (terminal);
  tcsetattr (fd, TCSAFLUSH, &silent);
  line = read_line (terminal, error);
  tcsetattr (fd, TCSAFLUSH, &before);
  fputc ('\n', terminal);

  return line;
}

/**
 * lf_prompt_read_password:
 * @is_stdin: read the first line of standard input instead of asking
 * @error: return location
 *
 * Gets a password without ever taking it from the command line, where others could see it.
 *
 * Returns: (transfer full) (nullable): the password, %NULL with %LF_PROBLEM_BAD_REQUEST
 */
char *
lf_prompt_read_password (gboolean is_stdin, GError **error)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  FILE            *terminal;

  if (is_stdin)
    return read_line (stdin, error);

  terminal = fopen ("/dev/tty", "r+");
  if (terminal == NULL)
    return refuse (error, "There is no terminal to ask for the password; use --password-stdin.");
  first = ask (terminal, "Password: ", error);
  if (first != NULL)
    second = ask (terminal, "Again: ", error);
  fclose (terminal);

  if (second == NULL)
    return NULL;
  if (!g_str_equal (first, second))
    return refuse (error, "The two passwords differ.");
  return g_steal_pointer (&first);
}
