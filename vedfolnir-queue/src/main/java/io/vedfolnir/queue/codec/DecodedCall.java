// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue.codec;

import io.vedfolnir.queue.RemoteCall;

/**
 * A call and the serializer that it was written with, which is the one to answer in.
 *
 * @param call what to do
 * @param serializer pickle or JSON
 */
public record DecodedCall(RemoteCall call, Serializer serializer) {}
