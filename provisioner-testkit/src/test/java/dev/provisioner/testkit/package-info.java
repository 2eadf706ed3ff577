@NullMarked
package dev.provisioner.testkit;

import org.jspecify.annotations.NullMarked;
