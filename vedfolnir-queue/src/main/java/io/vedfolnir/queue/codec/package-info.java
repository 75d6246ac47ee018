// SPDX-License-Identifier: Apache-2.0

/**
 * What a Python RQ job carries, as plain Java values, and the bytes it travels in.
 *
 * <p>The world is closed: these Python types exist, each as one Java type, and nothing else is ever
 * built. No class is loaded, no constructor looked up, no Java object serialized.
 *
 * <table>
 * <caption>Python values in Java</caption>
 * <tr><th>Python</th><th>Java, when read</th><th>also written from</th></tr>
 * <tr><td>None</td><td>{@code null}</td><td></td></tr>
 * <tr><td>bool</td><td>{@code Boolean}</td><td></td></tr>
 * <tr><td>int</td><td>{@code Long}, {@code BigInteger} when larger</td>
 *     <td>{@code Byte}, {@code Short}, {@code Integer}</td></tr>
 * <tr><td>float</td><td>{@code Double}</td><td>{@code Float}</td></tr>
 * <tr><td>str</td><td>{@code String}; lone surrogates survive</td><td></td></tr>
 * <tr><td>bytes, bytearray</td><td>{@code byte[]}; as dict key or set element {@link
 *     io.vedfolnir.queue.codec.PyBytes}</td><td>{@code PyBytes}</td></tr>
 * <tr><td>list</td><td>{@code List}</td><td></td></tr>
 * <tr><td>tuple</td><td>{@link io.vedfolnir.queue.codec.PyTuple}</td><td></td></tr>
 * <tr><td>dict, OrderedDict, defaultdict</td><td>{@code Map} in Python's order</td><td></td></tr>
 * <tr><td>set</td><td>{@code Set}</td><td></td></tr>
 * <tr><td>frozenset</td><td>{@link io.vedfolnir.queue.codec.PyFrozenSet}</td><td></td></tr>
 * <tr><td>datetime, naive</td><td>{@code LocalDateTime}; {@code fold} is dropped</td><td></td></tr>
 * <tr><td>datetime with timezone</td><td>{@code OffsetDateTime}</td><td></td></tr>
 * <tr><td>datetime with ZoneInfo</td><td>{@code ZonedDateTime}</td><td></td></tr>
 * <tr><td>date, time</td><td>{@code LocalDate}, {@code LocalTime} or {@code OffsetTime}</td>
 *     <td></td></tr>
 * <tr><td>timezone, ZoneInfo</td><td>{@code ZoneOffset}, {@code ZoneId}</td><td></td></tr>
 * <tr><td>timedelta</td><td>{@code Duration}</td><td></td></tr>
 * <tr><td>UUID</td><td>{@code UUID}</td><td></td></tr>
 * <tr><td>Decimal</td><td>{@code BigDecimal}; NaN, infinities, negative zero and exponents beyond
 *     32 bits as {@link io.vedfolnir.queue.codec.PyDecimal}</td><td></td></tr>
 * <tr><td>complex</td><td>{@link io.vedfolnir.queue.codec.PyComplex}</td><td></td></tr>
 * <tr><td>anything else</td><td>in arguments refused, in results {@link
 *     io.vedfolnir.queue.codec.PyOpaque}</td><td>never</td></tr>
 * </table>
 *
 * <p>JSON knows only None, bool, int, float, str, list and dict with text keys: tuples become lists
 * and keys become text as in Python's {@code json.dumps}; the rest is refused.
 *
 * <p>Values that Python shares (the same list twice) arrive as copies; only {@code byte[]} may be
 * shared. A value that contains itself is refused. Two NaN keys of one dict, which Python keeps
 * apart, are one key here; so are a character and the pair of its two surrogates.
 *
 * <p>Everything that is read stays inside {@link io.vedfolnir.queue.codec.PayloadLimits}; a payload
 * that does not is a {@link io.vedfolnir.queue.codec.PayloadRefusedException}, never another error.
 */
@NullMarked
package io.vedfolnir.queue.codec;

import org.jspecify.annotations.NullMarked;
