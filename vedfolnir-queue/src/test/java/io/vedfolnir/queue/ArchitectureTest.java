// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.queue;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.vedfolnir.queue");

  @Test
  void theContractKnowsNeitherClientNorJsonNorWhatStandsOnIt() {
    noClasses()
        .that()
        .resideInAPackage("io.vedfolnir.queue")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.lettuce..",
            "tools.jackson..",
            "com.fasterxml..",
            "io.netty..",
            "io.vedfolnir.queue.*..")
        .check(CLASSES);
  }

  @Test
  void theCodecStandsWithoutRedis() {
    noClasses()
        .that()
        .resideInAPackage("io.vedfolnir.queue.codec..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.lettuce..",
            "io.netty..",
            "io.vedfolnir.redis..",
            "io.vedfolnir.queue.rq..",
            "io.vedfolnir.queue.worker..")
        .check(CLASSES);
  }

  @Test
  void producersDoNotKnowTheWorker() {
    noClasses()
        .that()
        .resideInAPackage("io.vedfolnir.queue.rq..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vedfolnir.queue.worker..")
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.vedfolnir.queue.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
