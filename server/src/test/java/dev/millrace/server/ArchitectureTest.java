package dev.millrace.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Dependencies between packages point one way; what visibility can't say is said here. */
class ArchitectureTest {
  private static final String ROOT = "dev.millrace.server";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void packages_haveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void events_knowOnlyErrors() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".event..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(rooms("log", "storage", "query", "ingest", "live", "http", "app"))
        .check(CLASSES);
  }

  @Test
  void theLog_doesNotKnowWhereItIsKept() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".log..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(rooms("storage", "query", "ingest", "live", "http", "app"))
        .check(CLASSES);
  }

  @Test
  void storage_doesNotKnowItsUsers() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".storage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(rooms("query", "ingest", "live", "system", "access", "http", "app"))
        .check(CLASSES);
  }

  @Test
  void features_seeTheSeam_notABackend() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".storage..", ROOT + ".app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".storage.*..")
        .check(CLASSES);
  }

  @Test
  void lmdb_isKnownToItsBackendOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".storage.lmdb..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.lmdbjava..")
        .check(CLASSES);
  }

  @Test
  void armeria_isKnownToTheEdgeOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".http..", ROOT + ".ingest.rest..", ROOT + ".app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.linecorp.armeria..")
        .check(CLASSES);
  }

  @Test
  void theDomain_knowsNoMessages() {
    noClasses()
        .that()
        .resideInAnyPackage(
            rooms(
                "event",
                "log",
                "storage",
                "query.expression",
                "query.operator",
                "query.plan",
                "query.time",
                "query.vector"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.millrace.v1..", "io.grpc..")
        .check(CLASSES);
  }

  @Test
  void onlyTheApplication_knowsTheServerOfHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".http..", ROOT + ".app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".http..")
        .check(CLASSES);
  }

  private static String[] rooms(String... names) {
    String[] packages = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      packages[i] = ROOT + "." + names[i] + "..";
    }
    return packages;
  }
}
