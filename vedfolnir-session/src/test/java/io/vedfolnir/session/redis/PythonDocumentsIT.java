// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vedfolnir.session.AttributeKey;
import io.vedfolnir.session.Session;
import io.vedfolnir.session.SessionLife;
import io.vedfolnir.session.SessionSettings;
import io.vedfolnir.testkit.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents that Python's {@code json} makes survive a change in Java, as Python sees them. */
class PythonDocumentsIT {

  private static final AttributeKey<String> THEME = AttributeKey.text("theme");

  /** One document a line: every second one as {@code json.dumps} makes it, the others in UTF-8. */
  private static final String MAKE =
      """
      import json, random, sys
      from datetime import datetime, timedelta, timezone

      r = random.Random(20251120)
      numbers = [0, -1, 2**63, -2**70, 10**400, 0.1, 1e300, -0.0, 5e-324,
                 float('nan'), float('inf'), float('-inf')]
      chars = ['a', ' ', '"', chr(92), '/', chr(0), chr(10), chr(127), chr(0xe9), chr(0x2028),
               chr(0x20ac), chr(0x1f600)]

      def text(more=()):
          return ''.join(r.choice(chars + list(more)) for _ in range(r.randrange(12)))

      def value(depth, half):
          kind = r.randrange(8 if depth else 6)
          if kind == 0: return r.choice(numbers)
          if kind == 1: return r.getrandbits(r.randrange(1, 200)) - 2**60
          if kind == 2: return r.random() * 10 ** r.randrange(-30, 30)
          if kind == 3: return text([chr(0xd83d), chr(0xde00)] if half else [])
          if kind == 4: return r.choice([True, False, None])
          if kind == 5: return datetime(2025, 1, 1, tzinfo=timezone.utc) + timedelta(
              microseconds=r.getrandbits(50))
          if kind == 6: return [value(depth - 1, half) for _ in range(r.randrange(5))]
          return {text(): value(depth - 1, half) for _ in range(r.randrange(5))}

      with open(sys.argv[1], 'wb') as out:
          for i in range(1000):
              ascii = i % 2 == 0
              document = {'f%d' % n + text(): value(5, ascii) for n in range(r.randrange(15))}
              document['user_id'] = r.choice([7, '7'])
              document['theme'] = 'light'
              line = json.dumps(document, default=str, ensure_ascii=ascii)
              out.write(line.encode('utf-8') + bytes([10]))
      """;

  /** Compares the two files, line by line, as values: NaN equals NaN, -0.0 is not 0.0. */
  private static final String COMPARE =
      """
      import json, sys

      differing = 0
      ours = ('theme', 'last_activity')
      with open(sys.argv[1], 'rb') as before, open(sys.argv[2], 'rb') as after:
          pairs = list(zip(before.read().split(bytes([10])), after.read().split(bytes([10]))))
      for old, new in pairs:
          if not old and not new: continue
          a, b = json.loads(old), json.loads(new)
          assert b['theme'] == 'dark', b['theme']
          keep = lambda d: repr([(k, v) for k, v in d.items() if k not in ours])
          if keep(a) != keep(b): differing += 1
      print(len(pairs) - 1, 'documents,', differing, 'differing')
      """;

  @TempDir private Path folder;

  @BeforeEach
  void needsPython() throws InterruptedException {
    Requirement.PYTHON.check(hasPython(), "python3 is not on the PATH; only its json is used here");
  }

  @Test
  void surviveAnUpdateValueForValue() throws Exception {
    Path before = folder.resolve("before");
    Path after = folder.resolve("after");
    python(MAKE, before.toString());

    SessionJson json = new SessionJson(1 << 20);
    SessionLife life = new SessionLife(SessionSettings.defaults());
    List<String> written = new ArrayList<>();
    for (String line : Files.readString(before).split("\n", -1)) {
      if (!line.isEmpty()) {
        Session read = json.read("0123456789abcdef", line.getBytes(UTF_8));
        Session changed =
            life.change(read, s -> s.with(THEME, "dark"), Instant.now()).orElseThrow();
        assertThat(changed.userId()).hasValue(7);
        written.add(new String(json.write(changed, read.fields()), UTF_8));
      }
    }
    Files.writeString(after, String.join("\n", written) + "\n");

    assertThat(python(COMPARE, before.toString(), after.toString()))
        .isEqualTo("1000 documents, 0 differing");
  }

  @Test
  void theComparisonNoticesWhatATypicalMapperLoses() throws Exception {
    Path before =
        Files.writeString(folder.resolve("b"), "{\"theme\":\"x\",\"n\":1.0,\"b\":1e400}\n");
    Path after =
        Files.writeString(folder.resolve("a"), "{\"theme\":\"dark\",\"n\":1,\"b\":1e400}\n");

    assertThat(python(COMPARE, before.toString(), after.toString()))
        .isEqualTo("1 documents, 1 differing");
  }

  @Test
  void pythonReadsWhatJavaWrites() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= 0xffff; c++) {
      all.append((char) c);
    }
    Session session =
        Session.of("0123456789abcdef", Map.of()).with(AttributeKey.text("all"), all.toString());
    Path file = folder.resolve("all");
    Files.write(file, new SessionJson(1 << 20).write(session, Map.of()));

    assertThat(
            python(
                """
                import json, sys
                text = json.loads(open(sys.argv[1], 'rb').read())['all']
                # Python joins the one pair that stands in order: U+DBFF U+DC00
                units = text.encode('utf-16-le', 'surrogatepass')
                print(units == b''.join(bytes([c & 255, c >> 8]) for c in range(0x10000)))
                """,
                file.toString()))
        .isEqualTo("True");
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String python(String program, String... arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("python3", "-c", program));
    words.addAll(List.of(arguments));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }
}
