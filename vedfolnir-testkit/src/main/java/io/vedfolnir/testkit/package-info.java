// SPDX-License-Identifier: Apache-2.0

/**
 * Boots the Redis that production runs, for tests.
 *
 * <p>Start reading at {@link io.vedfolnir.testkit.RedisExtension} (JUnit 5 and 6) or {@link
 * io.vedfolnir.testkit.RedisLauncher} (no JUnit). Both give a {@link
 * io.vedfolnir.testkit.RedisServer}: the files of {@code config/redis}, ACL users included, with a
 * short printed list of what a test server must do otherwise. {@link
 * io.vedfolnir.testkit.FaultProxy} makes the network between client and server go wrong.
 *
 * <table>
 * <caption>Environment</caption>
 * <tr><th>variable</th><th>system property</th><th>meaning</th></tr>
 * <tr><td>{@code VEDFOLNIR_TEST_REDIS_URI}</td><td>{@code vedfolnir.test.redis.uri}</td>
 *     <td>shared server to use instead of starting one</td></tr>
 * <tr><td>{@code VEDFOLNIR_TEST_REDIS}</td><td>{@code vedfolnir.test.redis}</td>
 *     <td>{@code docker}, {@code path} or {@code bundled}: start that or fail</td></tr>
 * <tr><td>{@code VEDFOLNIR_TEST_REDIS_IMAGE}</td><td>{@code vedfolnir.testkit.redis.image}</td>
 *     <td>image of a container; default {@code redis:7-alpine}</td></tr>
 * <tr><td>{@code VEDFOLNIR_REQUIRE}</td><td>{@code vedfolnir.require}</td>
 *     <td>{@code redis,docker,python}: what must not be skipped</td></tr>
 * </table>
 *
 * <p>Containers need {@code org.testcontainers:testcontainers} on the class path. Where its helper
 * image cannot be pulled, set {@code TESTCONTAINERS_RYUK_DISABLED=true}; containers then end with
 * this JVM. Where the tests themselves run in a container beside the engine, set {@code
 * TESTCONTAINERS_HOST_OVERRIDE} to the engine's address.
 */
@NullMarked
package io.vedfolnir.testkit;

import org.jspecify.annotations.NullMarked;
