// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

/**
 * A session that could not be served although Redis answered; outages are {@link
 * io.vedfolnir.redis.RedisAccessException}. Messages hold no id and no content.
 */
public abstract sealed class SessionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private SessionException(String message) {
    super(message);
  }

  /**
   * What lies under the id is not a session that can be read. It concerns this one session; {@link
   * SessionStore#delete} removes it.
   */
  public static final class Unreadable extends SessionException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with it. */
    public enum Reason {
      /** Not JSON, or not UTF-8. */
      NOT_JSON("it is not JSON"),
      /** JSON, but no object. */
      NOT_AN_OBJECT("it is JSON, but not an object"),
      /** Longer than {@link SessionSettings#maxDocumentBytes()}. */
      TOO_LARGE("it is longer than maxDocumentBytes"),
      /** Arrays and objects inside one another, more than 500 levels. */
      TOO_DEEP("it is nested more than 500 levels deep"),
      /** The key holds a hash, a list or another type of value, as old dialects did. */
      FOREIGN_TYPE("its key holds another Redis type than a string"),
      /** One field has another type than its {@link AttributeKey} says. */
      UNEXPECTED_VALUE("a field has another type than its AttributeKey says");

      private final String text;

      Reason(String text) {
        this.text = text;
      }
    }

    private final Reason reason;

    /** For stores and attribute keys. */
    public Unreadable(Reason reason) {
      super(
          "a session cannot be read: "
              + reason.text
              + ". Look at what writes it; delete it, and its user logs in anew");
      this.reason = reason;
    }

    /** What is wrong with it. */
    public Reason reason() {
      return reason;
    }
  }

  /** The user has as many sessions as {@link SessionLimit} allows; nothing was written. */
  public static final class TooMany extends SessionException {

    private static final long serialVersionUID = 1L;

    private final int most;

    /** For stores. */
    public TooMany(int most) {
      super(
          "the user has "
              + most
              + " sessions already, which is as many as the limit allows; end one of them first, or"
              + " let the limit end the oldest");
      this.most = most;
    }

    /** How many are allowed. */
    public int most() {
      return most;
    }
  }

  /** Other writers won every try to update one session; nothing was written. */
  public static final class Conflict extends SessionException {

    private static final long serialVersionUID = 1L;

    private final int tries;

    /** For stores. */
    public Conflict(int tries) {
      super(
          "another writer won each of "
              + tries
              + " tries to change a session; nothing was written. Try again later, or raise"
              + " maxUpdateTries");
      this.tries = tries;
    }

    /** How many times it was tried. */
    public int tries() {
      return tries;
    }
  }
}
