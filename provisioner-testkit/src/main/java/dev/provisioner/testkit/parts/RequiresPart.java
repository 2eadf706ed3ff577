package dev.provisioner.testkit.parts;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Skips a test or a class, with the reason, when a real part it needs is missing. If the variable
 * {@code PROVISIONER_REQUIRE} (or the property {@code provisioner.require}) names the part, as in
 * {@code PROVISIONER_REQUIRE=terraform,aws}, the test fails instead.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(RequiredParts.class)
public @interface RequiresPart {
  /** Returns the parts that the test needs, all of them. */
  RealPart[] value();
}
