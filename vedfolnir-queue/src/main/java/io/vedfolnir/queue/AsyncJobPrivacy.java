// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import java.util.concurrent.CompletionStage;

/** A {@link JobPrivacy} whose calls do not block. */
public interface AsyncJobPrivacy {

  /** See {@link JobPrivacy#export}. */
  CompletionStage<JobExport> export(JobSubject subject);

  /** See {@link JobPrivacy#preview}. */
  CompletionStage<PrivacyReceipt> preview(JobSubject subject);

  /** See {@link JobPrivacy#erase}. */
  CompletionStage<PrivacyReceipt> erase(JobSubject subject);

  /** See {@link JobPrivacy#anonymise}. */
  CompletionStage<PrivacyReceipt> anonymise(JobSubject subject);
}
