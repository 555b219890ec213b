package dev.millrace.server.zz;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ProbeArchTest {
  @Test
  void imports() {
    JavaClasses classes = new ClassFileImporter().importPackages("dev.millrace.server");
    noClasses()
        .that()
        .resideInAPackage("..event..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.linecorp..")
        .allowEmptyShould(true)
        .check(classes);
    System.out.println("arch classes " + classes.size());
  }
}
