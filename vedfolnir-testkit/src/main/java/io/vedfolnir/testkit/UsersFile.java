// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Renders {@code users.acl.template} into the file that Redis reads. */
final class UsersFile {
  private UsersFile() {}

  /** The production users with these passwords, and the test user. */
  static String render(Map<Role, Credentials> credentials) {
    String users = String.join("\n", rules(RedisConf.resource("users.acl.template")));
    for (Role role : Role.values()) {
      users = users.replace("@" + role + "_PASSWORD_SHA256@", sha256(credentials, role));
    }
    // Nobody learns this password: the user is off, and the rule still has to be a rule.
    users = users.replace("@ADMIN_PASSWORD_SHA256@", Secrets.sha256(Secrets.hex(32)));
    return users + "\n" + testUser(sha256(credentials, Role.TEST)) + "\n";
  }

  private static String testUser(String sha256) {
    return "user " + Role.TEST.user() + " on #" + sha256 + " ~* &* +@all -@scripting";
  }

  private static String sha256(Map<Role, Credentials> credentials, Role role) {
    Credentials who = credentials.get(role);
    if (who == null) {
      throw new IllegalArgumentException("no credentials for role " + role);
    }
    return Secrets.sha256(who.password());
  }

  /** One line per user: comments and empty lines gone, indented lines joined. */
  private static List<String> rules(String template) {
    List<String> rules = new ArrayList<>();
    for (String line : template.lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (Character.isWhitespace(line.charAt(0))) {
        int last = rules.size() - 1;
        rules.set(last, rules.get(last) + " " + line.strip());
      } else {
        rules.add(line.strip());
      }
    }
    return rules;
  }
}
