// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import java.util.function.Function;

/** A key whose value needs no JSON library. */
record ScalarKey<T>(String name, Function<T, String> encoder, Function<String, T> decoder)
    implements AttributeKey<T> {

  ScalarKey {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a session field needs a name");
    }
  }

  @Override
  public String encode(T value) {
    return encoder.apply(value);
  }

  @Override
  public T decode(String json) {
    return decoder.apply(json);
  }

  @Override
  public String toString() {
    return "AttributeKey[" + name + "]";
  }

  static SessionException.Unreadable unexpected() {
    return new SessionException.Unreadable(SessionException.Unreadable.Reason.UNEXPECTED_VALUE);
  }
}
