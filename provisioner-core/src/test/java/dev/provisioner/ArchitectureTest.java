package dev.provisioner;

import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.provisioner.internal.Names;
import dev.provisioner.tenant.NameRule;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the module may depend on, what it shows, and what nothing in it is called. */
class ArchitectureTest {
  private static final Path CLASSES = Path.of("target", "classes");

  private final JavaClasses core =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.provisioner");

  @Test
  void coreDependsOnFourLibrariesOnly() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.crypto..",
            "dev.provisioner..",
            "com.fasterxml.jackson..",
            "org.slf4j..",
            "io.github.resilience4j..",
            "org.jspecify..")
        .check(core);
  }

  @Test
  void nothingIsNamedByItsLackOfPurpose() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl|Data|Info)$")
        .orShould()
        .haveNameMatching(".*[.$]Abstract[A-Z][^.$]*$")
        .check(core);
  }

  @Test
  void packagesHaveNoCycles() {
    slices()
        .matching("dev.provisioner.(**)")
        .should()
        .beFreeOfCycles()
        // Names derives from a tenant's id by a rule; Tenant is its face for hosts.
        .ignoreDependency(Names.class, Tenant.class)
        .ignoreDependency(Names.class, TenantId.class)
        .ignoreDependency(Names.class, NameRule.class)
        .check(core);
  }

  @Test
  void whatIsExportedShowsNoTypeOfAnotherLibraryOrOfInternalPackages() throws IOException {
    Set<String> exported = exportedPackages();
    assertThat(exported).contains("dev.provisioner.spi", "dev.provisioner.tenant");
    assertThat(exported).noneMatch(name -> name.startsWith("dev.provisioner.internal"));
    Set<String> foreign =
        core.stream()
            .filter(type -> exported.contains(type.getPackageName()))
            .filter(ArchitectureTest::isVisible)
            .flatMap(ArchitectureTest::shown)
            .filter(shown -> !isOurs(shown, exported))
            .collect(Collectors.toSet());
    assertThat(foreign).isEmpty();
  }

  /** Of a signature, erasure and type arguments; each as {@code member: type}. */
  private static Stream<String> shown(JavaClass type) {
    Stream<String> supertypes =
        Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
            .map(shown -> type.getName() + ": " + shown.getBaseComponentType().getName());
    Stream<String> fields =
        type.getFields().stream()
            .filter(field -> field.getModifiers().contains(PUBLIC))
            .flatMap(ArchitectureTest::shown);
    Stream<String> calls =
        type.getCodeUnits().stream()
            .filter(
                unit ->
                    unit.getModifiers().contains(PUBLIC) || unit.getModifiers().contains(PROTECTED))
            .flatMap(ArchitectureTest::shown);
    return Stream.of(supertypes, fields, calls).flatMap(stream -> stream);
  }

  private static Stream<String> shown(JavaField field) {
    return field.getType().getAllInvolvedRawTypes().stream()
        .map(shown -> field.getFullName() + ": " + shown.getBaseComponentType().getName());
  }

  private static Stream<String> shown(JavaCodeUnit unit) {
    Stream<JavaClass> types =
        Stream.of(
                unit.getParameterTypes().stream(),
                Stream.of(unit.getReturnType()),
                unit.getExceptionTypes().stream())
            .flatMap(stream -> stream)
            .flatMap(type -> type.getAllInvolvedRawTypes().stream());
    return types.map(shown -> unit.getFullName() + ": " + shown.getBaseComponentType().getName());
  }

  private static boolean isVisible(JavaClass type) {
    return type.getModifiers().contains(PUBLIC)
        && type.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true);
  }

  private static boolean isOurs(String shown, Set<String> exported) {
    String type = shown.substring(shown.indexOf(": ") + 2);
    int end = type.lastIndexOf('.');
    String name = end < 0 ? "" : type.substring(0, end);
    return name.isEmpty() || name.startsWith("java.") || exported.contains(name);
  }

  private static Set<String> exportedPackages() throws IOException {
    try (var in = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      return ModuleDescriptor.read(in).exports().stream()
          .map(ModuleDescriptor.Exports::source)
          .collect(Collectors.toSet());
    }
  }
}
