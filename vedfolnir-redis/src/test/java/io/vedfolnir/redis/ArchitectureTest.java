// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.redis;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  /** The ground floor knows neither what stands on it nor any format of theirs. */
  @Test
  void theGroundFloorStandsOnLettuceAlone() {
    JavaClasses floor =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.vedfolnir.redis");
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "io.vedfolnir.redis..",
            "io.lettuce..",
            "io.netty.bootstrap",
            "io.netty.channel",
            "io.netty.util.concurrent",
            "org.slf4j",
            "org.jspecify.annotations")
        .check(floor);
  }
}
