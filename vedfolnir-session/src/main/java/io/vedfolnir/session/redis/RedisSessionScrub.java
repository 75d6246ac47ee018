// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session.redis;

import io.lettuce.core.KeyScanArgs;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ScoredValueScanCursor;
import io.vedfolnir.redis.RedisAccess;
import io.vedfolnir.session.ScrubReport;
import io.vedfolnir.session.SessionSettings;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes the indexes what the documents say, however they came apart: sessions that only Python has
 * written are entered, entries without a session are removed, sessions that "log out everywhere"
 * has ended are deleted. Documents that cannot be read are counted and left alone.
 *
 * <p>The store mends most of it as it goes; run this now and then, after a restore, and before an
 * index must be complete. Reads every document, in pages; stores go on meanwhile. Needs an access
 * that may SCAN ({@code vedfolnir-ops} in the hardened configuration), which the users of
 * applications may not: SCAN sees the names of every user's keys.
 */
public final class RedisSessionScrub {

  private static final int PAGE = 500;

  private final RedisAccess ops;
  private final RedisAccess redis;
  private final SessionKeys keys;
  private final ScrubPages pages;

  private RedisSessionScrub(RedisAccess sessions, RedisAccess ops, SessionSettings settings) {
    this.ops = ops;
    this.redis = sessions;
    this.keys = new SessionKeys(settings);
    this.pages = new ScrubPages(sessions, settings, keys);
  }

  /**
   * Scrubs once. Blocks until it is done.
   *
   * @param sessions reads and mends, as the user of a session store
   * @param ops may SCAN
   * @param settings those of the stores
   * @throws io.vedfolnir.redis.RedisAccessException if Redis does not do it; what is mended by then
   *     stays, and it may be run again
   */
  public static ScrubReport run(RedisAccess sessions, RedisAccess ops, SessionSettings settings) {
    RedisSessionScrub scrub = new RedisSessionScrub(sessions, ops, settings);
    scrub.pages.learnMarks();
    scrub.forEachKey(scrub.keys.anySession(), scrub.pages::documents);
    scrub.forEachMember(scrub.keys.deadlines(), scrub.pages::deadlines);
    scrub.forEachKey(
        scrub.keys.anyUser(),
        users ->
            users.forEach(
                user -> scrub.forEachMember(user, members -> scrub.pages.user(user, members))));
    return scrub.pages.report();
  }

  private void forEachKey(String glob, Consumer<List<String>> page) {
    KeyScanArgs args = KeyScanArgs.Builder.matches(glob).limit(PAGE);
    ScanCursor cursor = ScanCursor.INITIAL;
    do {
      ScanCursor from = cursor;
      KeyScanCursor<String> found =
          RedisAccess.await(ops.read(commands -> commands.scan(from, args)));
      if (!found.getKeys().isEmpty()) {
        page.accept(found.getKeys());
      }
      cursor = found;
    } while (!cursor.isFinished());
  }

  private void forEachMember(String index, Consumer<List<byte[]>> page) {
    ScanCursor cursor = ScanCursor.INITIAL;
    do {
      ScanCursor from = cursor;
      ScoredValueScanCursor<byte[]> found =
          RedisAccess.await(
              redis.read(commands -> commands.zscan(index, from, ScanArgs.Builder.limit(PAGE))));
      if (!found.getValues().isEmpty()) {
        page.accept(found.getValues().stream().map(ScoredValue::getValue).toList());
      }
      cursor = found;
    } while (!cursor.isFinished());
  }
}
