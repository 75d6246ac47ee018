// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.testkit;

/**
 * The name and password of one Redis user. {@code toString} hides the password.
 *
 * @param user the ACL user; empty for a server that knows only passwords
 * @param password the password; empty for a server that asks for none
 */
public record Credentials(String user, String password) {

  @Override
  public String toString() {
    return user + ":***";
  }
}
