/** Tests of the locators. */
@NullMarked
package dev.provisioner.testkit.parts;

import org.jspecify.annotations.NullMarked;
