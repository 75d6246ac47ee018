// SPDX-License-Identifier: Apache-2.0
package io.vedfolnir.session;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.vedfolnir.session");

  @Test
  void theContractKnowsNoLibraryAndNoStore() {
    noClasses()
        .that()
        .resideInAPackage("io.vedfolnir.session")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.lettuce..",
            "io.netty..",
            "tools.jackson..",
            "com.fasterxml..",
            "io.vedfolnir.session.*..")
        .check(classes);
  }

  @Test
  void packagesFormNoCircles() {
    slices().matching("io.vedfolnir.session.(*)..").should().beFreeOfCycles().check(classes);
    slices().matching("io.vedfolnir.(**)").should().beFreeOfCycles().check(classes);
  }

  @Test
  void onlySessionKeysBuildsKeys() {
    noClasses()
        .that()
        .doNotHaveSimpleName("SessionKeys")
        .and()
        .doNotHaveSimpleName("SessionSettings")
        .should()
        .callMethod(SessionSettings.class, "keyPrefix")
        .orShould()
        .callMethod(SessionSettings.class, "indexPrefix")
        .check(classes);
  }
}
