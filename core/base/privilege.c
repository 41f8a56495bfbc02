#include "base/privilege.h"

#include "base/i18n.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534 /* where the user database has no such name */

/* An id that sudo left in the environment; -1 when there is none. Only root asks, and only to become somebody less. */
static long id_of_sudo(const char *name)
{
	const char *text = getenv(name);

	if (text == NULL || *text == '\0' || strspn(text, "0123456789") != strlen(text) || strlen(text) > 9)
		return -1;
	return strtol(text, NULL, 10);
}

static int become(uid_t user, gid_t group, struct err *err)
{
	const struct passwd *entry = getpwuid(user);

	/* Root's own settings are not theirs to read. */
	if (setenv("HOME", entry != NULL ? entry->pw_dir : "/", 1) != 0 || unsetenv("XDG_CONFIG_HOME") != 0)
		return err_sys(err, errno, "%s", _("giving up the rights of root"));
	if ((entry != NULL ? initgroups(entry->pw_name, group) : setgroups(0, NULL)) != 0 ||
	    setresgid(group, group, group) != 0 || setresuid(user, user, user) != 0)
		return err_sys(err, errno, "%s", _("giving up the rights of root"));
	if (user != 0 && setuid(0) == 0)
		return err_set(err, "%s", _("giving up the rights of root: they came back"));
	return 0;
}

static int give_up_capabilities(struct err *err)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

	if (syscall(SYS_capset, &header, none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(err, errno, "%s", _("giving up capabilities"));
	return 0;
}

int privilege_drop(struct err *err)
{
	const uid_t user = getuid();
	const long sudo_user = id_of_sudo("SUDO_UID"), sudo_group = id_of_sudo("SUDO_GID");

	if (user == 0 && sudo_user > 0 && sudo_group >= 0) {
		if (become((uid_t)sudo_user, (gid_t)sudo_group, err) != 0)
			return -1;
	} else if (user == 0) {
		return 0; /* still to make a file where root asked for it */
	} else if (geteuid() == 0 && become(user, getgid(), err) != 0) {
		return -1;
	}
	return give_up_capabilities(err);
}

int privilege_become_nobody(struct err *err)
{
	if (geteuid() != 0)
		return 0;
	const struct passwd *nobody = getpwnam("nobody");
	const uid_t user = nobody != NULL ? nobody->pw_uid : NOBODY;
	const gid_t group = nobody != NULL ? nobody->pw_gid : NOBODY;
	if (become(user, group, err) != 0)
		return -1;
	return give_up_capabilities(err);
}
